"""Routes of requests and appointments: what the booking desk does all day."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import AwareDatetime, Field
from starlette.status import HTTP_201_CREATED

from booking.api.services import ServiceCode
from booking.commands import appointment as commands
from booking.commands import request as requests
from booking.domain.appointment import Party, WorkAlreadyAuthorised
from booking.domain.appointment_states import AppointmentState
from booking.domain.calls import CallClosed, CallKind, CallOutcome
from booking.domain.capacity import CapacityExceeded, ShopClosed, SlotInThePast, SlotTooLong, SlotTooShort
from booking.domain.copies import AlreadyBooked, VisitNotAway
from booking.domain.diary import SlotFull, VehicleAlreadyBooked
from booking.domain.menu import ServiceNotOffered
from booking.domain.preparation import CheckName, PartsShort
from booking.domain.wish import RequestIncomplete, Urgency
from booking.queries import appointments as queries
from booking.queries.slots import slots_for
from booking.queries.views import AppointmentRow, AppointmentView, DueCallView, LinkView, SlotView
from contracts.permissions import booking as may_booking
from servicekit import Forbidden, IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as make_router

router = make_router(tags=["appointments"])

Reader = Annotated[Who, may(may_booking.READ)]
Desk = Annotated[Who, may(may_booking.BOOK)]
Booker = Annotated[Who, may(may_booking.BOOK, may_booking.OVERBOOK)]
AppointmentId = Annotated[UUID, Path(description="the appointment")]
DeskChannel = Annotated[
    Literal["phone", "web", "app", "wechat", "counter"], Field(description="how the request came")
]
WantedFrom = Annotated[datetime | None, Field(description="earliest time that the customer wants")]
Codes = Annotated[tuple[ServiceCode, ...], Field(max_length=20)]
Note = Annotated[str, Field(max_length=2000, description="remark, without names or numbers of people")]
Reason = Annotated[str, Field(min_length=1, max_length=2000, description="why; personal data is masked")]
_PROMISE = problems(
    NotFound,
    IllegalTransition,
    Forbidden,
    CapacityExceeded,
    SlotFull,
    VehicleAlreadyBooked,
    ShopClosed,
    SlotInThePast,
    SlotTooShort,
    SlotTooLong,
    ServiceNotOffered,
    WorkAlreadyAuthorised,
    RequestIncomplete,
    Stale,
)
"""What can be in the way of a slot, and of other work on it."""


class RequestAppointment(Body):
    """A customer asks for a slot (BOOK-01, BOOK-02)."""

    customer_id: UUID = Field(description="who asks, as crm names them")
    vehicle_id: UUID = Field(description="which vehicle, as crm names it")
    channel: DeskChannel = "phone"
    source: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        default="customer", description="what led to it (BOOK-27)"
    )
    fault_text: str = Field(default="", max_length=2000, description="fault in the customer's words")
    fault_occurred: str = Field(default="", max_length=2000, description="when or where the fault occurred")
    urgency: Urgency = Field(default="normal", description="triage (BOOK-12)")
    wanted_from: WantedFrom = None
    service_codes: Codes = Field(default=(), description="menu items that are asked for")
    diagnosis: bool = Field(default=False, description="a fault must be looked at as well (BOOK-13)")


class RequestReturn(Body):
    """Another appointment for a car that is expected back."""

    channel: DeskChannel = "phone"
    wanted_from: WantedFrom = None


class Confirm(Body):
    """A slot to promise."""

    slot_start: datetime = Field(description="begin, in open time")
    slot_end: datetime | None = Field(default=None, description="absent: as the work needs")
    service_codes: Codes | None = Field(default=None, description="other work than requested")
    overbook: bool = Field(default=False, description="go beyond the capacity; needs booking.overbook")


class Reschedule(Confirm):
    """Another slot."""

    reason: Reason
    asked_by: Party = Field(default="customer", description="who wants it")


class Cancel(Body):
    """Why it will not take place."""

    reason: Reason
    cancelled_by: Party = Field(default="customer", description="who gives it up")


class Respond(Body):
    """What the customer was answered."""

    note: Note = ""


class HandOver(Body):
    """Who looks after the request from now on."""

    employee_id: UUID = Field(description="the employee")


class Prepare(Body):
    """Whether it is prepared."""

    ready: bool = Field(default=True, description="false takes the check back")


class LogCall(Body):
    """What came of a call."""

    outcome: CallOutcome = Field(description="completed, or the customer is called again")
    note: Note = ""
    again_at: datetime | None = Field(default=None, description="when to call an undecided customer again")


@router.post(
    "/appointments",
    status_code=HTTP_201_CREATED,
    responses=problems(RequestIncomplete, ServiceNotOffered),
)
async def request_appointment(body: RequestAppointment, tx: TxDep, who: Desk) -> AppointmentView:
    """Note a request; its number is for the customer."""
    made = await requests.request_appointment(tx, **body.model_dump_fields())
    return await queries.appointment(tx, made.id)


@router.get("/appointments")
async def list_appointments(
    tx: TxDep,
    page: PageQuery,
    who: Reader,
    state: Annotated[AppointmentState | None, Query(description="only those in this state")] = None,
    request_no: Annotated[str | None, Query(description="number of the request")] = None,
    customer_id: Annotated[UUID | None, Query(description="only those of this customer")] = None,
    vehicle_id: Annotated[UUID | None, Query(description="only those of this vehicle")] = None,
    visit_id: Annotated[UUID | None, Query(description="only those for this visit to go on")] = None,
    urgency: Annotated[Urgency | None, Query(description="triage (BOOK-12)")] = None,
) -> Page[AppointmentRow]:
    """All appointments, the latest request first."""
    return await queries.appointments(
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
    tx: TxDep,
    page: PageQuery,
    who: Reader,
    overdue: Annotated[bool, Query(description="only those that are too late")] = False,
) -> Page[AppointmentRow]:
    """Requests whose 24-hour clock runs; `overdue`: only those that are too late (BOOK-08)."""
    return await queries.unanswered(tx, page, overdue=overdue)


@router.get("/day-lists/{day}")
async def day_list(
    day: Annotated[date, Path(description="shop-local date")],
    tx: TxDep,
    page: PageQuery,
    who: Reader,
    prepared: Annotated[bool | None, Query(description="only those that are, or are not, prepared")] = None,
) -> Page[AppointmentRow]:
    """The booked customers of a day with the four readiness flags (BOOK-18, BOOK-24)."""
    return await queries.day_list(tx, day, page, prepared=prepared)


@router.get("/calls")
async def list_calls(
    tx: TxDep,
    page: PageQuery,
    who: Reader,
    until: Annotated[AwareDatetime | None, Query(description="due until then; absent: now")] = None,
    kind: Annotated[CallKind | None, Query(description="why the desk calls")] = None,
) -> Page[DueCallView]:
    """The calls that the desk owes its customers."""
    return await queries.due_calls(tx, page, until=until, kind=kind)


@router.get("/appointments/{appointment_id}", responses=problems(NotFound))
async def read_appointment(appointment_id: AppointmentId, tx: TxDep, who: Reader) -> AppointmentView:
    """Everything about one appointment."""
    return await queries.appointment(tx, appointment_id)


@router.get("/appointments/{appointment_id}/slots", responses=problems(NotFound))
async def offer_slots(
    appointment_id: AppointmentId,
    tx: TxDep,
    who: Reader,
    from_on: Annotated[date | None, Query(description="first shop-local day; absent: as wanted")] = None,
) -> list[SlotView]:
    """Free slots that are long enough for its work, as if it held none."""
    return await slots_for(tx, appointment_id, from_on=from_on)


@router.post(
    "/appointments/{appointment_id}/response", responses=problems(NotFound, IllegalTransition, Stale)
)
async def respond(appointment_id: AppointmentId, body: Respond, tx: TxDep, who: Desk) -> AppointmentView:
    """The customer had an answer, though no slot is fixed yet."""
    await commands.respond(tx, appointment_id=appointment_id, note=body.note)
    return await queries.appointment(tx, appointment_id)


@router.put("/appointments/{appointment_id}/owner", responses=problems(NotFound, Stale))
async def hand_over(appointment_id: AppointmentId, body: HandOver, tx: TxDep, who: Desk) -> AppointmentView:
    """Somebody else looks after the request (BOOK-06)."""
    await commands.hand_over(tx, appointment_id=appointment_id, owner=body.employee_id)
    return await queries.appointment(tx, appointment_id)


@router.post(
    "/appointments/{appointment_id}/confirmation",
    responses=_PROMISE,
)
async def confirm(appointment_id: AppointmentId, body: Confirm, tx: TxDep, who: Booker) -> AppointmentView:
    """Promise a slot; `warnings` names an overbooked or a peak hour."""
    _may_overbook(body, who)
    placed = await commands.confirm(tx, appointment_id=appointment_id, **body.model_dump_fields())
    return await queries.appointment(tx, appointment_id, warnings=placed.warnings)


@router.post(
    "/appointments/{appointment_id}/rescheduling",
    responses=_PROMISE,
)
async def reschedule(
    appointment_id: AppointmentId, body: Reschedule, tx: TxDep, who: Booker
) -> AppointmentView:
    """Promise another slot, other work, or both."""
    _may_overbook(body, who)
    placed = await commands.reschedule(tx, appointment_id=appointment_id, **body.model_dump_fields())
    return await queries.appointment(tx, appointment_id, warnings=placed.warnings)


@router.post(
    "/appointments/{appointment_id}/cancellation", responses=problems(NotFound, IllegalTransition, Stale)
)
async def cancel(appointment_id: AppointmentId, body: Cancel, tx: TxDep, who: Desk) -> AppointmentView:
    """Give it up."""
    await commands.cancel(tx, appointment_id=appointment_id, **body.model_dump_fields())
    return await queries.appointment(tx, appointment_id)


@router.put(
    "/appointments/{appointment_id}/preparations/{check}",
    responses=problems(NotFound, IllegalTransition, PartsShort, Stale),
)
async def prepare(
    appointment_id: AppointmentId,
    check: Annotated[CheckName, Path(description="which of the four checks")],
    body: Prepare,
    tx: TxDep,
    who: Annotated[Who, may(may_booking.PREPARE)],
) -> AppointmentView:
    """Tick or untick bay, parts, crew or reception (BOOK-17)."""
    await commands.prepare(tx, appointment_id=appointment_id, check=check, ready=body.ready)
    return await queries.appointment(tx, appointment_id)


@router.post(
    "/appointments/{appointment_id}/attendance", responses=problems(NotFound, IllegalTransition, Stale)
)
async def confirm_attendance(appointment_id: AppointmentId, tx: TxDep, who: Desk) -> AppointmentView:
    """The customer assures again that they will come (BOOK-38)."""
    await commands.confirm_attendance(tx, appointment_id=appointment_id)
    return await queries.appointment(tx, appointment_id)


@router.post(
    "/appointments/{appointment_id}/calls/{call_id}/outcome",
    responses=problems(NotFound, IllegalTransition, CallClosed, Stale),
)
async def log_call(
    appointment_id: AppointmentId,
    call_id: Annotated[UUID, Path(description="the call")],
    body: LogCall,
    tx: TxDep,
    who: Desk,
) -> AppointmentView:
    """What came of a call (BOOK-15)."""
    await commands.log_call(tx, appointment_id=appointment_id, call_id=call_id, **body.model_dump_fields())
    return await queries.appointment(tx, appointment_id)


@router.post(
    "/appointments/{appointment_id}/link", status_code=HTTP_201_CREATED, responses=problems(NotFound, Stale)
)
async def make_link(appointment_id: AppointmentId, tx: TxDep, who: Desk) -> LinkView:
    """A link by which the customer looks after the appointment; its address is shown this once."""
    made = await commands.make_link(tx, appointment_id=appointment_id)
    return LinkView.of(made)


@router.post(
    "/visits/{visit_id}/appointments",
    status_code=HTTP_201_CREATED,
    responses=problems(NotFound, VisitNotAway, AlreadyBooked),
)
async def request_return(
    visit_id: Annotated[UUID, Path(description="the visit whose car is expected")],
    body: RequestReturn,
    tx: TxDep,
    who: Desk,
) -> AppointmentView:
    """Another appointment for a car that drove on for parts, or comes for rework (E2, E8)."""
    made = await requests.book_return(tx, visit_id=visit_id, **body.model_dump_fields())
    return await queries.appointment(tx, made.id)


def _may_overbook(body: Confirm, who: Who) -> None:
    if body.overbook and not who.may(may_booking.OVERBOOK):
        raise Forbidden(permission=may_booking.OVERBOOK)
