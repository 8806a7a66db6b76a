"""Routes of the handling of a case, from the first answer to the resolution and beyond."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from complaints import commands
from complaints.api.views import CaseView, Reason, Text, case_view
from complaints.domain import Cause, Contact, MeasureOpen, NotTheOwner, Person
from contracts.permissions import complaints as may_complaints
from servicekit import IllegalTransition, Invalid, NotFound, Stale
from servicekit.http import Body, TxDep, Who, may, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["handling"])


class SayToCustomer(Body):
    """What the customer was told, and how."""

    text: Text
    channel: Contact


class HandOver(Body):
    """Whose case it is from now on; without an employee it is taken by whoever asks."""

    employee_id: UUID | None = None
    employee_name: str = Field(default="", max_length=100)
    reason: Reason


class Assess(Body):
    """What it is about, how grave, and where it went wrong."""

    category: str = Field(max_length=40, description="from the house rule `categories`")
    level: str = Field(max_length=40, description="from the house rule `levels`")
    cause: Cause | None = None
    text: str = Field(default="", max_length=4000, description="what was found")


class Resolve(Body):
    """How it ended: cause, measures and improvement summed up (COMP-21)."""

    resolution: Text
    confirmed_by_customer: bool = Field(description="the customer was asked and is content")


class Reopen(Body):
    """Why the customer is not content."""

    reason: Reason


def _person(who: Who) -> Person:
    return Person(who.employee_id, who.name)


@router.post(
    "/complaints/{complaint_id}/answer", responses=problems(NotFound, IllegalTransition, NotTheOwner, Stale)
)
async def answer_complaint(
    complaint_id: UUID,
    body: SayToCustomer,
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
    return await case_view(tx, complaint_id)


@router.post(
    "/complaints/{complaint_id}/feedback", responses=problems(NotFound, IllegalTransition, NotTheOwner, Stale)
)
async def feed_back(
    complaint_id: UUID,
    body: SayToCustomer,
    tx: TxDep,
    who: Annotated[Who, may(may_complaints.HANDLE, may_complaints.RECORD)],
) -> CaseView:
    """The customer was told how far it is (COMP-13)."""
    await commands.feed_back(
        tx,
        complaint_id=complaint_id,
        text=body.text,
        channel=body.channel,
        by=_person(who),
        in_team=who.may(may_complaints.HANDLE),
    )
    return await case_view(tx, complaint_id)


@router.post(
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
    return await case_view(tx, complaint_id)


@router.put(
    "/complaints/{complaint_id}/assessment", responses=problems(NotFound, IllegalTransition, Invalid, Stale)
)
async def assess_complaint(
    complaint_id: UUID, body: Assess, tx: TxDep, who: Annotated[Who, may(may_complaints.HANDLE)]
) -> CaseView:
    """Classify the case and say where it went wrong (COMP-08, COMP-11)."""
    await commands.assess_complaint(
        tx, complaint_id=complaint_id, **body.model_dump_fields(), by=_person(who)
    )
    return await case_view(tx, complaint_id)


@router.post(
    "/complaints/{complaint_id}/notification",
    responses=problems(NotFound, MeasureOpen, IllegalTransition, Stale),
)
async def tell_result(
    complaint_id: UUID, body: SayToCustomer, tx: TxDep, who: Annotated[Who, may(may_complaints.HANDLE)]
) -> CaseView:
    """The customer was told the result (COMP-14)."""
    await commands.tell_result(
        tx, complaint_id=complaint_id, text=body.text, channel=body.channel, by=_person(who)
    )
    return await case_view(tx, complaint_id)


@router.post(
    "/complaints/{complaint_id}/resolution",
    responses=problems(NotFound, MeasureOpen, IllegalTransition, Stale),
)
async def resolve_complaint(
    complaint_id: UUID, body: Resolve, tx: TxDep, who: Annotated[Who, may(may_complaints.HANDLE)]
) -> CaseView:
    """The case is done: measures completed, customer told and asked (COMP-17)."""
    await commands.resolve_complaint(
        tx, complaint_id=complaint_id, **body.model_dump_fields(), by=_person(who)
    )
    return await case_view(tx, complaint_id)


@router.post("/complaints/{complaint_id}/reopening", responses=problems(NotFound, IllegalTransition, Stale))
async def reopen_complaint(
    complaint_id: UUID, body: Reopen, tx: TxDep, who: Annotated[Who, may(may_complaints.REOPEN)]
) -> CaseView:
    """The customer is not content with the result; the clocks start again."""
    await commands.reopen_complaint(tx, complaint_id=complaint_id, reason=body.reason, by=_person(who))
    return await case_view(tx, complaint_id)
