"""``python -m servicekit.migrate upgrade all``: brings databases to their newest revision.

Departments have only ``migrations/versions/``; Alembic's environment is shared: ``servicekit.migrations``.
"""

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine

from servicekit.revision import head, migrations_of

_ENVIRONMENT = Path(__file__).parent / "migrations"
_SERVICES = Path(__file__).resolve().parents[2] / "services"


async def upgrade(
    service_name: str, database_url: str, migrations_dir: Path, metadata: MetaData, *, to: str = "head"
) -> None:
    """Bring a database to a revision. Others that try at the same time wait, and find nothing to do."""

    def work(connection: Connection) -> None:
        command.upgrade(configuration(connection, service_name, migrations_dir, metadata), to)

    await in_database(database_url, work)


def configuration(
    connection: Connection, service_name: str, migrations_dir: Path, metadata: MetaData
) -> Config:
    """Alembic's configuration for one department, on an open connection.

    Takes the lock that keeps others from migrating the same database, until the transaction ends.
    """
    connection.execute(
        text("select pg_advisory_xact_lock(hashtext(:key))"), {"key": f"migrate {service_name}"}
    )
    config = Config(attributes={"connection": connection, "metadata": metadata})
    config.set_main_option("path_separator", "os")
    for name, path in (("script_location", _ENVIRONMENT), ("version_locations", migrations_dir / "versions")):
        config.set_main_option(name, str(path).replace("%", "%%"))
    return config


async def in_database(database_url: str, work: Callable[[Connection], None]) -> None:
    """Run synchronous work in one transaction of its own."""
    engine = create_async_engine(database_url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def metadata_of(service_name: str) -> MetaData:
    """The tables of a department's models."""
    found = import_module(f"{service_name}.main").service.base.metadata
    assert isinstance(found, MetaData)
    return found


def departments_here(services: Path = _SERVICES) -> list[str]:
    """Every department whose folder lies here, whatever it publishes: in the checkout or in the image."""
    return sorted(folder.parent.name for folder in services.glob("*/migrations") if folder.is_dir())


def _database_urls(services: list[str]) -> dict[str, str]:
    """From ``<SERVICE>_DATABASE_URL``, or for a single service ``DATABASE_URL``; each may be a ``…_FILE``."""
    urls: dict[str, str] = {}
    for service in services:
        names = [f"{service.upper()}_DATABASE_URL", *(["DATABASE_URL"] if len(services) == 1 else [])]
        urls[service] = next(filter(None, map(_variable, names)), "")
    missing = [f"{service.upper()}_DATABASE_URL" for service, url in urls.items() if not url]
    if missing:
        raise SystemExit(f"set these environment variables: {', '.join(missing)}")
    return {s: re.sub(r"^postgresql://", "postgresql+asyncpg://", url) for s, url in urls.items()}


def _variable(name: str) -> str:
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")


async def _upgrade_all(services: list[str]) -> None:
    for service, url in _database_urls(services).items():
        await upgrade(service, url, migrations_of(service), metadata_of(service))
        print(f"{service}: at {head(migrations_of(service))}")


def main(arguments: list[str] | None = None) -> int:
    """The command line; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m servicekit.migrate", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    upgrading = verbs.add_parser("upgrade", help="bring databases to the newest revision")
    upgrading.add_argument("services", nargs="*", default=["all"])
    given = parser.parse_args(arguments)
    services = departments_here() if given.services == ["all"] else given.services
    asyncio.run(_upgrade_all(services))
    return 0


if __name__ == "__main__":
    sys.exit(main())
