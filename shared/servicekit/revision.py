"""Which revision a database is at and which its service expects, without loading Alembic into a service."""

import ast
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


def migrations_of(service_name: str) -> Path:
    """The folder with a department's migrations, next to its package."""
    found = find_spec(service_name)
    if found is None or found.origin is None:
        raise LookupError(f"there is no department {service_name}")
    return Path(found.origin).parent.parent / "migrations"


def head(migrations_dir: Path) -> str | None:
    """The newest revision among the files, ``None`` when there are none.

    A ``ValueError`` when two revisions follow the same one, as after a merge of two branches.
    """
    links = dict(_links(file) for file in sorted((migrations_dir / "versions").glob("*.py")))
    heads = sorted(links.keys() - set(links.values()))
    if len(heads) > 1:
        raise ValueError(f"{migrations_dir} has several newest revisions: {', '.join(heads)}")
    return heads[0] if heads else None


async def current(connection: AsyncConnection) -> str | None:
    """The revision that the database is at, ``None`` when it was never migrated."""
    if await connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return None
    found: str | None = await connection.scalar(text("select version_num from alembic_version"))
    return found


@cache  # each process that a test starts would read them again
def _links(file: Path) -> tuple[str, str | None]:
    """A migration's revision, and the one before it."""
    names: dict[str, str | None] = {}
    for statement in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            if name in ("revision", "down_revision"):
                names[name] = ast.literal_eval(statement.value)
    revision = names.get("revision")
    if revision is None:
        raise ValueError(f"{file.name} names no revision")
    return revision, names.get("down_revision")
