"""``python -m tools.migrations check``, ``revision <department> -m "why"``: migrations for developers.

Both work on a private PostgreSQL, which is gone afterwards.
"""

import argparse
import ast
import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.autogenerate import produce_migrations
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData
from sqlalchemy.dialects.postgresql.base import ischema_names

import servicekit.migrations
from servicekit.migrate import configuration, in_database, metadata_of, upgrade
from servicekit.revision import migrations_of
from servicekit.schema import Xid8
from testkit.databases import fresh_database
from tools.departments import DEPARTMENTS
from tools.native.servers import servers
from tools.revision_file import write

ischema_names.setdefault("xid8", Xid8)  # SQLAlchemy does not know the type when it reads a schema


async def downgrade(
    service_name: str, database_url: str, migrations_dir: Path, metadata: MetaData, *, to: str = "base"
) -> None:
    """Take a database back to a revision, with all that was stored since."""

    def work(connection: Connection) -> None:
        command.downgrade(configuration(connection, service_name, migrations_dir, metadata), to)

    await in_database(database_url, work)


async def drift(service_name: str, database_url: str, migrations_dir: Path, metadata: MetaData) -> list[str]:
    """What the models have and the migrations lack, or the other way round; migrates the database first."""
    await upgrade(service_name, database_url, migrations_dir, metadata)
    found: list[str] = []

    def compare(connection: Connection) -> None:
        _, script = _compared(connection, metadata)
        assert script.upgrade_ops is not None  # only offline scripts have none
        found.extend(str(difference) for difference in script.upgrade_ops.as_diffs())

    await in_database(database_url, compare)
    return found


async def autogenerate(
    service_name: str, database_url: str, migrations_dir: Path, metadata: MetaData, message: str
) -> Path | None:
    """Write the next revision from what the models have and the migrations lack; ``None`` if that is nothing.

    The database is migrated first: give one that nobody misses. Read the file before you commit it.
    """
    (migrations_dir / "versions").mkdir(parents=True, exist_ok=True)
    await upgrade(service_name, database_url, migrations_dir, metadata)
    written: list[Path] = []

    def compare_and_write(connection: Connection) -> None:
        context, script = _compared(connection, metadata)
        if script.upgrade_ops is not None and not script.upgrade_ops.is_empty():
            written.append(write(service_name, migrations_dir, message, script, context))

    await in_database(database_url, compare_and_write)
    return written[0] if written else None


def _compared(connection: Connection, metadata: MetaData) -> tuple[MigrationContext, MigrationScript]:
    context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
    return context, produce_migrations(context, metadata)


def versions_of_the_kit() -> list[str]:
    """The numbered steps of the servicekit's own tables, in order."""
    folder = Path(servicekit.migrations.__path__[0])
    return sorted((file.stem for file in folder.glob("v*.py")), key=lambda name: int(name[1:]))


def kit_steps(migrations_dir: Path) -> list[str]:
    """The steps that a department's migrations call, in the order of its files."""
    files = sorted((migrations_dir / "versions").glob("*.py"))
    return [step for file in files for step in _called(ast.parse(file.read_text(encoding="utf-8")))]


def _called(module: ast.Module) -> Iterator[str]:
    """``vN.upgrade()`` inside the function ``upgrade``."""
    for function in module.body:
        if isinstance(function, ast.FunctionDef) and function.name == "upgrade":
            for node in ast.walk(function):
                match node:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="upgrade")):
                        yield name


def wrong_steps(migrations_dir: Path, steps: list[str]) -> list[str]:
    """Steps of the servicekit that a department calls not at all, twice, or in another order."""
    called = kit_steps(migrations_dir)
    times = Counter(called)
    wrong = [f"no migration calls servicekit.migrations.{step}" for step in steps if not times[step]]
    wrong += [f"servicekit.migrations.{step} is called {n} times" for step, n in times.items() if n > 1]
    if not wrong and called != steps:
        wrong.append(f"the steps of the servicekit are called in the order {', '.join(called)}")
    return wrong


async def _check_all(departments: list[str], server: str) -> int:
    """Up, compare with the models, down, up again; how many things are wrong."""
    found = 0
    for department in departments:
        migrations = migrations_of(department)
        wrong = wrong_steps(migrations, versions_of_the_kit())
        database = await fresh_database(server, department)
        metadata = metadata_of(department)
        wrong += await drift(department, database, migrations, metadata)
        await downgrade(department, database, migrations, metadata)
        await upgrade(department, database, migrations, metadata)
        found += len(wrong)
        for line in wrong:
            print(f"{department}: {line}")
    return found


async def _revise(department: str, message: str, server: str) -> None:
    database = await fresh_database(server, department)
    migrations, metadata = migrations_of(department), metadata_of(department)
    written = await autogenerate(department, database, migrations, metadata, message)
    print(f"{department}: the models have nothing that the migrations lack" if written is None else written)


def main(arguments: list[str] | None = None) -> int:
    """The command line; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.migrations", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    checking = verbs.add_parser("check", help="compare models with migrations, and try them up and down")
    checking.add_argument("departments", nargs="*", default=DEPARTMENTS)
    revise = verbs.add_parser("revision", help="write the next revision from the models")
    revise.add_argument("department")
    revise.add_argument("-m", "--message", required=True, help="why the schema changes")
    asked = parser.parse_args(arguments)
    with servers(broker=False) as started:
        if asked.verb == "revision":
            asyncio.run(_revise(asked.department, asked.message, started.postgres.url()))
            return 0
        return int(asyncio.run(_check_all(list(asked.departments), started.postgres.url())) > 0)


if __name__ == "__main__":
    sys.exit(main())
