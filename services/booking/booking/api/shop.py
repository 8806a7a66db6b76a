"""Routes of the menu, the calendar, capacity, the directory, scripts and key figures."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from booking.api import bodies
from booking.commands import shop as commands
from booking.commands.requests import menu_lines
from booking.domain import refusals as no
from booking.domain.calls import CallType
from booking.domain.capacity import load_of
from booking.domain.menu import ServiceState
from booking.domain.rules import HouseRules
from booking.domain.shop_calendar import THE_SHOP, ShopCalendar, outside_hours
from booking.queries import figures, menu
from booking.queries.appointments import starts_ahead
from booking.queries.slots import capacity_days, free_slots
from booking.queries.views import (
    CalendarView,
    CapacityDayView,
    DirectoryEntry,
    KeyFiguresView,
    ScriptView,
    ServiceView,
    SlotView,
)
from contracts.permissions import booking as may_booking
from servicekit import Invalid, NotFound, Tx
from servicekit.http import Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["shop"])

Reader = Annotated[Who, may(may_booking.READ)]
MenuKeeper = Annotated[Who, may(may_booking.MENU)]
CalendarKeeper = Annotated[Who, may(may_booking.CALENDAR)]
ServiceCode = Annotated[bodies.Code, Path(description="code of the menu item, e.g. OIL-CHANGE")]


@router.get("/services")
async def list_services(
    tx: TxDep, page: PageQuery, who: Reader, state: ServiceState | None = None
) -> Page[ServiceView]:
    """The menu (BOOK-30)."""
    return await menu.services(tx, page, state=state)


@router.get("/services/{service_code}", responses=problems(NotFound))
async def read_service(service_code: ServiceCode, tx: TxDep, who: Reader) -> ServiceView:
    """One menu item."""
    return await menu.service(tx, service_code)


@router.put("/services/{service_code}", responses=problems(no.PartUnknown))
async def offer_service(
    service_code: ServiceCode, body: bodies.OfferService, tx: TxDep, who: MenuKeeper
) -> ServiceView:
    """Put a service on the menu, or change what is there."""
    await commands.offer_service(tx, service_code=service_code, terms=body.terms())
    return await menu.service(tx, service_code)


@router.post("/services/{service_code}/withdrawal", responses=problems(NotFound))
async def withdraw_service(service_code: ServiceCode, tx: TxDep, who: MenuKeeper) -> ServiceView:
    """Take a service off the menu."""
    await commands.withdraw_service(tx, service_code=service_code)
    return await menu.service(tx, service_code)


@router.get("/calendar")
async def read_calendar(tx: TxDep, who: Reader) -> CalendarView:
    """The shop's hours, and which confirmed appointments lie outside them."""
    found = await tx.session.get(ShopCalendar, THE_SHOP)
    if found is None:
        raise NotFound("calendar", THE_SHOP)
    tx.set_subject(found)
    return await _calendar(tx, found)


@router.put("/calendar")
async def change_calendar(body: bodies.ChangeCalendar, tx: TxDep, who: CalendarKeeper) -> CalendarView:
    """Other hours from now on; whoever is booked outside them is listed, to be called."""
    parts = body.model_dump()
    hours = commands.working_calendar(tx.settings.shop_timezone, **parts)
    return await _calendar(tx, await commands.change_calendar(tx, hours=hours))


async def _calendar(tx: Tx, calendar: ShopCalendar) -> CalendarView:
    await tx.session.flush()
    starts = await starts_ahead(tx)
    outside = set(outside_hours(calendar.hours, starts.values()))
    affected: list[UUID] = [id for id, start in starts.items() if start in outside]
    return CalendarView.of(calendar).model_copy(update={"appointments_outside": affected})


@router.get("/capacity-days")
async def list_capacity(
    tx: TxDep,
    who: Reader,
    from_on: date | None = None,
    days: Annotated[int, Query(ge=1, le=62)] = 14,
) -> list[CapacityDayView]:
    """What each day holds and what is left of it (BOOK-18, BOOK-20, F-16)."""
    return await capacity_days(tx, from_on or tx.today, days, await tx.rules(HouseRules))


@router.put("/capacity-days/{day}")
async def set_crew(day: date, body: bodies.SetCrew, tx: TxDep, who: CalendarKeeper) -> CapacityDayView:
    """How many technicians work on one day."""
    await commands.set_crew(tx, day=day, technicians=body.technicians)
    await tx.session.flush()
    return (await capacity_days(tx, day, 1, await tx.rules(HouseRules)))[0]


@router.get("/slots", responses=problems(no.ServiceNotOffered))
async def list_slots(
    tx: TxDep,
    who: Reader,
    service_code: Annotated[list[bodies.Code] | None, Query(max_length=20)] = None,
    diagnosis: bool = False,
    from_on: date | None = None,
) -> list[SlotView]:
    """Free slots for some services, while the customer is on the phone."""
    rules = await tx.rules(HouseRules)
    lines = await menu_lines(tx, service_code or ())
    return await free_slots(
        tx, load_of(lines, diagnosis=diagnosis, rules=rules), from_on=from_on, rules=rules
    )


@router.get("/directory")
async def search_directory(
    tx: TxDep,
    page: PageQuery,
    who: Reader,
    query: Annotated[str, Query(min_length=1, max_length=60)],
) -> Page[DirectoryEntry]:
    """Vehicles by the beginning of plate, VIN or customer's name; phones are crm's alone."""
    return await menu.directory(tx, page, query=query)


@router.get("/scripts")
async def list_scripts(tx: TxDep, who: Reader) -> list[ScriptView]:
    """What is said on each type of call (BOOK-35)."""
    return await menu.scripts(tx)


@router.put("/scripts/{call_type}")
async def write_script(
    call_type: CallType, body: bodies.WriteScript, tx: TxDep, who: MenuKeeper
) -> ScriptView:
    """Change what is said."""
    script = await commands.write_script(tx, call_type=call_type, text=body.text.title())
    await tx.session.flush()
    return ScriptView.of(script)


@router.get("/key-figures")
async def key_figures(
    tx: TxDep,
    who: Reader,
    from_on: date | None = None,
    to_on: date | None = None,
) -> KeyFiguresView:
    """Booking's key figures of a period, both days included (BOOK-25, F-15); absent: the last 30 days."""
    last = to_on or tx.today
    first = from_on or last - timedelta(days=29)
    if first > last or last - first > timedelta(days=366):
        raise Invalid("query.from_on", "a day not after `to_on`, at most a year before it")
    return await figures.key_figures(tx, first, last)
