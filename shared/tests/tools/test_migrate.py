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
from shopkit.columns import Money
from testkit.databases import fresh_database
from tools.migrations import autogenerate, downgrade, drift, wrong_steps

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
async def place(postgres_url: str, tmp_path: Path) -> Place:
    database = await fresh_database(postgres_url, "migrated")
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
        written = await autogenerate(*place, "first tables")

        assert written is not None
        assert written.name == "workshop_0001_first_tables.py"
        assert await drift(*place) == []
        assert set(place[3].tables) <= await tables(place[1])

    async def test_follows_the_one_before(self, place: Place) -> None:
        await autogenerate(*place, "first tables")
        sa.Table("bays", place[3], sa.Column("no", sa.Integer, primary_key=True))

        written = await autogenerate(*place, "Bays have numbers.")

        assert written is not None
        assert "bays" in written.read_text()
        assert "jobs" not in written.read_text()
        assert head(place[2]) == "0002"

    async def test_is_not_written_for_nothing(self, place: Place) -> None:
        await autogenerate(*place, "first tables")

        assert await autogenerate(*place, "nothing") is None


class TestMigrating:
    async def test_goes_up_down_and_up(self, place: Place) -> None:
        await autogenerate(*place, "first tables")
        await migrate.upgrade(*place)
        assert await revision_of(place[1]) == head(place[2]) == "0001"

        await downgrade(*place)
        assert await tables(place[1]) == {"alembic_version"}
        assert await revision_of(place[1]) is None

        await migrate.upgrade(*place)
        assert await drift(*place) == []

    async def test_is_safe_when_several_do_it_at_once(self, place: Place) -> None:
        await autogenerate(*place, "first tables")

        await asyncio.gather(*(migrate.upgrade(*place) for _ in range(4)))

        assert await revision_of(place[1]) == "0001"

    async def test_leaves_nothing_behind_when_it_fails(self, place: Place) -> None:
        written = await autogenerate(*place, "first tables")
        assert written is not None
        broken = written.read_text().replace("def downgrade", "    op.execute('nonsense')\n\n\ndef downgrade")
        written.write_text(broken)

        with pytest.raises(sa.exc.DBAPIError):
            await migrate.upgrade(*place)

        assert await tables(place[1]) == {"alembic_version"}
        assert await revision_of(place[1]) is None


class TestDrift:
    async def test_is_seen_when_a_model_has_grown(self, place: Place) -> None:
        await autogenerate(*place, "first tables")
        place[3].tables["jobs"].append_column(sa.Column("opened_on", sa.Date))

        assert ["opened_on" in difference for difference in await drift(*place)] == [True]

    async def test_is_seen_when_a_type_has_changed(self, place: Place) -> None:
        await autogenerate(*place, "first tables")
        place[3].tables["jobs"].c.bay.type = sa.Integer()

        assert len(await drift(*place)) == 1


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

    async def test_is_not_that_of_a_database_that_was_never_migrated(self, postgres_url: str) -> None:
        assert await revision_of(await fresh_database(postgres_url, "never_migrated")) is None


class TestTheCommandLine:
    def test_names_every_database_that_it_was_not_given(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for service in ("parts", "crm"):
            monkeypatch.delenv(f"{service.upper()}_DATABASE_URL", raising=False)
        monkeypatch.setenv("DATABASE_URL", "postgresql://one-database/for-two-services")

        with pytest.raises(SystemExit) as ended:
            migrate.main(["upgrade", "parts", "crm"])

        assert "PARTS_DATABASE_URL, CRM_DATABASE_URL" in str(ended.value)

    def test_finds_every_department_that_is_there(self, tmp_path: Path) -> None:
        for name in ("quality", "records"):
            (tmp_path / name / "migrations" / "versions").mkdir(parents=True)
        (tmp_path / "notes").mkdir()

        assert migrate.departments_here(tmp_path) == ["quality", "records"]
        assert {"billing", "staff"} <= set(migrate.departments_here())


def migrations_that_call(folder: Path, *calls: str) -> Path:
    (folder / "versions").mkdir()
    for number, call in enumerate(calls, start=1):
        text = f"def upgrade() -> None:\n    {call}\n\n\ndef downgrade() -> None:\n    v1.downgrade()\n"
        (folder / "versions" / f"a_{number:04d}.py").write_text(text)
    return folder


class TestTheStepsOfTheServicekit:
    @pytest.mark.parametrize(
        ("calls", "wrong"),
        [
            (("v1.upgrade()", "v2.upgrade()"), []),
            (("v1.upgrade()", "pass"), ["no migration calls servicekit.migrations.v2"]),
            (
                ("v1.upgrade()", "v2.upgrade()", "v2.upgrade()"),
                ["servicekit.migrations.v2 is called 2 times"],
            ),
            (
                ("v2.upgrade()", "v1.upgrade()"),
                ["the steps of the servicekit are called in the order v2, v1"],
            ),
        ],
    )
    def test_are_each_called_once_and_in_order(
        self, tmp_path: Path, calls: tuple[str, ...], wrong: list[str]
    ) -> None:
        assert wrong_steps(migrations_that_call(tmp_path, *calls), ["v1", "v2"]) == wrong
