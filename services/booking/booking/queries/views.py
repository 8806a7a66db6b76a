"""What booking's front ends see."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from booking.domain.menu import ServiceTerms
from contracts.values import Line, Readiness, ReservationLine, Title
from servicekit.http import View
from shopkit.calendar import WorkingCalendar


class SlotView(View):
    """A slot that can be offered."""

    slot_start: datetime
    slot_end: datetime
    peak_hour: bool


class HourView(View):
    """How busy one hour is, as a fraction of the technicians' time."""

    start: datetime
    end: datetime
    load: Decimal
    peak: bool


class CapacityDayView(View):
    """One day's capacity in labour minutes (F-16)."""

    day: date
    technicians: int
    open_minutes: int
    available_minutes: int
    bookable_maintenance_minutes: int
    booked_minutes: int
    maintenance_minutes: int
    walk_in_minutes: int
    left_minutes: int
    left_maintenance_minutes: int
    load: Decimal
    levelling_index: Decimal
    hours: list[HourView]


class ServiceView(View):
    """A menu item; ``unavailable_parts`` are those that the catalogue no longer sells."""

    service_code: str
    version: int
    state: str
    allowed: list[str]
    terms: ServiceTerms
    changed_at: datetime
    unavailable_parts: list[str] = []


class CalendarView(View):
    """The shop's calendar, and how many confirmed appointments lie outside its hours."""

    calendar: str
    version: int
    hours: WorkingCalendar
    changed_at: datetime
    appointments_outside: list[UUID] = []


class CustomerShown(View):
    """A customer as far as crm has told of them."""

    customer_id: UUID
    customer_no: str | None = None
    display_name: str | None = None
    customer_class: str | None = None


class VehicleShown(View):
    """A vehicle as far as crm has told of it."""

    vehicle_id: UUID
    plate: str | None = None
    vin: str | None = None
    make: str | None = None
    model: str | None = None
    model_year: int | None = None


class DirectoryEntry(View):
    """A vehicle found by name, plate or VIN, with whose it is."""

    vehicle: VehicleShown
    customer: CustomerShown


class CallView(View):
    """A call that the desk owes a customer, or has made."""

    id: UUID
    kind: str
    script: str
    due_at: datetime
    attempts: int
    outcome: str | None
    note: str
    done_at: datetime | None
    done_by: str | None


class ChangeView(View):
    """One entry of the history."""

    change: str
    by: str
    at: datetime
    reason: str


class AppointmentRow(View):
    """An appointment in a list."""

    id: UUID
    version: int
    request_id: UUID
    request_no: str
    state: str
    owner: str
    customer_id: UUID
    customer_name: str | None = None
    vehicle_id: UUID
    plate: str | None = None
    urgency: str
    channel: str
    source: str
    wanted_from: datetime | None
    labour_minutes: int
    requested_at: datetime
    respond_by: datetime
    responded_at: datetime | None
    response_overdue: bool = False
    slot_start: datetime | None
    slot_end: datetime | None
    bay: Readiness
    parts: Readiness
    crew: Readiness
    reception: Readiness
    parts_short: bool
    prepared_at: datetime | None
    visit_id: UUID | None


class AppointmentView(AppointmentRow):
    """An appointment with everything that its screen shows."""

    allowed: list[str]
    script: str | None
    customer: CustomerShown | None = None
    vehicle: VehicleShown | None = None
    fault_text: str
    fault_occurred: str
    diagnosis: bool
    lines: list[Line]
    maintenance_minutes: int
    revision: int
    overbooked_by: str | None
    confirmed_at: datetime | None
    attendance_confirmed_at: datetime | None
    reservation: list[ReservationLine] = []
    parts_on_order: bool = False
    rework_of_visit_id: UUID | None
    measure_id: UUID | None
    kept_visit_id: UUID | None
    after_missed: bool
    cancelled_in_time: bool | None
    ended_at: datetime | None
    calls: list[CallView]
    changes: list[ChangeView]
    warnings: list[str] = []


class DueCallView(View):
    """A call on the desk's list, with whom it concerns."""

    call: CallView
    appointment_id: UUID
    request_no: str
    state: str
    customer_id: UUID
    customer_name: str | None
    plate: str | None
    slot_start: datetime | None


class ScriptView(View):
    """What is said on a type of call; ``{slot}`` stands for the slot."""

    call_type: str
    version: int
    text: Title
    changed_by: str
    changed_at: datetime


class KeyFiguresView(View):
    """Booking's key figures of a period (F-15); a share without anything to share is null."""

    from_on: date
    to_on: date
    arrivals: int
    booked_arrivals: int
    booking_share: Decimal | None
    contacts: int
    bookings: int
    contact_success: Decimal | None
    due: int
    kept: int
    cancelled_in_time: int
    missed: int
    show_rate: Decimal | None
    no_show_rate: Decimal | None
    requests: int
    complete_requests: int
    record_completeness: Decimal | None
