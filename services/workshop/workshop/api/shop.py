"""Routes of the shop floor: board, queue, load, technicians, bays, trouble codes."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query, status
from sqlalchemy import select

from contracts.permissions import workshop as may_workshop
from servicekit import Invalid, NotFound, Stale
from servicekit.http import Page, PageQuery, TxDep, Who, may, paginate, problems, router
from workshop import trouble_codes
from workshop.api import bodies
from workshop.commands import resources as commands
from workshop.domain import Bay, Technician
from workshop.domain import refusals as no
from workshop.queries import board, crew
from workshop.views import (
    BayView,
    BoardItem,
    CodeView,
    DayLoad,
    QueueItem,
    ScheduleEntry,
    TechnicianView,
    bay_view,
)

routes = router(tags=["shop floor"])

Reader = Annotated[Who, may(may_workshop.READ)]
Keeper = Annotated[Who, may(may_workshop.RESOURCES)]

_LONGEST = timedelta(days=62)


@routes.get("/board")
async def show_board(
    tx: TxDep,
    who: Reader,
    page: PageQuery,
    q: Annotated[str | None, Query(max_length=40, description="begin of plate, number or VIN")] = None,
    state: Annotated[str | None, Query(description="a job's state, or awaiting_intake")] = None,
    at_risk: bool | None = None,
    held: Annotated[bool | None, Query(description="stands still or is away (WORK-32)")] = None,
    promise_refused: bool | None = None,
) -> Page[BoardItem]:
    """All cars of the shop with status, technician, bay, promise and risk (WORK-14)."""
    return await board.board(
        tx, page, words=q, state=state, at_risk=at_risk, held=held, promise_refused=promise_refused
    )


@routes.get("/queue")
async def show_queue(tx: TxDep, who: Reader, page: PageQuery, skill: str | None = None) -> Page[QueueItem]:
    """Jobs that wait for a technician, in the dispatch order (F-36)."""
    return await board.queue(tx, page, skill=skill)


@routes.get("/load", responses=problems(Invalid))
async def show_load(
    tx: TxDep,
    who: Reader,
    first: Annotated[date | None, Query(description="shop-local date; none: today")] = None,
    last: Annotated[date | None, Query(description="shop-local date; none: the first")] = None,
) -> list[DayLoad]:
    """Planned and real work against capacity, day by day."""
    begin = first or tx.today
    end = last or begin
    if not begin <= end <= begin + _LONGEST:
        raise Invalid("query.last", "a day not before the first, at most 62 days later")
    return await crew.load(tx, begin, end)


@routes.get("/technicians")
async def list_technicians(
    tx: TxDep, who: Reader, page: PageQuery, skill: str | None = None, active: bool = True
) -> Page[TechnicianView]:
    """Technicians by name, their status and the time in it (WORK-45)."""
    return await crew.technicians(tx, page, skill=skill, active=active)


@routes.get("/technicians/{technician_id}", responses=problems(NotFound))
async def show_technician(technician_id: UUID, tx: TxDep, who: Reader) -> TechnicianView:
    """One technician."""
    return (await crew.technician_views(tx, [await tx.read(Technician, technician_id)]))[0]


@routes.get("/technicians/{technician_id}/schedule")
async def show_schedule(
    technician_id: UUID, tx: TxDep, who: Reader, on: date | None = None
) -> list[ScheduleEntry]:
    """A technician's day: plan, gaps, what is late (WORK-12)."""
    return await crew.schedule(tx, technician_id, on or tx.today)


@routes.post("/technicians/{technician_id}/absence", responses=problems(NotFound, Stale))
async def note_absence(technician_id: UUID, body: bodies.Absence, tx: TxDep, who: Keeper) -> TechnicianView:
    """A technician is away and gets no work."""
    technician = await commands.note_absence(tx, technician_id=technician_id, **body.model_dump_fields())
    return (await crew.technician_views(tx, [technician]))[0]


@routes.post("/technicians/{technician_id}/presence", responses=problems(NotFound, Stale))
async def note_presence(technician_id: UUID, tx: TxDep, who: Keeper) -> TechnicianView:
    """A technician is here again."""
    technician = await commands.note_presence(tx, technician_id=technician_id)
    return (await crew.technician_views(tx, [technician]))[0]


@routes.get("/bays")
async def list_bays(tx: TxDep, who: Reader, page: PageQuery, free: bool | None = None) -> Page[BayView]:
    """Bays by name and whose car stands in them (WORK-48)."""
    stmt = select(Bay)
    if free is not None:
        is_free = Bay.job_id.is_(None) & Bay.in_use
        stmt = stmt.where(is_free if free else ~is_free)
    return await paginate(tx, stmt, page, by=(Bay.name, Bay.id), view=bay_view)


@routes.get("/bays/{bay_id}", responses=problems(NotFound))
async def show_bay(bay_id: UUID, tx: TxDep, who: Reader) -> BayView:
    """One bay."""
    return bay_view(await tx.read(Bay, bay_id))


@routes.post("/bays", status_code=status.HTTP_201_CREATED, responses=problems(no.BayNameTaken))
async def add_bay(body: bodies.NewBay, tx: TxDep, who: Keeper) -> BayView:
    """Add a bay."""
    bay = await commands.add_bay(tx, **body.model_dump_fields())
    await tx.session.flush()
    return bay_view(bay)


@routes.put("/bays/{bay_id}", responses=problems(NotFound, Stale, no.BayNameTaken, no.BayInUse))
async def change_bay(bay_id: UUID, body: bodies.BayBody, tx: TxDep, who: Keeper) -> BayView:
    """Rename, equip, open or close a bay."""
    bay = await commands.change_bay(tx, bay_id=bay_id, **body.model_dump_fields())
    await tx.session.flush()
    return bay_view(bay)


@routes.get("/trouble-codes")
async def search_trouble_codes(
    tx: TxDep,
    who: Reader,
    page: PageQuery,
    q: Annotated[str, Query(max_length=80, description="begin of a code, or words of its meaning")] = "",
) -> Page[CodeView]:
    """Diagnostic trouble codes with their meaning (WORK-36)."""
    found = trouble_codes.search(q, after=page.cursor or "", limit=page.limit + 1)
    shown = [CodeView.of(code) for code in found[: page.limit]]
    return Page(items=shown, next=shown[-1].code if len(found) > page.limit else None)


@routes.get("/trouble-codes/{code}", responses=problems(NotFound))
async def show_trouble_code(code: str, who: Reader) -> CodeView:
    """One trouble code."""
    description = trouble_codes.all_codes().get(code.upper())
    if description is None:
        raise NotFound("TroubleCode", code)
    return CodeView(code=code.upper(), description=description)
