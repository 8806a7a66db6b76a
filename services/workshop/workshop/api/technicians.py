"""Routes of technicians: their status, their day, absence and presence."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from contracts.permissions import workshop as may_workshop
from servicekit import NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems, router
from workshop.api.jobs import RequiredText
from workshop.commands import technicians as commands
from workshop.domain import Technician
from workshop.queries import technicians as queries
from workshop.queries.views import ScheduleEntry, TechnicianView

routes = router(tags=["shop floor"])

Reader = Annotated[Who, may(may_workshop.READ)]
Keeper = Annotated[Who, may(may_workshop.RESOURCES)]


class NoteAbsence(Body):
    """When and why a technician is away."""

    since: datetime | None = Field(default=None, description="UTC; left out: now")
    until: datetime | None = Field(default=None, description="UTC; left out: until further notice")
    reason: RequiredText = Field(description="why, for the supervisor")


@routes.get("/technicians")
async def list_technicians(
    tx: TxDep,
    who: Reader,
    page: PageQuery,
    skill: Annotated[str | None, Query(description="only who has this skill")] = None,
    active: Annotated[bool, Query(description="false: who has left or is not active")] = True,
) -> Page[TechnicianView]:
    """Technicians by name, their status and the time in it (WORK-45)."""
    return await queries.technicians(tx, page, skill=skill, active=active)


@routes.get("/technicians/{technician_id}", responses=problems(NotFound))
async def show_technician(technician_id: UUID, tx: TxDep, who: Reader) -> TechnicianView:
    """One technician."""
    return (await queries.technician_views(tx, [await tx.read(Technician, technician_id)]))[0]


@routes.get("/technicians/{technician_id}/schedule")
async def show_schedule(
    technician_id: UUID,
    tx: TxDep,
    who: Reader,
    on: Annotated[date | None, Query(description="shop-local date; left out: today")] = None,
) -> list[ScheduleEntry]:
    """A technician's day: plan, gaps, what is late (WORK-12)."""
    return await queries.schedule(tx, technician_id, on or tx.today)


@routes.post("/technicians/{technician_id}/absence", responses=problems(NotFound, Stale))
async def note_absence(technician_id: UUID, body: NoteAbsence, tx: TxDep, who: Keeper) -> TechnicianView:
    """A technician is away and gets no work."""
    technician = await commands.note_absence(tx, technician_id=technician_id, **body.model_dump_fields())
    return (await queries.technician_views(tx, [technician]))[0]


@routes.post("/technicians/{technician_id}/presence", responses=problems(NotFound, Stale))
async def note_presence(technician_id: UUID, tx: TxDep, who: Keeper) -> TechnicianView:
    """A technician is here again."""
    technician = await commands.note_presence(tx, technician_id=technician_id)
    return (await queries.technician_views(tx, [technician]))[0]
