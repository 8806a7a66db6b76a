"""Calls that are due, what they brought, and the report of a day's calls."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field, model_validator

from contracts.permissions import crm as may_crm
from crm.commands import follow_ups as commands
from crm.domain import FollowUpKind, FollowUpState, Outcome
from crm.queries import follow_ups as queries
from crm.queries.views import DailyReportView, FollowUpView
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as new_router
from shopkit.fields import Note

router = new_router(tags=["follow-ups"])

FollowUpId = Annotated[UUID, Path(description="the follow-up")]
Day = Annotated[date, Path(description="shop-local day")]


class NoteAttempt(Body):
    """Nobody answered."""

    note: Note = Field(default="", description="the caller's note; kept masked")


class CompleteFollowUp(Body):
    """What the call brought (CRM-10); a problem opens a complaint (CRM-46)."""

    outcome: Outcome = Field(description="how the call ended")
    satisfied: bool | None = Field(default=None, description="whether the customer is satisfied")
    problem_found: bool = Field(default=False, description="needs a customer who was reached, and `text`")
    text: Note = Field(default="", description="what the customer answered; kept masked")
    answers: list[Note] = Field(default=[], max_length=50, description="answers to the script, in its order")

    @model_validator(mode="after")
    def _problem_must_be_described(self) -> "CompleteFollowUp":
        if self.problem_found and (self.outcome != Outcome.REACHED or not self.text):
            raise ValueError("a problem comes from a customer who was reached: describe it in text")
        return self


class ReviewReport(Body):
    """The manager's comment."""

    comment: str = Field(min_length=1, max_length=2000, description="the comment; kept masked")


@router.get("/follow-ups")
async def list_follow_ups(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    state: Annotated[FollowUpState | None, Query(description="only calls in this state")] = None,
    kind: Annotated[FollowUpKind | None, Query(description="only calls of this kind")] = None,
    due_by: Annotated[date | None, Query(description="only calls due by this shop-local day")] = None,
    customer_id: Annotated[UUID | None, Query(description="only calls to this customer")] = None,
    visit_id: Annotated[UUID | None, Query(description="only calls about this visit")] = None,
) -> Page[FollowUpView]:
    """Calls, the most urgent first."""
    return await queries.follow_ups(
        tx, page, state=state, kind=kind, due_by=due_by, customer_id=customer_id, visit_id=visit_id
    )


@router.get("/follow-ups/{follow_up_id}", responses=problems(NotFound))
async def show_follow_up(
    follow_up_id: FollowUpId, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]
) -> FollowUpView:
    """One call with its script."""
    return await queries.follow_up(tx, follow_up_id)


@router.post("/follow-ups/{follow_up_id}/attempts", responses=problems(NotFound, IllegalTransition, Stale))
async def note_attempt(
    follow_up_id: FollowUpId, body: NoteAttempt, tx: TxDep, who: Annotated[Who, may(may_crm.FOLLOW_UP)]
) -> FollowUpView:
    """Nobody answered; the last attempt (house rule) ends the call as unreachable."""
    await commands.note_attempt(tx, follow_up_id=follow_up_id, note=body.note)
    await tx.session.flush()
    return await queries.follow_up(tx, follow_up_id)


@router.post("/follow-ups/{follow_up_id}/completion", responses=problems(NotFound, IllegalTransition, Stale))
async def complete_follow_up(
    follow_up_id: FollowUpId,
    body: CompleteFollowUp,
    tx: TxDep,
    who: Annotated[Who, may(may_crm.FOLLOW_UP)],
) -> FollowUpView:
    """The call was made."""
    await commands.complete_follow_up(tx, follow_up_id=follow_up_id, **body.model_dump_fields())
    await tx.session.flush()
    return await queries.follow_up(tx, follow_up_id)


@router.get("/follow-up-reports/{on}")
async def show_report(on: Day, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> DailyReportView:
    """The calls of a day (CRM-11)."""
    return await queries.daily_report(tx, on)


@router.put("/follow-up-reports/{on}/review")
async def review_report(
    on: Day, body: ReviewReport, tx: TxDep, who: Annotated[Who, may(may_crm.REVIEW)]
) -> DailyReportView:
    """The manager reviews and comments."""
    await commands.review_report(tx, on=on, comment=body.comment)
    await tx.session.flush()
    return await queries.daily_report(tx, on)
