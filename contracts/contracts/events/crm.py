"""What customer relations publishes: customers, vehicles, follow-ups and surveys."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.base import Event, Instant, Money, Score
from contracts.fields import CustomerId, CustomerNo, Plate, RequestId, VehicleId
from contracts.values import SurveyPoint


class _CustomerEvent(Event):
    KEY: ClassVar[str] = "customer_id"

    customer_id: CustomerId


class _CustomerState(_CustomerEvent):
    customer_no: CustomerNo
    display_name: str = Field(description="name as desks and papers show it")
    customer_class: str = Field(default="normal", description="for rates and priority: normal, vip, ...")
    credit_limit: Money | None = Field(default=None, description="approved credit; absent: pays at once")
    currency: str | None = Field(default=None, description="ISO 4217 code of credit_limit")


class CustomerRegistered(_CustomerState):
    """A customer is on file; directories copy the name, billing the credit terms.

    Only this stream carries a customer's name; phone and address travel on none (DATA-01).
    """

    TYPE: ClassVar[str] = "crm.customer.registered"


class CustomerChanged(_CustomerState):
    """Name, class or credit changed; whole state, listeners overwrite their copy."""

    TYPE: ClassVar[str] = "crm.customer.changed"


class _VehicleEvent(Event):
    KEY: ClassVar[str] = "vehicle_id"

    vehicle_id: VehicleId


class _VehicleState(_VehicleEvent):
    customer_id: UUID = Field(description="who brings the vehicle")
    plate: Plate
    vin: str | None = Field(default=None, description="vehicle identification number, 17 characters")
    make: str = Field(description="maker")
    model: str = Field(description="model")
    model_year: int | None = Field(default=None, description="year of the model")


class VehicleRegistered(_VehicleState):
    """A vehicle is on file; booking and reception copy it into their directory."""

    TYPE: ClassVar[str] = "crm.vehicle.registered"


class VehicleChanged(_VehicleState):
    """Plate, customer or another fact changed; whole state, listeners overwrite their copy."""

    TYPE: ClassVar[str] = "crm.vehicle.changed"


class _FollowUpEvent(Event):
    KEY: ClassVar[str] = "follow_up_id"

    follow_up_id: UUID = Field(description="the follow-up")
    customer_id: UUID = Field(description="whom to call")
    visit_id: UUID | None = Field(default=None, description="the visit it is about, if any")
    request_id: UUID | None = Field(default=None, description="the request it belongs to, if any")
    kind: str = Field(description="after_service (CRM-10), recovery, retention or complaint_handling")


class FollowUpPlanned(_FollowUpEvent):
    """A call is due: after a visit closed, or after a booking was missed; complaints knows of it."""

    TYPE: ClassVar[str] = "crm.follow-up.planned"

    due_on: date = Field(description="shop-local date by which to call")
    careful: bool = Field(default=False, description="an open complaint or a late handover asks for care")


class FollowUpCompleted(_FollowUpEvent):
    """An agent made the call; complaints opens a case when a problem was found."""

    TYPE: ClassVar[str] = "crm.follow-up.completed"

    outcome: str = Field(description="reached, unreachable, refused, ...")
    problem_found: bool = Field(description="whether the customer reported a problem")
    text: str = Field(default="", description="the customer's own words, masked")


class FollowUpCancelled(_FollowUpEvent):
    """The call is no longer wanted, e.g. the customer who missed the slot came after all."""

    TYPE: ClassVar[str] = "crm.follow-up.cancelled"

    reason: str = Field(default="", description="why it is no longer wanted")


class _SurveyEvent(Event):
    KEY: ClassVar[str] = "survey_id"

    survey_id: UUID = Field(description="the survey form")
    visit_id: UUID = Field(description="the visit it asks about")
    request_id: RequestId
    customer_id: UUID = Field(description="who is asked")


class SurveySent(_SurveyEvent):
    """The questionnaire went out (CRM-12); staff and complaints expect an answer."""

    TYPE: ClassVar[str] = "crm.survey.sent"

    template_version: str = Field(description="which questions are asked, e.g. ten-item-1")
    sent_at: Instant = Field(description="when it went out, UTC")


class SurveyAnswered(_SurveyEvent):
    """The customer answered by link, or an agent noted it; staff appraises by it (CRM-16)."""

    TYPE: ClassVar[str] = "crm.survey.answered"

    template_version: str = Field(description="which questions were asked")
    points: tuple[SurveyPoint, ...] = Field(description="grade per item (F-01)")
    total: Score = Field(description="total of the form, 0 to 100; mean x 10 when items are missing (F-01)")
    comment: str | None = Field(default=None, description="the customer's own words, masked")
    answered_at: Instant = Field(description="when it was answered, UTC")


class DissatisfactionDetected(_SurveyEvent):
    """An answered survey crossed a line of F-09; complaints opens a case linked to the form."""

    TYPE: ClassVar[str] = "crm.survey.dissatisfaction-detected"

    triggers: tuple[str, ...] = Field(description="which lines were crossed: item, total, comment, ...")
    total: Score = Field(description="total of the form, 0 to 100 (F-01)")
    lowest_item: str | None = Field(default=None, description="the item with the fewest points")
    lowest_points: int | None = Field(default=None, description="points of that item")
    comment: str | None = Field(default=None, description="the customer's own words, masked")
