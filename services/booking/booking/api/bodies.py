"""What people send to booking."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from booking.domain.calls import CallOutcome
from booking.domain.menu import ServiceTerms, ServiceType
from contracts.values import ServicePart, Title
from servicekit.http import Body

Text = Annotated[str, Field(max_length=2000)]
Code = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Z0-9][A-Z0-9.\-]*$")]
Codes = Annotated[tuple[Code, ...], Field(max_length=20)]
Word = Annotated[str, Field(min_length=1, max_length=60)]


class RequestAppointment(Body):
    """A customer asks for a slot (BOOK-01, BOOK-02)."""

    customer_id: UUID
    vehicle_id: UUID
    channel: Literal["phone", "web", "app", "wechat", "counter"] = "phone"
    source: Word = Field(default="customer", description="what led to it (BOOK-27)")
    fault_text: Text = ""
    fault_occurred: Text = Field(default="", description="when or where the fault occurred")
    urgency: Literal["normal", "urgent"] = Field(default="normal", description="triage (BOOK-12)")
    wanted_from: datetime | None = None
    service_codes: Codes = ()
    diagnosis: bool = Field(default=False, description="the fault must be looked at besides")


class RequestReturn(Body):
    """Another appointment for a car that is expected back."""

    channel: Literal["phone", "web", "app", "wechat", "counter"] = "phone"
    wanted_from: datetime | None = None


class Confirm(Body):
    """A slot to promise."""

    slot_start: datetime
    slot_end: datetime | None = Field(default=None, description="absent: as the work needs")
    service_codes: Codes | None = Field(default=None, description="other work than requested")
    overbook: bool = Field(default=False, description="go beyond the capacity; needs booking.overbook")


class Reschedule(Confirm):
    """Another slot."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    asked_by: Literal["customer", "shop"] = "customer"


class Cancel(Body):
    """Why it will not take place."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    cancelled_by: Literal["customer", "shop"] = "customer"


class Respond(Body):
    """What the customer was told."""

    note: Text = ""


class HandOver(Body):
    """Who looks after the request from now on."""

    employee_id: UUID


class Prepare(Body):
    """Whether it is prepared."""

    ready: bool = True


class LogCall(Body):
    """What came of a call."""

    outcome: CallOutcome
    note: Text = ""
    again_at: datetime | None = Field(default=None, description="when to call an undecided customer again")


class Named(Body):
    """A text in both languages."""

    zh: Annotated[str, Field(min_length=1, max_length=500)]
    en: Annotated[str, Field(min_length=1, max_length=500)]

    def title(self) -> Title:
        """The same as a value of the contracts."""
        return Title(zh=self.zh, en=self.en)


class NeededPart(Body):
    """A part that a service usually takes."""

    part_no: Annotated[str, Field(min_length=1, max_length=60)]
    quantity: Annotated[Decimal, Field(gt=0, max_digits=10, decimal_places=3)]


class OfferService(Body):
    """What a menu item is and takes (BOOK-30)."""

    title: Named
    service_type: ServiceType
    work_type: Word
    skill: Word
    labour_minutes: Annotated[int, Field(ge=1, le=6000)]
    parts: Annotated[tuple[NeededPart, ...], Field(max_length=50)] = ()

    def terms(self) -> ServiceTerms:
        """The same as the menu keeps it."""
        return ServiceTerms(
            title=self.title.title(),
            service_type=self.service_type,
            work_type=self.work_type,
            skill=self.skill,
            labour_minutes=self.labour_minutes,
            parts=tuple(ServicePart(part_no=p.part_no, quantity=p.quantity) for p in self.parts),
        )


class Hours(Body):
    """Opening hours of a weekday, shop-local."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    opens: time
    closes: time


class Pause(Body):
    """A break of every day, shop-local."""

    starts: time
    ends: time


class Closed(Body):
    """A day without work."""

    on: date
    reason: Annotated[str, Field(max_length=200)] = ""


class Opened(Body):
    """A day with hours of its own."""

    on: date
    opens: time
    closes: time


class ChangeCalendar(Body):
    """The whole calendar (BOOK-34)."""

    weekly_hours: Annotated[tuple[Hours, ...], Field(min_length=1, max_length=28)]
    breaks: Annotated[tuple[Pause, ...], Field(max_length=10)] = ()
    closed_days: Annotated[tuple[Closed, ...], Field(max_length=400)] = ()
    open_days: Annotated[tuple[Opened, ...], Field(max_length=400)] = ()
    working_weekdays: Annotated[tuple[int, ...], Field(max_length=7)] = (0, 1, 2, 3, 4)
    holidays_of: Annotated[str | None, Field(max_length=2)] = "CN"


class SetCrew(Body):
    """How many technicians work on a day; null: as many as usual."""

    technicians: Annotated[int | None, Field(ge=0, le=500)]


class WriteScript(Body):
    """What is said on a type of call."""

    text: Named
