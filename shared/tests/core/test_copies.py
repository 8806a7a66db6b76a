"""Copies are kept by one statement, whichever event comes first; rows of several tables come by one."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import ForeignKey, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from servicekit import Aggregate, Service, new_id, new_metadata
from servicekit.copies import Columns, amend, keep, keep_all
from servicekit.loading import Together, load
from testkit.department import Department
from testkit.plugin import MakeDepartment


class Base(DeclarativeBase):
    metadata = new_metadata()


class Page(Base):
    __tablename__ = "pages"
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)


class Stamp(Base):
    __tablename__ = "stamps"
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)


class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    seen: Mapped[int] = mapped_column(default=0)


class File(Aggregate, Base):
    __tablename__ = "files"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="untitled")
    first: Mapped[str | None] = mapped_column(default=None)
    seen: Mapped[int] = mapped_column(default=0)
    pages: Mapped[list[Page]] = relationship(lazy="raise", order_by=Page.n)
    stamps: Mapped[list[Stamp]] = relationship(lazy="raise", order_by=Stamp.name)


_CHANGES = text("select kind, id, version from changes order by position")
_FOUND = Together(
    (Stamp, Stamp.file_id == bindparam("id"), ("name",)),
    (File, File.title == bindparam("title"), ()),
    (Page, Page.file_id == bindparam("id"), ("n",)),
)


@pytest.fixture
async def archive(department: MakeDepartment) -> Department:
    return await department(Service("staff", base=Base))


async def read(archive: Department, id: UUID) -> File:
    async with archive.tx() as tx:
        return await tx.read(File, id)


class TestKeepingACopy:
    async def test_begins_it_with_its_defaults(self, archive: Department) -> None:
        id = new_id()

        async with archive.tx() as tx:
            await keep(tx, File, {File.id: id}, {File.first: "a"}, initial={File.seen: 7})

        file = await read(archive, id)
        assert (file.title, file.first, file.seen, file.version) == ("untitled", "a", 7, 1)

    async def test_leaves_other_columns_as_they_are(self, archive: Department) -> None:
        id = new_id()

        facts: tuple[Columns, ...] = ({File.title: "Brakes"}, {File.first: "a"})
        for columns in facts:
            async with archive.tx() as tx:
                await keep(tx, File, {File.id: id}, columns, initial={File.seen: 7})

        file = await read(archive, id)
        assert (file.title, file.first, file.seen, file.version) == ("Brakes", "a", 7, 2)

    async def test_counts_on_from_what_was_known(self, archive: Department) -> None:
        id = new_id()

        for name in ("a", "b", "c"):
            async with archive.tx() as tx:
                columns: Columns = {File.seen: File.seen + 1, File.first: func.coalesce(File.first, name)}
                await keep(tx, File, {File.id: id}, columns, initial={File.seen: 1, File.first: name})

        file = await read(archive, id)
        assert (file.seen, file.first) == (3, "a")

    async def test_loses_nothing_when_two_begin_it_at_once(self, archive: Department) -> None:
        id = new_id()

        async def apply() -> None:
            async with archive.tx() as tx:
                await keep(tx, File, {File.id: id}, {File.seen: File.seen + 1}, initial={File.seen: 1})

        await asyncio.gather(*(apply() for _ in range(5)))

        assert (await read(archive, id)).seen == 5

    async def test_changes_other_rows_by_the_same_statement(self, archive: Department) -> None:
        id = new_id()
        async with archive.tx() as tx:
            tx.add(File(id=id))

        with archive.statements() as seen:
            async with archive.tx() as tx:
                pages = insert(Page).values([{"file_id": id, "n": 2}, {"file_id": id, "n": 1}])
                await keep(tx, File, {File.id: id}, {File.title: "Brakes"}, also=pages)

        file = await read(archive, id)
        async with archive.tx() as tx:
            assert [page.n for page in (await load(tx, file, "pages")).pages] == [1, 2]
        assert len(seen) == 2  # and the change note

    async def test_notifies_the_screens_that_watch(self, archive: Department) -> None:
        id = new_id()
        async with archive.tx() as tx:
            await keep(tx, File, {File.id: id}, {File.title: "Brakes"})
        async with archive.tx() as tx:
            await amend(tx, File, {File.id: id}, {File.title: "Wheels"})

        async with archive.tx() as tx:
            changes = await tx.session.execute(_CHANGES)

            assert [tuple(row) for row in changes] == [("File", str(id), 1), ("File", str(id), 2)]


class TestKeepingManyCopies:
    async def test_takes_one_statement(self, archive: Department) -> None:
        ids = [new_id() for _ in range(3)]

        for title in ("Brakes", "Wheels"):
            with archive.statements() as seen:
                async with archive.tx() as tx:
                    await keep_all(tx, Shelf, Shelf.id, [{Shelf.id: id, Shelf.title: title} for id in ids])
            assert len(seen) == 1

        async with archive.tx() as tx:
            assert {shelf.title for shelf in await tx.all(select(Shelf))} == {"Wheels"}

    async def test_combines_new_and_known_values(self, archive: Department) -> None:
        id = new_id()

        for seen, title in ((3, "Brakes"), (2, "Wheels")):
            async with archive.tx() as tx:
                row: Columns = {Shelf.id: id, Shelf.seen: seen, Shelf.title: title}
                await keep_all(tx, Shelf, Shelf.id, [row], taken_over=_most)

        async with archive.tx() as tx:
            shelf = await tx.read(Shelf, id)
        assert (shelf.seen, shelf.title) == (3, "Brakes")


def _most(new: Insert) -> Columns:
    return {Shelf.seen: func.greatest(Shelf.__table__.c.seen, new.excluded.seen)}


class TestAmendingACopy:
    async def test_that_is_not_there_begins_none(self, archive: Department) -> None:
        async with archive.tx() as tx:
            await amend(tx, File, {File.id: new_id()}, {File.title: "Brakes"})

        async with archive.tx() as tx:
            assert await tx.all(select(File)) == []


class TestRowsOfSeveralTables:
    async def test_come_by_one_statement_each_in_its_order(self, archive: Department) -> None:
        id = new_id()
        async with archive.tx() as tx:
            tx.add(File(id=id))
            await tx.session.flush()
            tx.add(*(Page(file_id=id, n=n) for n in (3, 1, 2)), Stamp(file_id=id, name="paid"))

        async with archive.tx() as tx:
            with archive.statements() as seen:
                stamps, files, pages = await _FOUND.read(tx, id=id, title="nowhere")

        assert len(seen) == 1
        assert ([stamp.name for stamp in stamps], files) == (["paid"], [])
        assert [page.n for page in pages] == [1, 2, 3]

    async def test_of_a_locked_parent_are_read_after_its_lock(self, archive: Department) -> None:
        id = new_id()
        async with archive.tx() as tx:
            tx.add(File(id=id))

        async def waits() -> list[int]:
            async with archive.tx() as later:
                file = await load(later, await later.get(File, id), "pages", "stamps")
                return [page.n for page in file.pages]

        async with archive.tx() as tx:
            file = await load(tx, await tx.get(File, id), "pages", "stamps")
            waiting = asyncio.create_task(waits())
            async with archive.runtime.engine.connect() as connection:
                held = text("select exists (select 1 from pg_locks where not granted)")
                while not await connection.scalar(held):
                    await connection.rollback()
            file.pages.append(Page(file_id=id, n=1))
            file.title = "Brakes"

        assert await waiting == [1]
