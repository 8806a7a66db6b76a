"""Routes of the handling of a case, from the first answer to the resolution and beyond."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from complaints.api.cases import Reason, Text
from complaints.commands import complaints as commands
from complaints.domain import Cause, Contact, MeasureOpen, NotTheOwner, Person
from complaints.queries.cases import show_case
from complaints.queries.views import CaseView
from contracts.permissions import complaints as may_complaints
from servicekit import IllegalTransition, Invalid, NotFound, Stale
from servicekit.http import Body, TxDep, Who, may, problems, router

routes = router(tags=["handling"])


class ContactCustomer(Body):
    """What the customer was informed of, and how."""

    text: Text = Field(description="what the customer was informed of; numbers are masked")
    channel: Contact = Field(description="how the customer was reached (COMP-13)")


class HandOver(Body):
    """Whose case it is from now on; without an employee it is taken by whoever asks."""

    employee_id: UUID | None = Field(default=None, description="left out: the caller takes the case")
    employee_name: str = Field(default="", max_length=100, description="name of that employee")
    reason: Reason = Field(description="why, kept in the history")


class Assess(Body):
    """What it is about, how grave, and where it went wrong."""

    category: str = Field(max_length=40, description="from the house rule `categories`")
    level: str = Field(max_length=40, description="from the house rule `levels`")
    cause: Cause | None = Field(default=None, description="where it went wrong (COMP-11)")
    text: str = Field(default="", max_length=4000, description="what was found")


class Resolve(Body):
    """How it ended: cause, measures and improvement summed up (COMP-21)."""

    resolution: Text = Field(description="how it ended; numbers are masked")
    confirmed_by_customer: bool = Field(description="the customer was asked and is content")


class Reopen(Body):
    """Why the customer is not content."""

    reason: Reason = Field(description="in the customer's words; numbers are masked")


def _person(who: Who) -> Person:
    return Person(who.employee_id, who.name)


@routes.post(
    "/complaints/{complaint_id}/answer", responses=problems(NotFound, IllegalTransition, NotTheOwner, Stale)
)
async def answer_complaint(
    complaint_id: UUID,
    body: ContactCustomer,
    tx: TxDep,
    who: Annotated[Who, may(may_complaints.HANDLE, may_complaints.RECORD)],
) -> CaseView:
    """The first answer within the respond clock (COMP-04); the owner's, or the team's."""
    await commands.answer_complaint(
        tx,
        complaint_id=complaint_id,
        text=body.text,
        channel=body.channel,
        by=_person(who),
        in_team=who.may(may_complaints.HANDLE),
    )
    return await show_case(tx, complaint_id)


@routes.post(
    "/complaints/{complaint_id}/feedback", responses=problems(NotFound, IllegalTransition, NotTheOwner, Stale)
)
async def feed_back(
    complaint_id: UUID,
    body: ContactCustomer,
    tx: TxDep,
    who: Annotated[Who, may(may_complaints.HANDLE, may_complaints.RECORD)],
) -> CaseView:
    """The customer was informed how far it is (COMP-13)."""
    await commands.feed_back(
        tx,
        complaint_id=complaint_id,
        text=body.text,
        channel=body.channel,
        by=_person(who),
        in_team=who.may(may_complaints.HANDLE),
    )
    return await show_case(tx, complaint_id)


@routes.post(
    "/complaints/{complaint_id}/handover", responses=problems(NotFound, IllegalTransition, NotTheOwner, Stale)
)
async def hand_over(
    complaint_id: UUID,
    body: HandOver,
    tx: TxDep,
    who: Annotated[Who, may(may_complaints.HANDLE, may_complaints.RECORD)],
) -> CaseView:
    """Give the case to somebody, or take it; who, when and why stays in its history (COMP-03)."""
    by = _person(who)
    to = by if body.employee_id is None else Person(body.employee_id, body.employee_name)
    await commands.hand_over(
        tx,
        complaint_id=complaint_id,
        to=to,
        reason=body.reason,
        by=by,
        in_team=who.may(may_complaints.HANDLE),
    )
    return await show_case(tx, complaint_id)


@routes.put(
    "/complaints/{complaint_id}/assessment", responses=problems(NotFound, IllegalTransition, Invalid, Stale)
)
async def assess_complaint(
    complaint_id: UUID, body: Assess, tx: TxDep, who: Annotated[Who, may(may_complaints.HANDLE)]
) -> CaseView:
    """Classify the case and name where it went wrong (COMP-08, COMP-11)."""
    await commands.assess_complaint(
        tx, complaint_id=complaint_id, **body.model_dump_fields(), by=_person(who)
    )
    return await show_case(tx, complaint_id)


@routes.post(
    "/complaints/{complaint_id}/notification",
    responses=problems(NotFound, MeasureOpen, IllegalTransition, Stale),
)
async def notify_customer(
    complaint_id: UUID, body: ContactCustomer, tx: TxDep, who: Annotated[Who, may(may_complaints.HANDLE)]
) -> CaseView:
    """The customer was informed of the result (COMP-14)."""
    await commands.notify_customer(
        tx, complaint_id=complaint_id, text=body.text, channel=body.channel, by=_person(who)
    )
    return await show_case(tx, complaint_id)


@routes.post(
    "/complaints/{complaint_id}/resolution",
    responses=problems(NotFound, MeasureOpen, IllegalTransition, Stale),
)
async def resolve_complaint(
    complaint_id: UUID, body: Resolve, tx: TxDep, who: Annotated[Who, may(may_complaints.HANDLE)]
) -> CaseView:
    """The case is done: measures completed, customer informed and asked (COMP-17)."""
    await commands.resolve_complaint(
        tx, complaint_id=complaint_id, **body.model_dump_fields(), by=_person(who)
    )
    return await show_case(tx, complaint_id)


@routes.post("/complaints/{complaint_id}/reopening", responses=problems(NotFound, IllegalTransition, Stale))
async def reopen_complaint(
    complaint_id: UUID, body: Reopen, tx: TxDep, who: Annotated[Who, may(may_complaints.REOPEN)]
) -> CaseView:
    """The customer is not content with the result; the clocks start again."""
    await commands.reopen_complaint(tx, complaint_id=complaint_id, reason=body.reason, by=_person(who))
    return await show_case(tx, complaint_id)
