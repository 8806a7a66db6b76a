"""Calls that are due, what they brought, and the report of a day's calls."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from contracts.permissions import crm as may_crm
from crm.api.views import DailyReportView, FollowUpView, Note
from crm.commands import follow_ups as commands
from crm.domain import FollowUp, FollowUpKind, FollowUpState, Outcome
from crm.queries import after_care as queries
from servicekit import IllegalTransition, NotFound, Tx
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, paginate, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["follow-ups"])


class NoteAttempt(Body):
    """Nobody answered."""

    note: Note = ""


class CompleteFollowUp(Body):
    """What the call brought (CRM-10); a problem opens a complaint (CRM-46)."""

    outcome: Outcome
    satisfied: bool | None = None
    problem_found: bool = False
    text: Note = ""
    answers: list[Note] = Field(default=[], max_length=50)

    @model_validator(mode="after")
    def _problem_must_be_told(self) -> "CompleteFollowUp":
        if self.problem_found and (self.outcome != Outcome.REACHED or not self.text):
            raise ValueError("a problem is told by a customer who was reached: say it in text")
        return self


class ReviewReport(Body):
    """The manager's comment."""

    comment: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/follow-ups")
async def list_follow_ups(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    state: FollowUpState | None = None,
    kind: FollowUpKind | None = None,
    due_by: date | None = None,
    customer_id: UUID | None = None,
    visit_id: UUID | None = None,
) -> Page[FollowUpView]:
    """Calls, the most urgent first."""
    query = queries.follow_ups(
        state=state, kind=kind, due_by=due_by, customer_id=customer_id, visit_id=visit_id
    )
    found = await paginate(tx, query, page, by=(FollowUp.due_on, FollowUp.id))
    names = await queries.names_of(tx, [follow_up.customer_id for follow_up in found.items])
    items = [FollowUpView.named(x, names.get(x.customer_id)) for x in found.items]
    return Page(items=items, next=found.next)


@router.get("/follow-ups/{follow_up_id}", responses=problems(NotFound))
async def show_follow_up(
    follow_up_id: UUID, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]
) -> FollowUpView:
    """One call with its script."""
    return await _named(tx, await queries.one(tx, FollowUp, follow_up_id))


@router.post("/follow-ups/{follow_up_id}/attempts", responses=problems(NotFound, IllegalTransition))
async def note_attempt(
    follow_up_id: UUID, body: NoteAttempt, tx: TxDep, who: Annotated[Who, may(may_crm.FOLLOW_UP)]
) -> FollowUpView:
    """Nobody answered; the last attempt (house rule) ends the call as unreachable."""
    follow_up = await commands.note_attempt(tx, follow_up_id=follow_up_id, note=body.note)
    await tx.session.flush()
    return await _named(tx, follow_up)


@router.post("/follow-ups/{follow_up_id}/completion", responses=problems(NotFound, IllegalTransition))
async def complete_follow_up(
    follow_up_id: UUID, body: CompleteFollowUp, tx: TxDep, who: Annotated[Who, may(may_crm.FOLLOW_UP)]
) -> FollowUpView:
    """The call was made."""
    follow_up = await commands.complete_follow_up(tx, follow_up_id=follow_up_id, **body.model_dump_fields())
    await tx.session.flush()
    return await _named(tx, follow_up)


async def _named(tx: Tx, follow_up: FollowUp) -> FollowUpView:
    names = await queries.names_of(tx, [follow_up.customer_id])
    return FollowUpView.named(follow_up, names.get(follow_up.customer_id))


@router.get("/follow-up-reports/{on}")
async def show_report(on: date, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]) -> DailyReportView:
    """The calls of a day (CRM-11)."""
    return DailyReportView.of(await queries.daily_report(tx, on))


@router.put("/follow-up-reports/{on}/review")
async def review_report(
    on: date, body: ReviewReport, tx: TxDep, who: Annotated[Who, may(may_crm.REVIEW)]
) -> DailyReportView:
    """The manager reviews and comments."""
    await commands.review_report(tx, on=on, comment=body.comment)
    await tx.session.flush()
    return DailyReportView.of(await queries.daily_report(tx, on))
