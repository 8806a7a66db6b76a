"""What the front end sends."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.values import Check, FaultFacts
from reception.commands.work import NewWork, Told, Word
from reception.domain.arrival import Belonging, Condition, Expectation
from reception.domain.estimate import LineAnswer
from reception.domain.handover import BelongingCheck
from reception.domain.pricing import HandPrice
from servicekit.http import Body

Said = Annotated[str, Field(min_length=1, max_length=2000)]
Kilometres = Annotated[int, Field(ge=0, le=9_999_999)]


class OpenVisit(Body):
    """A car is here: with the number the customer was told, or as a walk-in with customer and vehicle."""

    request_no: Word | None = None
    customer_id: UUID | None = None
    vehicle_id: UUID | None = None
    plate: Word | None = None
    vin: Annotated[str, Field(min_length=17, max_length=17)] | None = None
    make: Annotated[str, Field(max_length=100)] = ""
    model: Annotated[str, Field(max_length=100)] = ""
    model_year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    arrived_at: datetime | None = None
    urgent: bool = False


class ReceiveVehicle(Body):
    """An advisor takes the car; a late one needs both texts (RECP-01)."""

    reason: Told | None = None
    alternative: Told | None = None


class CompleteIntake(Body):
    """The registration form (RECP-03 to RECP-11), signed by the customer."""

    signed: bool
    fault: FaultFacts = FaultFacts()
    mileage_km: Kilometres | None = None
    waiting_on_site: bool = False
    special_requirements: Annotated[tuple[Told, ...], Field(max_length=50)] = ()
    belongings: Annotated[tuple[Belonging, ...], Field(max_length=100)] = ()
    condition: Condition = Condition()
    expectation: Expectation = Expectation()
    intended_outcome: Literal["repair", "later_repair", "diagnosis_only"] = "repair"
    lines: Annotated[tuple[NewWork, ...], Field(max_length=100)] = ()
    drop_line_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    diagnosis_minutes: Annotated[int, Field(ge=0, le=6000)] | None = None
    diagnosis_price: HandPrice = HandPrice()


class DraftEstimate(Body):
    """The next revision: work added, prices by hand (by line id), lines no longer offered."""

    add: Annotated[tuple[NewWork, ...], Field(max_length=100)] = ()
    by_hand: Annotated[dict[UUID, HandPrice], Field(max_length=100)] = Field(default_factory=dict)
    drop_line_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()


class PresentEstimate(Body):
    """How the customer gets it, and until when it is open."""

    via: Literal["desk", "link"] = "desk"
    answer_by: datetime | None = None


class AnswerEstimate(Body):
    """The customer's word on every open line; a time may be promised in the same breath."""

    answers: Annotated[tuple[LineAnswer, ...], Field(min_length=1, max_length=200)]
    channel: Literal["desk", "phone"] = "desk"
    promised_at: datetime | None = None
    waiting_on_site: bool = False


class AnswerByLink(Body):
    """The customer's word on every open line, by the customer's own hand."""

    answers: Annotated[tuple[LineAnswer, ...], Field(min_length=1, max_length=200)]


class PromiseHandover(Body):
    """The time that the customer is given."""

    promised_at: datetime
    waiting_on_site: bool = False


class RevisePromise(Body):
    """Another time, why, and what is offered for it (RECP-48); the customer has agreed."""

    promised_at: datetime
    reason: Said
    solution: Said
    agreed_by: Word = "customer"
    notified_at: datetime | None = None


class RefusePromise(Body):
    """What the customer said to a later time."""

    reason: Said


class NotifyCustomer(Body):
    """What the customer was told (RECP-27)."""

    topic: Literal["ready", "progress", "delay", "parts", "other"]
    channel: Literal["phone", "message", "desk", "email"] = "phone"
    note: Told = ""
    notified_at: datetime | None = None


class AcceptWork(Body):
    """What was looked at together, and the signature under the invoice that was shown (RECP-30, RECP-34)."""

    invoice_revision: Annotated[int, Field(ge=1)]
    checks: Annotated[tuple[Check, ...], Field(max_length=50)]
    belongings: Annotated[tuple[BelongingCheck, ...], Field(max_length=100)] = ()


class HandOver(Body):
    """The keys go out (RECP-33)."""

    mode: Literal["desk", "delivery", "post", "key_box"] = "desk"
    handed_over_at: datetime | None = None


class CloseVisit(Body):
    """The papers are complete; what to offer next time (RECP-45)."""

    mileage_out_km: Kilometres | None = None
    recommended_work: Annotated[tuple[Told, ...], Field(max_length=50)] = ()
    remind_on: date | None = None


class LeaveWithVehicle(Body):
    """The car drives on until it comes back (E2)."""

    reason: Said = "awaiting_parts"
    return_expected_at: datetime | None = None


class TakeOver(Body):
    """Who looks after the visit from now on."""

    advisor_id: UUID
