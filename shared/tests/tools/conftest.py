"""A database for the servicekit tools: every test has the servicekit tables, and takes back what it did."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from servicekit.house_rules import house_rules_table
from servicekit.personal_data import private_tables
from testkit.databases import fresh_database

MORNING = datetime(2025, 3, 7, 1, tzinfo=UTC)


@dataclass
class Keys:
    """The one setting that personal data needs."""

    data_key_file: Path | None


@dataclass
class OpenTx:
    """What the tools need of a transaction."""

    session: AsyncSession
    settings: Keys
    now: datetime = MORNING
    by: str = "employee-7"


@pytest.fixture(scope="session")
async def engine(postgres_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(await fresh_database(postgres_url, "tools"))
    metadata = MetaData()
    private_tables(metadata)
    house_rules_table(metadata)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield engine
    await engine.dispose()


@pytest.fixture
async def tx(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[OpenTx]:
    key_file = tmp_path / "master.key"
    key_file.write_bytes(bytes(range(32)))
    async with AsyncSession(engine) as session:
        yield OpenTx(session, Keys(key_file))
        await session.rollback()
