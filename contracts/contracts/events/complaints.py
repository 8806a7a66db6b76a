"""What complaints publishes: the life of a case, and the measures that others carry out."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Event, Instant, Money
from contracts.fields import ComplaintId, ComplaintNo


class _ComplaintEvent(Event):
    KEY: ClassVar[str] = "complaint_id"

    complaint_id: ComplaintId
    customer_id: UUID = Field(description="who complains")
    visit_id: UUID | None = Field(default=None, description="the visit it is about, if any")
    request_id: UUID | None = Field(default=None, description="the request it belongs to, if any")


class ComplaintReceived(_ComplaintEvent):
    """A case is open: reception and crm mark the customer, billing marks the dispute."""

    TYPE: ClassVar[str] = "complaints.complaint.received"

    complaint_no: ComplaintNo
    source: str = Field(description="person, survey, follow_up or promise")
    source_id: UUID | None = Field(default=None, description="the survey or follow-up that it comes from")
    category: str = Field(description="what it is about, from the shop's list")
    level: str = Field(description="how grave it is, from the shop's list")
    during_visit: bool = Field(default=False, description="the car is still here")
    received_at: Instant = Field(description="when, UTC")
    respond_by: Instant = Field(description="when the customer must have an answer, UTC")
    resolve_by: Instant = Field(description="when it must be resolved, UTC")
    earlier_case_id: UUID | None = Field(default=None, description="an earlier case of the same matter")


class ComplaintAnswered(_ComplaintEvent):
    """The owner gave the first answer; crm and reception show it."""

    TYPE: ClassVar[str] = "complaints.complaint.answered"

    answered_at: Instant = Field(description="when, UTC")
    channel: str = Field(description="phone, message, desk, ...")


class ComplaintOverdue(_ComplaintEvent):
    """A clock of the case ran out; crm and reception show it."""

    TYPE: ClassVar[str] = "complaints.complaint.overdue"

    clock: str = Field(description="respond, resolve or measure")
    due_at: Instant = Field(description="when it ran out, UTC")


class MeasureDecided(_ComplaintEvent):
    """What is done for the customer: refund and discount go to billing, rework to reception."""

    TYPE: ClassVar[str] = "complaints.complaint.measure-decided"

    measure_id: UUID = Field(description="the measure; carried out at most once")
    kind: Literal["refund", "discount", "rework"] = Field(description="refund, discount or rework")
    invoice_id: UUID | None = Field(default=None, description="invoice to refund or discount, if one exists")
    amount: Money | None = Field(default=None, description="amount with tax; refund and discount only")
    currency: str | None = Field(default=None, description="ISO 4217 code of amount")
    line_ids: tuple[UUID, ...] = Field(default=(), description="lines it is about; for rework those redone")
    reason: str = Field(description="why, masked")
    approved_by: str = Field(description="employee id who approved it")


class MeasureCompleted(_ComplaintEvent):
    """A measure was carried out; crm notifies the customer, reception shows it."""

    TYPE: ClassVar[str] = "complaints.complaint.measure-completed"

    measure_id: UUID = Field(description="the measure")
    kind: Literal["refund", "discount", "rework"] = Field(description="refund, discount or rework")


class ComplaintResolved(_ComplaintEvent):
    """All measures are done and the customer was notified; marks end, crm asks how it was handled."""

    TYPE: ClassVar[str] = "complaints.complaint.resolved"

    resolution: str = Field(description="how it ended, masked")
    confirmed_by_customer: bool = Field(description="whether the customer agreed")
    resolved_at: Instant = Field(description="when, UTC")


class ComplaintReopened(_ComplaintEvent):
    """The customer is still not content; the marks are set again."""

    TYPE: ClassVar[str] = "complaints.complaint.reopened"

    reason: str = Field(description="why, masked")
    respond_by: Instant = Field(description="when the customer must have an answer, UTC")
    resolve_by: Instant = Field(description="when it must be resolved, UTC")
