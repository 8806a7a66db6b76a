"""Routes of requests and appointments: what the booking desk does all day."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime
from starlette.status import HTTP_201_CREATED

from booking.api import bodies
from booking.commands import appointments as commands
from booking.commands import requests
from booking.domain import refusals as no
from booking.domain.appointment import Appointment, CheckName
from booking.domain.calls import CallKind
from booking.domain.rules import HouseRules
from booking.domain.states import AppointmentState
from booking.queries import appointments as lists
from booking.queries.slots import free_slots
from booking.queries.views import AppointmentRow, AppointmentView, DueCallView, SlotView
from contracts.permissions import booking as may_booking
from servicekit import Forbidden, IllegalTransition, NotFound
from servicekit.http import Page, PageQuery, TxDep, View, Who, may, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["appointments"])

Reader = Annotated[Who, may(may_booking.READ)]
Desk = Annotated[Who, may(may_booking.BOOK)]
Booker = Annotated[Who, may(may_booking.BOOK, may_booking.OVERBOOK)]
_ROOM = (no.CapacityExceeded, no.SlotFull, no.VehicleAlreadyBooked, no.ShopClosed, no.SlotInThePast)


class LinkView(View):
    """A customer's link; it is shown this once."""

    url: str
    expires_at: datetime


@router.post(
    "/appointments",
    status_code=HTTP_201_CREATED,
    responses=problems(no.RequestIncomplete, no.ServiceNotOffered),
)
async def request_appointment(body: bodies.RequestAppointment, tx: TxDep, who: Desk) -> AppointmentView:
    """Take a request; its number is what the customer is told."""
    made = await requests.request_appointment(tx, **body.model_dump_fields())
    return await lists.appointment(tx, made.id)


@router.get("/appointments")
async def list_appointments(
    tx: TxDep,
    page: PageQuery,
    who: Reader,
    state: AppointmentState | None = None,
    request_no: str | None = None,
    customer_id: UUID | None = None,
    vehicle_id: UUID | None = None,
    visit_id: UUID | None = None,
    urgency: Literal["normal", "urgent"] | None = None,
) -> Page[AppointmentRow]:
    """All appointments, the latest request first."""
    return await lists.appointments(
        tx,
        page,
        state=state,
        request_no=request_no,
        customer_id=customer_id,
        vehicle_id=vehicle_id,
        visit_id=visit_id,
        urgency=urgency,
    )


@router.get("/unanswered-requests")
async def list_unanswered(
    tx: TxDep, page: PageQuery, who: Reader, overdue: bool = False
) -> Page[AppointmentRow]:
    """Requests whose 24-hour clock runs; `overdue`: only those that are too late (BOOK-08)."""
    return await lists.unanswered(tx, page, overdue=overdue)


@router.get("/day-lists/{day}")
async def day_list(
    day: date, tx: TxDep, page: PageQuery, who: Reader, prepared: bool | None = None
) -> Page[AppointmentRow]:
    """The booked customers of a day with the four readiness flags (BOOK-18, BOOK-24)."""
    return await lists.day_list(tx, day, page, prepared=prepared)


@router.get("/calls")
async def list_calls(
    tx: TxDep,
    page: PageQuery,
    who: Reader,
    until: Annotated[AwareDatetime | None, Query(description="due until then; absent: now")] = None,
    kind: CallKind | None = None,
) -> Page[DueCallView]:
    """The calls that the desk owes its customers."""
    return await lists.due_calls(tx, page, until=until, kind=kind)


@router.get("/appointments/{appointment_id}", responses=problems(NotFound))
async def read_appointment(appointment_id: UUID, tx: TxDep, who: Reader) -> AppointmentView:
    """Everything about one appointment."""
    return await lists.appointment(tx, appointment_id)


@router.get("/appointments/{appointment_id}/slots", responses=problems(NotFound))
async def offer_slots(
    appointment_id: UUID, tx: TxDep, who: Reader, from_on: date | None = None
) -> list[SlotView]:
    """Free slots that are long enough for its work, as if it held none."""
    found = await tx.session.get(Appointment, appointment_id)
    if found is None:
        raise NotFound("appointment", appointment_id)
    wanted = found.wanted_from.astimezone(tx.settings.timezone).date() if found.wanted_from else None
    rules = await tx.rules(HouseRules)
    return await free_slots(tx, found.work, from_on=from_on or wanted, rules=rules, leaving=found)


@router.post("/appointments/{appointment_id}/response", responses=problems(NotFound, IllegalTransition))
async def respond(appointment_id: UUID, body: bodies.Respond, tx: TxDep, who: Desk) -> AppointmentView:
    """The customer had an answer, though no slot is fixed yet."""
    await commands.respond(tx, appointment_id=appointment_id, note=body.note)
    return await lists.appointment(tx, appointment_id)


@router.put("/appointments/{appointment_id}/owner", responses=problems(NotFound))
async def hand_over(appointment_id: UUID, body: bodies.HandOver, tx: TxDep, who: Desk) -> AppointmentView:
    """Somebody else looks after the request (BOOK-06)."""
    await commands.hand_over(tx, appointment_id=appointment_id, owner=body.employee_id)
    return await lists.appointment(tx, appointment_id)


@router.post(
    "/appointments/{appointment_id}/confirmation",
    responses=problems(NotFound, IllegalTransition, *_ROOM, no.SlotTooShort, no.SlotTooLong, Forbidden),
)
async def confirm(appointment_id: UUID, body: bodies.Confirm, tx: TxDep, who: Booker) -> AppointmentView:
    """Promise a slot; `warnings` tells of peaks."""
    _may_overbook(body, who)
    placed = await commands.confirm(tx, appointment_id=appointment_id, **body.model_dump_fields())
    return await lists.appointment(tx, appointment_id, warnings=placed.warnings)


@router.post(
    "/appointments/{appointment_id}/rescheduling",
    responses=problems(NotFound, IllegalTransition, *_ROOM, no.SlotTooShort, no.SlotTooLong, Forbidden),
)
async def reschedule(
    appointment_id: UUID, body: bodies.Reschedule, tx: TxDep, who: Booker
) -> AppointmentView:
    """Promise another slot, other work, or both."""
    _may_overbook(body, who)
    placed = await commands.reschedule(tx, appointment_id=appointment_id, **body.model_dump_fields())
    return await lists.appointment(tx, appointment_id, warnings=placed.warnings)


@router.post("/appointments/{appointment_id}/cancellation", responses=problems(NotFound, IllegalTransition))
async def cancel(appointment_id: UUID, body: bodies.Cancel, tx: TxDep, who: Desk) -> AppointmentView:
    """Give it up."""
    await commands.cancel(tx, appointment_id=appointment_id, **body.model_dump_fields())
    return await lists.appointment(tx, appointment_id)


@router.put(
    "/appointments/{appointment_id}/preparations/{check}",
    responses=problems(NotFound, IllegalTransition, no.PartsShort),
)
async def prepare(
    appointment_id: UUID,
    check: CheckName,
    body: bodies.Prepare,
    tx: TxDep,
    who: Annotated[Who, may(may_booking.PREPARE)],
) -> AppointmentView:
    """Tick or untick bay, parts, crew or reception (BOOK-17)."""
    await commands.prepare(tx, appointment_id=appointment_id, check=check, ready=body.ready)
    return await lists.appointment(tx, appointment_id)


@router.post("/appointments/{appointment_id}/attendance", responses=problems(NotFound, IllegalTransition))
async def confirm_attendance(appointment_id: UUID, tx: TxDep, who: Desk) -> AppointmentView:
    """The customer said again that they will come (BOOK-38)."""
    await commands.confirm_attendance(tx, appointment_id=appointment_id)
    return await lists.appointment(tx, appointment_id)


@router.post(
    "/appointments/{appointment_id}/calls/{call_id}/outcome",
    responses=problems(NotFound, IllegalTransition, no.CallClosed),
)
async def log_call(
    appointment_id: UUID, call_id: UUID, body: bodies.LogCall, tx: TxDep, who: Desk
) -> AppointmentView:
    """What came of a call (BOOK-15)."""
    await commands.log_call(tx, appointment_id=appointment_id, call_id=call_id, **body.model_dump_fields())
    return await lists.appointment(tx, appointment_id)


@router.post(
    "/appointments/{appointment_id}/link", status_code=HTTP_201_CREATED, responses=problems(NotFound)
)
async def make_link(appointment_id: UUID, tx: TxDep, who: Desk) -> LinkView:
    """A link by which the customer looks after the appointment; its address is shown this once."""
    made = await commands.make_link(tx, appointment_id=appointment_id)
    return LinkView(url=made.url, expires_at=made.expires_at)


@router.post(
    "/visits/{visit_id}/appointments",
    status_code=HTTP_201_CREATED,
    responses=problems(NotFound, no.VisitNotAway, no.AlreadyBooked),
)
async def request_return(visit_id: UUID, body: bodies.RequestReturn, tx: TxDep, who: Desk) -> AppointmentView:
    """Another appointment for a car that drove on for parts, or comes for rework (E2, E8)."""
    made = await requests.book_return(tx, visit_id=visit_id, **body.model_dump_fields())
    return await lists.appointment(tx, made.id)


def _may_overbook(body: bodies.Confirm, who: Who) -> None:
    if body.overbook and not who.may(may_booking.OVERBOOK):
        raise Forbidden(permission=may_booking.OVERBOOK)
