"""Routes of cases: register one, find them, look at one."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import Field

from complaints.commands import complaints as commands
from complaints.domain import Channel, Complaint, Person, Source
from complaints.queries import cases as queries
from complaints.queries.views import CaseRow, CaseView
from contracts.permissions import complaints as may_complaints
from servicekit import Invalid, NotFound
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, paginate, problems, router

routes = router(tags=["cases"])

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class OpenComplaint(Body):
    """What is registered when a customer complains (COMP-06)."""

    customer_id: UUID = Field(description="the customer who complains")
    visit_id: UUID | None = Field(default=None, description="the visit it is about, if any")
    category: str = Field(max_length=40, description="from the house rule `categories`")
    level: str | None = Field(default=None, max_length=40, description="from `levels`; else the usual one")
    channel: Channel = Field(description="how the complaint reached us (COMP-01)")
    text: Text = Field(description="the customer's words; numbers are masked")
    during_visit: bool | None = Field(
        default=None, description="the car is here; left out: as reception reports"
    )
    received_at: datetime | None = Field(
        default=None, description="UTC, if it was earlier than now; starts the clocks"
    )


@routes.post(
    "/complaints",
    status_code=201,
    responses={200: {"model": CaseView, "description": "it joined the visit's case"}, **problems(Invalid)},
)
async def open_complaint(
    body: OpenComplaint, tx: TxDep, who: Annotated[Who, may(may_complaints.RECORD)], response: Response
) -> CaseView:
    """Open a case; whoever registers it owns it (COMP-03). What has opened a case by itself and was not
    answered yet, such as a low score, is the same matter: that case is given, with 200 (COMP-35)."""
    by = Person(who.employee_id, who.name)
    case = await commands.open_complaint(tx, **body.model_dump_fields(), by=by)
    if case.source != Source.PERSON:
        response.status_code = 200
    return await queries.show_case(tx, case.id)


@routes.get("/complaints")
async def list_complaints(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_complaints.READ)],
    filters: Annotated[queries.Filters, Depends()],
    sort: Annotated[
        Literal["received_at", "resolve_by"],
        Query(description="received_at: the latest first; resolve_by: the most urgent first"),
    ] = "received_at",
) -> Page[CaseRow]:
    """Cases: the latest first, or by the end of the resolve clock, the most urgent first."""
    query = queries.complaints(filters)
    urgent = sort == "resolve_by"
    by = (Complaint.resolve_by if urgent else Complaint.received_at, Complaint.id)
    return await paginate(tx, query, page, by=by, view=CaseRow.made, descending=not urgent)


@routes.get("/complaints/{complaint_id}", responses=problems(NotFound))
async def show_complaint(
    complaint_id: UUID, tx: TxDep, who: Annotated[Who, may(may_complaints.READ, may_complaints.RECORD)]
) -> CaseView:
    """One case with its measures, its history, and what others know of it."""
    return await queries.show_case(tx, complaint_id)
