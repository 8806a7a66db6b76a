"""Writes the file of a new migration."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import DowngradeOps, MigrationScript, UpgradeOps
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from servicekit.revision import head

_LONGEST = 40
_FILE = '''"""{message}"""

import sqlalchemy as sa
from alembic import op
{imports}
revision = "{revision}"
down_revision = {down_revision!r}


def upgrade() -> None:
    """{message}"""
{upgrade}


def downgrade() -> None:
    """Take it back."""
{downgrade}
'''


def file_name(service_name: str, revision: str, message: str) -> str:
    """``parts_0002_keep_lists_quick.py``: the message in lower case, cut at a word to 40 characters."""
    words = re.sub(r"\W+", "_", message.lower()).strip("_")
    cut = words if len(words) <= _LONGEST else words[: _LONGEST + 1].rpartition("_")[0]
    return f"{service_name}_{revision}_{cut}.py"


def write(
    service_name: str, migrations_dir: Path, message: str, script: MigrationScript, context: MigrationContext
) -> Path:
    """Write the revision that follows the newest one, formatted; answers its path."""
    before = head(migrations_dir)
    revision = f"{int(before or 0) + 1:04d}"
    imports: set[str] = set()

    def render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
        return _type_text(item, imports) if kind == "type" else False

    def code(operations: UpgradeOps | DowngradeOps | None) -> str:
        assert operations is not None  # only offline scripts have none
        lines = render_python_code(operations, render_item=render, migration_context=context).splitlines()
        return "\n".join(
            "    " + line.removeprefix("    ") for line in lines if not line.strip().startswith("# ###")
        )

    file = migrations_dir / "versions" / file_name(service_name, revision, message)
    upgrade_text, downgrade_text = code(script.upgrade_ops), code(script.downgrade_ops)
    filled = _FILE.format(
        message=message[:1].upper() + message[1:].rstrip(".") + ".",
        imports="\n".join(sorted(imports)),
        revision=revision,
        down_revision=before,
        upgrade=upgrade_text,
        downgrade=downgrade_text,
    )
    file.write_text(filled, encoding="utf-8")
    for tidy in (["check", "--fix", "-q", "--select=I,RUF100"], ["format", "-q"]):
        subprocess.run([sys.executable, "-m", "ruff", *tidy, str(file)], check=False)
    return file


def _type_text(kind: TypeEngine[Any], imports: set[str]) -> str | Literal[False]:
    """A column type as the database stores it, so that old migrations do not depend on the models' types."""
    plain = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    if isinstance(plain, JSONB):
        imports.add("from sqlalchemy.dialects.postgresql import JSONB")
        return "JSONB()"
    module = type(plain).__module__
    if module.startswith("sqlalchemy."):
        return f"sa.{plain!r}" if plain is not kind else False
    imports.add(f"from {module} import {type(plain).__name__}")
    return repr(plain)
