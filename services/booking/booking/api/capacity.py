"""Routes of capacity: what the days hold, and where a slot is free."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from booking.api.calendar import CalendarKeeper
from booking.api.services import Reader, ServiceCode
from booking.commands import capacity as commands
from booking.commands.request import menu_lines
from booking.domain.capacity import load_of
from booking.domain.menu import ServiceNotOffered
from booking.domain.rules import HouseRules
from booking.queries.slots import capacity_days, free_slots
from booking.queries.views import CapacityDayView, SlotView
from servicekit.http import Body, TxDep, problems
from servicekit.http import router as make_router

router = make_router(tags=["shop"])


class SetCrew(Body):
    """The crew of a day."""

    technicians: int | None = Field(
        ge=0, le=500, description="technicians of the day; null: as many as usual"
    )


@router.get("/capacity-days")
async def list_capacity(
    tx: TxDep,
    who: Reader,
    from_on: Annotated[date | None, Query(description="first shop-local day; absent: today")] = None,
    days: Annotated[int, Query(ge=1, le=62, description="number of days")] = 14,
) -> list[CapacityDayView]:
    """What each day holds and what is left of it (BOOK-18, BOOK-20, F-16)."""
    return await capacity_days(tx, from_on or tx.today, days, await tx.rules(HouseRules))


@router.put("/capacity-days/{day}")
async def set_crew(
    day: Annotated[date, Path(description="shop-local date")], body: SetCrew, tx: TxDep, who: CalendarKeeper
) -> CapacityDayView:
    """How many technicians work on one day."""
    await commands.set_crew(tx, day=day, technicians=body.technicians)
    await tx.session.flush()
    return (await capacity_days(tx, day, 1, await tx.rules(HouseRules)))[0]


@router.get("/slots", responses=problems(ServiceNotOffered))
async def list_slots(
    tx: TxDep,
    who: Reader,
    service_code: Annotated[
        list[ServiceCode] | None, Query(max_length=20, description="menu items, e.g. OIL-CHANGE")
    ] = None,
    diagnosis: Annotated[bool, Query(description="a fault must be looked at as well (BOOK-13)")] = False,
    from_on: Annotated[date | None, Query(description="first shop-local day; absent: today")] = None,
) -> list[SlotView]:
    """Free slots for some services, while the customer is on the phone."""
    rules = await tx.rules(HouseRules)
    lines = await menu_lines(tx, service_code or ())
    work = load_of(lines, diagnosis=diagnosis, rules=rules)
    return await free_slots(tx, work, from_on=from_on, rules=rules)
