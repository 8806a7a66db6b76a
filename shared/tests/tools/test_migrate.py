"""Migrations are written from the models, go up, down and up again, and do not drift."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from servicekit import migrate
from servicekit.columns import Json, Utc
from servicekit.revision import current, head
from servicekit.schema import new_metadata
from servicekit.scratch import fresh_database
from shopkit.columns import Money

Place = tuple[str, str, Path, sa.MetaData]


def the_models() -> sa.MetaData:
    metadata = new_metadata()
    sa.Table(
        "jobs",
        metadata,
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("promised_at", Utc),
        sa.Column("findings", Json(list[str]), nullable=False),
        sa.Column("price", Money),
        sa.Column("bay", sa.Text, unique=True),
    )
    return metadata


@pytest.fixture
async def place(server: str, tmp_path: Path) -> Place:
    database = await fresh_database(server, "migrated")
    return "workshop", database, tmp_path / "migrations", the_models()


async def tables(database: str) -> set[str]:
    engine = create_async_engine(database)
    async with engine.connect() as connection:
        names = await connection.run_sync(lambda c: set(sa.inspect(c).get_table_names()))
    await engine.dispose()
    return names


async def revision_of(database: str) -> str | None:
    engine = create_async_engine(database)
    async with engine.connect() as connection:
        found = await current(connection)
    await engine.dispose()
    return found


class TestARevision:
    async def test_is_written_from_the_models_and_makes_them_true(self, place: Place) -> None:
        written = await migrate.autogenerate(*place, "first tables")

        assert written is not None
        assert written.name == "workshop_0001_first_tables.py"
        assert await migrate.drift(*place) == []
        assert set(place[3].tables) <= await tables(place[1])

    async def test_follows_the_one_before(self, place: Place) -> None:
        await migrate.autogenerate(*place, "first tables")
        sa.Table("bays", place[3], sa.Column("no", sa.Integer, primary_key=True))

        written = await migrate.autogenerate(*place, "Bays have numbers.")

        assert written is not None
        assert "bays" in written.read_text()
        assert "jobs" not in written.read_text()
        assert head(place[2]) == "0002"

    async def test_is_not_written_for_nothing(self, place: Place) -> None:
        await migrate.autogenerate(*place, "first tables")

        assert await migrate.autogenerate(*place, "nothing") is None


class TestMigrating:
    async def test_goes_up_down_and_up(self, place: Place) -> None:
        await migrate.autogenerate(*place, "first tables")
        await migrate.upgrade(*place)
        assert await revision_of(place[1]) == head(place[2]) == "0001"

        await migrate.downgrade(*place)
        assert await tables(place[1]) == {"alembic_version"}
        assert await revision_of(place[1]) is None

        await migrate.upgrade(*place)
        assert await migrate.drift(*place) == []

    async def test_is_safe_when_several_do_it_at_once(self, place: Place) -> None:
        await migrate.autogenerate(*place, "first tables")

        await asyncio.gather(*(migrate.upgrade(*place) for _ in range(4)))

        assert await revision_of(place[1]) == "0001"

    async def test_leaves_nothing_behind_when_it_fails(self, place: Place) -> None:
        written = await migrate.autogenerate(*place, "first tables")
        assert written is not None
        broken = written.read_text().replace("def downgrade", "    op.execute('nonsense')\n\n\ndef downgrade")
        written.write_text(broken)

        with pytest.raises(sa.exc.DBAPIError):
            await migrate.upgrade(*place)

        assert await tables(place[1]) == {"alembic_version"}
        assert await revision_of(place[1]) is None


class TestDrift:
    async def test_is_seen_when_a_model_has_grown(self, place: Place) -> None:
        await migrate.autogenerate(*place, "first tables")
        place[3].tables["jobs"].append_column(sa.Column("opened_on", sa.Date))

        assert ["opened_on" in difference for difference in await migrate.drift(*place)] == [True]

    async def test_is_seen_when_a_type_has_changed(self, place: Place) -> None:
        await migrate.autogenerate(*place, "first tables")
        place[3].tables["jobs"].c.bay.type = sa.Integer()

        assert len(await migrate.drift(*place)) == 1


class TestTheRevisionThatAServiceExpects:
    def test_is_none_without_migrations(self, tmp_path: Path) -> None:
        assert head(tmp_path) is None

    def test_must_be_the_only_newest_one(self, tmp_path: Path) -> None:
        versions = tmp_path / "versions"
        versions.mkdir()
        for name, before in {"0001": None, "0002a": "0001", "0002b": "0001"}.items():
            (versions / f"{name}.py").write_text(f"revision = {name!r}\ndown_revision = {before!r}\n")

        with pytest.raises(ValueError, match="0002a, 0002b"):
            head(tmp_path)

    async def test_is_not_that_of_a_database_that_was_never_migrated(self, server: str) -> None:
        assert await revision_of(await fresh_database(server, "never_migrated")) is None


class TestTheCommandLine:
    def test_names_every_database_that_it_was_not_told(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for service in ("parts", "crm"):
            monkeypatch.delenv(f"{service.upper()}_DATABASE_URL", raising=False)
        monkeypatch.setenv("DATABASE_URL", "postgresql://one-database/for-two-services")

        with pytest.raises(SystemExit) as ended:
            migrate.main(["upgrade", "parts", "crm"])

        assert "PARTS_DATABASE_URL, CRM_DATABASE_URL" in str(ended.value)
