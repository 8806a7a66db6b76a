"""What booking's front ends see: the answers of its routes."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from booking.domain.appointment_parts import ChangeKind
from booking.domain.appointment_states import AppointmentState
from booking.domain.calls import CallKind, CallResult, CallType
from booking.domain.diary import SlotWarning
from booking.domain.menu import ServiceState, ServiceTerms
from booking.domain.wish import Channel, Urgency
from contracts.values import Line, Readiness, ReservationLine, Title
from servicekit.http import View
from shopkit.calendar import WorkingCalendar

Version = Annotated[int, Field(description="raised by every change; the ETag of one")]
Allowed = Annotated[list[str], Field(description="commands that its state allows now")]
AppointmentId = Annotated[UUID, Field(description="the appointment")]
RequestNo = Annotated[str, Field(description="number of the request, e.g. B-250307-0042")]
CustomerId = Annotated[UUID, Field(description="the customer, as crm names them")]
VehicleId = Annotated[UUID, Field(description="the vehicle, as crm names it")]
CustomerName = Annotated[str | None, Field(description="customer's name; null until crm has published it")]
Plate = Annotated[str | None, Field(description="licence plate; null until crm has published it")]
State = Annotated[AppointmentState, Field(description="state of the appointment")]
SlotStart = Annotated[datetime | None, Field(description="begin of the slot promised last, UTC")]
Script = Annotated[CallType | None, Field(description="script for a call about it now (BOOK-35)")]


class SlotView(View):
    """A slot that can be offered."""

    slot_start: datetime = Field(description="begin, UTC")
    slot_end: datetime = Field(description="end, UTC")
    peak_hour: bool = Field(description="whether its first hour would stand out of the day (BOOK-19)")


class HourView(View):
    """How busy one hour is."""

    start: datetime = Field(description="begin, UTC")
    end: datetime = Field(description="end, UTC")
    load: Decimal = Field(description="booked part of the technicians' time, as a fraction")
    peak: bool = Field(description="whether it stands out of the day (BOOK-19)")


class CapacityDayView(View):
    """One day's capacity in labour minutes (F-16)."""

    day: date = Field(description="shop-local date")
    technicians: int = Field(description="technicians of the day")
    open_minutes: int = Field(description="open time, whole minutes")
    available_minutes: int = Field(description="technicians x open minutes")
    bookable_maintenance_minutes: int = Field(description="share of it that is kept for maintenance")
    booked_minutes: int = Field(description="labour of confirmed and kept appointments")
    maintenance_minutes: int = Field(description="how much of that is maintenance")
    walk_in_minutes: int = Field(description="labour of cars that nobody booked")
    left_minutes: int = Field(description="labour that can still be booked")
    left_maintenance_minutes: int = Field(description="how much of that can be maintenance")
    load: Decimal = Field(description="booked and walked in / available, as a fraction")
    levelling_index: Decimal = Field(description="largest load of an hour minus the mean (F-16)")
    hours: list[HourView] = Field(description="load hour by hour")


class ServiceView(View):
    """A menu item."""

    service_code: str = Field(description="code of the menu item, e.g. OIL-CHANGE")
    version: Version
    state: ServiceState = Field(description="whether it can be booked")
    allowed: Allowed
    terms: ServiceTerms = Field(description="what it is and takes")
    changed_at: datetime = Field(description="last change, UTC")
    unavailable_parts: list[str] = Field(
        default=[], description="part numbers that the catalogue no longer sells"
    )


class CalendarView(View):
    """The shop's calendar."""

    calendar: str = Field(description="always `shop`: there is one calendar")
    version: Version
    hours: WorkingCalendar = Field(description="opening hours, breaks, closed and special days")
    changed_at: datetime = Field(description="last change, UTC")
    appointments_outside: list[UUID] = Field(
        default=[], description="confirmed appointments whose slot begins while the shop is closed"
    )


class CustomerShown(View):
    """A customer as far as crm has published them."""

    customer_id: CustomerId
    customer_no: str | None = Field(default=None, description="customer number, e.g. C000001")
    display_name: CustomerName = None
    customer_class: str | None = Field(default=None, description="for rates and priority: normal, vip, ...")


class VehicleShown(View):
    """A vehicle as far as crm has published it."""

    vehicle_id: VehicleId
    plate: Plate = None
    vin: str | None = Field(default=None, description="vehicle identification number, 17 characters")
    make: str | None = Field(default=None, description="manufacturer")
    model: str | None = Field(default=None, description="model name")
    model_year: int | None = Field(default=None, description="model year, e.g. 2021")


class DirectoryEntry(View):
    """A vehicle found by name, plate or VIN, with whose it is."""

    vehicle: VehicleShown = Field(description="the vehicle")
    customer: CustomerShown = Field(description="whose it is")


class CallView(View):
    """A call that the desk owes a customer, or has made."""

    id: UUID = Field(description="the call")
    kind: CallKind = Field(description="why the desk calls")
    script: CallType = Field(description="which script is read (BOOK-35)")
    due_at: datetime = Field(description="when to call, UTC")
    attempts: int = Field(description="calls made so far")
    outcome: CallResult | None = Field(description="result of the last attempt; overtaken: not needed now")
    note: str = Field(description="remark of the last attempt, masked")
    done_at: datetime | None = Field(description="when it was completed or overtaken, UTC")
    done_by: str | None = Field(description="employee id, or system")


class ChangeView(View):
    """One entry of the history."""

    change: ChangeKind = Field(description="what was done")
    by: str = Field(description="employee id, customer, or system")
    at: datetime = Field(description="when, UTC")
    reason: str = Field(description="why, masked")


class AppointmentRow(View):
    """An appointment in a list."""

    id: AppointmentId
    version: Version
    request_id: UUID = Field(description="the request; uuid5 of shop and request_no")
    request_no: RequestNo
    state: State
    owner: str = Field(description="employee id of whoever looks after it, customer, or system (BOOK-06)")
    customer_id: CustomerId
    customer_name: CustomerName = None
    vehicle_id: VehicleId
    plate: Plate = None
    urgency: Urgency = Field(description="triage (BOOK-12)")
    channel: Channel = Field(description="how the request came; parts and reception: for a car that returns")
    source: str = Field(description="what led to it: customer, reminder, rework, return, ... (BOOK-27)")
    wanted_from: datetime | None = Field(description="earliest time that the customer wants, UTC")
    labour_minutes: int = Field(description="labour that a slot must hold, whole minutes")
    requested_at: datetime = Field(description="when it was requested, UTC")
    respond_by: datetime = Field(description="when the customer must have an answer, UTC (F-11)")
    responded_at: datetime | None = Field(description="when the customer had an answer, UTC")
    response_overdue: bool = Field(default=False, description="whether the answer is too late (BOOK-08)")
    slot_start: SlotStart
    slot_end: datetime | None = Field(description="end of the slot promised last, UTC")
    bay: Readiness = Field(description="whether a bay is kept free")
    parts: Readiness = Field(description="whether its parts are reserved")
    crew: Readiness = Field(description="whether a technician is planned")
    reception: Readiness = Field(description="whether papers and advisor are prepared")
    parts_short: bool = Field(description="whether parts for it are missing in stock")
    prepared_at: datetime | None = Field(description="when the fourth check was ticked, UTC")
    visit_id: UUID | None = Field(description="the visit that it continues, for a car that comes back")


class AppointmentView(AppointmentRow):
    """An appointment with everything that its screen shows."""

    allowed: Allowed
    script: Script
    customer: CustomerShown | None = Field(default=None, description="the customer")
    vehicle: VehicleShown | None = Field(default=None, description="the vehicle")
    fault_text: str = Field(description="fault in the customer's words, masked")
    fault_occurred: str = Field(description="when or where the fault occurred, masked")
    diagnosis: bool = Field(description="whether a fault must be looked at as well (BOOK-13)")
    lines: list[Line] = Field(description="work that is booked")
    maintenance_minutes: int = Field(description="how much of the labour is maintenance, whole minutes")
    revision: int = Field(description="0 until confirmed, then 1, raised by each rescheduling")
    overbooked_by: str | None = Field(description="employee id of who went beyond the capacity")
    confirmed_at: datetime | None = Field(description="when a slot was promised first, UTC")
    attendance_confirmed_at: datetime | None = Field(description="when the customer assured to come, UTC")
    reservation: list[ReservationLine] = Field(default=[], description="its part lines, from parts")
    parts_on_order: bool = Field(default=False, description="whether missing parts are on order")
    rework_of_visit_id: UUID | None = Field(description="the visit whose work is redone")
    measure_id: UUID | None = Field(description="the complaint's measure that ordered it")
    kept_visit_id: UUID | None = Field(description="the visit for which the car came")
    after_missed: bool = Field(description="whether the car came after it counted as missed")
    cancelled_in_time: bool | None = Field(description="whether it was cancelled with enough notice (F-15)")
    ended_at: datetime | None = Field(description="when it was kept, missed or cancelled, UTC")
    calls: list[CallView] = Field(description="calls owed and made")
    changes: list[ChangeView] = Field(description="history, the oldest first (BOOK-07)")
    warnings: list[SlotWarning] = Field(
        default=[], description="what the desk should know about the slot it has just promised (BOOK-19)"
    )


class DueCallView(View):
    """A call on the desk's list, with whom it concerns."""

    call: CallView = Field(description="the call")
    appointment_id: AppointmentId
    request_no: RequestNo
    state: State
    customer_id: CustomerId
    customer_name: CustomerName
    plate: Plate
    slot_start: SlotStart


class LinkView(View):
    """A customer's link; it is shown this once."""

    url: str = Field(description="address to give to the customer")
    expires_at: datetime = Field(description="until when it is valid, UTC")


class ScriptView(View):
    """The text of a type of call."""

    call_type: CallType = Field(description="what the script is for")
    version: Version
    text: Title = Field(description="text in both languages; `{slot}` stands for the slot")
    changed_by: str = Field(description="employee id, or system")
    changed_at: datetime = Field(description="last change, UTC")


class KeyFiguresView(View):
    """Booking's key figures of a period (F-15)."""

    from_on: date = Field(description="first day, shop-local")
    to_on: date = Field(description="last day, shop-local")
    arrivals: int = Field(description="cars that arrived")
    booked_arrivals: int = Field(description="of those, cars with an appointment")
    booking_share: Decimal | None = Field(description="booked arrivals / arrivals; null without arrivals")
    contacts: int = Field(description="requests that the desk took")
    bookings: int = Field(description="of those, requests that were confirmed")
    contact_success: Decimal | None = Field(description="bookings / contacts; null without contacts")
    due: int = Field(description="appointments whose slot was in the period")
    kept: int = Field(description="of those, kept")
    cancelled_in_time: int = Field(description="of those, cancelled with enough notice")
    missed: int = Field(description="of those, missed")
    show_rate: Decimal | None = Field(description="kept / due without those cancelled in time; null if none")
    no_show_rate: Decimal | None = Field(
        description="missed / due without those cancelled in time; null if none"
    )
    requests: int = Field(description="requests of the period")
    complete_requests: int = Field(description="of those, with fault, its circumstances and a wanted time")
    record_completeness: Decimal | None = Field(description="complete requests / requests; null without any")
