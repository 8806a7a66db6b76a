"""What booking publishes: the service menu, the shop's calendar, and appointments."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.base import Event, Instant, Minutes, Revision
from contracts.fields import AppointmentId, RequestId, RequestNo
from contracts.values import Break, ClosedDay, Line, OpenDay, Readiness, ServicePart, Slot, Title, WeeklyHours


class _ServiceEvent(Event):
    KEY: ClassVar[str] = "service_code"

    service_code: str = Field(description="code of the menu item, e.g. OIL-CHANGE")


class ServiceOffered(_ServiceEvent):
    """A menu item is offered or offered anew (whole state); reception makes lines from it."""

    TYPE: ClassVar[str] = "booking.service.offered"

    title: Title = Field(description="name on the menu")
    work_type: str = Field(description="kind of work that the labour rate is looked up by")
    skill: str = Field(description="skill that the technician needs")
    labour_minutes: Minutes = Field(description="usual labour, whole minutes")
    parts: tuple[ServicePart, ...] = Field(default=(), description="parts usually needed")


class ServiceWithdrawn(_ServiceEvent):
    """A menu item is no longer offered; reception stops making lines from it."""

    TYPE: ClassVar[str] = "booking.service.withdrawn"


class CalendarChanged(Event):
    """The shop's working time changed (whole state); everyone who computes working time copies it."""

    TYPE: ClassVar[str] = "booking.calendar.changed"
    KEY: ClassVar[str] = "calendar"

    calendar: str = Field(default="shop", description="always `shop`: there is one calendar")
    timezone: str = Field(description="IANA name, e.g. Asia/Shanghai")
    weekly_hours: tuple[WeeklyHours, ...] = Field(description="opening hours; other weekdays are closed")
    breaks: tuple[Break, ...] = Field(default=(), description="pauses of every working day")
    closed_days: tuple[ClosedDay, ...] = Field(default=(), description="single days without work")
    open_days: tuple[OpenDay, ...] = Field(default=(), description="single days with hours of their own")
    working_weekdays: tuple[int, ...] = Field(
        default=(0, 1, 2, 3, 4), description="weekdays that count as working days, 0 Monday (F-13)"
    )
    holidays_of: str | None = Field(
        default="CN", description="country whose public holidays are no working days (F-13)"
    )


class _AppointmentEvent(Event):
    KEY: ClassVar[str] = "appointment_id"

    appointment_id: AppointmentId
    request_id: RequestId
    request_no: RequestNo
    customer_id: UUID = Field(description="who comes")
    vehicle_id: UUID = Field(description="which vehicle comes")


class AppointmentRequested(_AppointmentEvent):
    """A customer asked for a slot; crm closes its reminder, reception lists the request."""

    TYPE: ClassVar[str] = "booking.appointment.requested"

    channel: str = Field(description="how it came: phone, desk, link, ...")
    source: str = Field(default="customer", description="what led to it: customer, reminder, rework, ...")
    fault_text: str = Field(default="", description="the customer's own words, masked")
    urgency: str = Field(default="normal", description="normal, urgent, ...")
    wanted_from: Instant | None = Field(default=None, description="earliest time the customer wants, UTC")
    lines: tuple[Line, ...] = Field(default=(), description="work asked for, ids minted here")
    respond_by: Instant = Field(description="when the customer must have an answer, UTC")
    rework_of_visit_id: UUID | None = Field(default=None, description="the visit whose work is redone")
    measure_id: UUID | None = Field(default=None, description="the complaint's measure that ordered it")
    visit_id: UUID | None = Field(default=None, description="the visit it continues (rework, car left)")


class AppointmentConfirmed(_AppointmentEvent):
    """A slot is promised; parts reserves, workshop plans, reception expects the car."""

    TYPE: ClassVar[str] = "booking.appointment.confirmed"

    revision: Revision = Field(description="1, raised by each rescheduling")
    slot_start: Instant = Field(description="begin of the slot, UTC")
    slot_end: Instant = Field(description="end of the slot, UTC")
    labour_minutes: Minutes = Field(description="labour that the slot holds, whole minutes")
    lines: tuple[Line, ...] = Field(default=(), description="work booked (whole set)")
    visit_id: UUID | None = Field(default=None, description="the visit it continues (rework, car left)")


class AppointmentPrepared(_AppointmentEvent):
    """The four checks are ticked: reception lists the arrival, workshop holds the bay."""

    TYPE: ClassVar[str] = "booking.appointment.prepared"

    slot_start: Instant = Field(description="begin of the slot, UTC")
    bay: Readiness = Field(description="a bay is kept free")
    parts: Readiness = Field(description="parts are set aside")
    crew: Readiness = Field(description="a technician is planned")
    reception: Readiness = Field(description="papers and advisor are prepared")


class AppointmentRescheduled(_AppointmentEvent):
    """The slot or the work moved; parts adapts the reservation, the others their plan."""

    TYPE: ClassVar[str] = "booking.appointment.rescheduled"

    revision: Revision = Field(description="one more than before")
    old_slot: Slot = Field(description="slot that is given up")
    new_slot: Slot = Field(description="slot that is promised now")
    labour_minutes: Minutes = Field(description="labour that the new slot holds, whole minutes")
    lines: tuple[Line, ...] = Field(default=(), description="work booked (whole set)")
    reason: str = Field(default="", description="why it moved, masked")
    asked_by: str = Field(description="customer or shop")


class AppointmentCancelled(_AppointmentEvent):
    """The appointment will not take place; parts releases unless attached to a visit."""

    TYPE: ClassVar[str] = "booking.appointment.cancelled"

    slot: Slot | None = Field(default=None, description="slot that is given up; absent if none was confirmed")
    reason: str = Field(default="", description="why, masked")
    cancelled_by: str = Field(description="customer or shop")
    in_time: bool = Field(description="whether it came early enough to fill the slot")


class AppointmentMissed(_AppointmentEvent):
    """Slot and grace went by without a car; parts releases, crm plans one recovery call."""

    TYPE: ClassVar[str] = "booking.appointment.missed"

    slot_start: Instant = Field(description="begin of the slot, UTC")
    slot_end: Instant = Field(description="end of the slot, UTC")
    grace_minutes: Minutes = Field(description="waited after the slot began, whole minutes (house rule)")


class AppointmentKept(_AppointmentEvent):
    """The car came, whatever was concluded before; crm cancels a recovery call."""

    TYPE: ClassVar[str] = "booking.appointment.kept"

    visit_id: UUID = Field(description="the visit that it became")
    slot: Slot | None = Field(default=None, description="slot that was promised, if any")
    labour_minutes: Minutes = Field(default=0, description="labour that the slot held, whole minutes")
    after_missed: bool = Field(default=False, description="the car came after the slot was given up")
