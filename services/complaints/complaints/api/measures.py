"""Routes of measures: decide one, and see which still have to be carried out."""

from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from fastapi import Query
from pydantic import Field, model_validator

from complaints.api.cases import Reason
from complaints.commands import complaints as commands
from complaints.domain import (
    ApprovalNeeded,
    Measure,
    MeasureKind,
    MeasureState,
    NothingToDiscount,
    NothingToRefund,
    NoVisitToRedo,
    Person,
)
from complaints.queries import measures as queries
from complaints.queries.views import MeasureRow, MeasureView
from contracts.permissions import complaints as may_complaints
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, key_required, may, paginate, problems, router

routes = router(tags=["measures"])


class DecideMeasure(Body):
    """What is done for the customer."""

    kind: MeasureKind = Field(description="refund, discount or rework")
    amount: Decimal | None = Field(
        default=None,
        gt=0,
        max_digits=12,
        decimal_places=2,
        description="with tax, in the shop's currency; refund and discount only",
    )
    invoice_id: UUID | None = Field(default=None, description="left out: the invoice of the case's visit")
    visit_id: UUID | None = Field(default=None, description="only for a case that names no visit")
    line_ids: list[UUID] = Field(
        default=[], max_length=100, description="lines it is about; rework: those redone"
    )
    reason: Reason = Field(description="why; numbers are masked when published")

    @model_validator(mode="after")
    def _must_have_an_amount_for_money_only(self) -> Self:
        if (self.amount is None) != (self.kind == MeasureKind.REWORK):
            raise ValueError("a refund and a discount need an amount, rework has none")
        return self


@routes.post(
    "/complaints/{complaint_id}/measures",
    status_code=201,
    dependencies=[key_required],
    responses=problems(
        NotFound,
        IllegalTransition,
        ApprovalNeeded,
        NothingToRefund,
        NothingToDiscount,
        NoVisitToRedo,
        Stale,
    ),
)
async def decide_measure(
    complaint_id: UUID,
    body: DecideMeasure,
    tx: TxDep,
    who: Annotated[Who, may(may_complaints.DECIDE, may_complaints.APPROVE)],
) -> MeasureView:
    """Decide a refund, a discount or rework; above the house rule `measure_limit` it takes an approver."""
    fields = body.model_dump_fields() | {"line_ids": tuple(body.line_ids)}
    measure = await commands.decide_measure(
        tx,
        complaint_id=complaint_id,
        **fields,
        by=Person(who.employee_id, who.name),
        may_approve=who.may(may_complaints.APPROVE),
    )
    await tx.session.flush()
    return MeasureView.of(measure)


@routes.get("/measures")
async def list_measures(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_complaints.READ)],
    state: Annotated[MeasureState | None, Query(description="only measures in this state")] = None,
    kind: Annotated[MeasureKind | None, Query(description="only this kind")] = None,
    is_open: Annotated[bool | None, Query(description="true: still to be carried out")] = None,
    overdue: Annotated[bool | None, Query(description="true: its clock has run out")] = None,
) -> Page[MeasureRow]:
    """Measures of all cases; the one that is due first comes first."""
    query = queries.measures(state=state, kind=kind, is_open=is_open, overdue=overdue)
    return await paginate(tx, query, page, by=(Measure.due_by, Measure.measure_id), view=MeasureRow.made)
