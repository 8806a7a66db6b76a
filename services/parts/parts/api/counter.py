"""Routes of the parts counter: technicians' requests, issue slips, return slips."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from contracts.base import Quantity
from contracts.permissions import parts as may_parts
from contracts.permissions import workshop
from parts.api.reservations import ReservationId
from parts.commands import picking as commands
from parts.domain.picking import PickState, SlipKind
from parts.domain.reservation import Asked
from parts.domain.reservation_line import MoreThanAuthorised, MoreThanIssued, NotAuthorised
from parts.domain.stock import NotEnoughStock
from parts.queries import counter as queries
from parts.queries.views import Issued, PickView, SlipDetail, SlipView
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as make_router

router = make_router(tags=["counter"])

Positive = Annotated[Quantity, Field(gt=0)]
PickRequestId = Annotated[UUID, Path(description="the technician's request")]


class PickedLine(Body):
    """A part that a technician asks for."""

    part_line_id: UUID = Field(description="the part line")
    quantity: Positive = Field(description="quantity in the part's unit")


class PickBody(Body):
    """What a technician asks for."""

    lines: list[PickedLine] = Field(min_length=1, max_length=200, description="one row for each part")
    technician_id: UUID | None = Field(default=None, description="who waits; absent: whoever asks")


class IssuedLine(Body):
    """A row of an issue slip."""

    part_line_id: UUID = Field(description="the part line")
    quantity: Positive = Field(description="quantity in the part's unit")
    batch: str | None = Field(default=None, max_length=100, description="supplier's batch, for recalls")


class IssueBody(Body):
    """Parts that are handed out."""

    technician_id: UUID = Field(description="who takes them")
    lines: list[IssuedLine] = Field(min_length=1, max_length=200, description="one row for each part")
    pick_request_id: UUID | None = Field(
        default=None, description="request that it answers; absent: the technician's oldest, if any"
    )


class ReturnedLine(Body):
    """A row of a return slip."""

    part_line_id: UUID = Field(description="the part line")
    quantity: Positive = Field(description="quantity in the part's unit")
    reason: Literal["unused", "wrong_part"] = Field(
        default="unused", description="wrong_part counts (PART-19)"
    )
    needed_again: bool = Field(default=False, description="the line still needs that many")


class ReturnBody(Body):
    """Parts that are brought back."""

    technician_id: UUID = Field(description="who brings them")
    lines: list[ReturnedLine] = Field(min_length=1, max_length=200, description="one row for each part")


@router.post(
    "/reservations/{reservation_id}/pick-requests",
    status_code=201,
    responses=problems(NotFound, NotAuthorised, IllegalTransition, Stale),
)
async def request_picking(
    reservation_id: ReservationId,
    tx: TxDep,
    body: PickBody,
    who: Annotated[Who, may(workshop.WORK, may_parts.ISSUE)],
) -> PickView:
    """A technician asks for parts and begins to wait."""
    request = await commands.request_picking(
        tx,
        reservation_id=reservation_id,
        technician_id=body.technician_id or who.employee_id,
        lines=[(line.part_line_id, line.quantity) for line in body.lines],
    )
    return await queries.pick_request(tx, request.id)


@router.get("/pick-requests")
async def list_pick_requests(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    state: Annotated[PickState | None, Query(description="only those in this state")] = PickState.WAITING,
    reservation_id: Annotated[UUID | None, Query(description="only those of this reservation")] = None,
) -> Page[PickView]:
    """The picking queue, the longest wait first."""

    return await queries.pick_requests(tx, page, state=state, reservation_id=reservation_id)


@router.get("/pick-requests/{pick_request_id}", responses=problems(NotFound))
async def get_pick_request(
    pick_request_id: PickRequestId, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]
) -> PickView:
    """One request of a technician."""
    return await queries.pick_request(tx, pick_request_id)


@router.post(
    "/pick-requests/{pick_request_id}/withdrawal", responses=problems(NotFound, IllegalTransition, Stale)
)
async def withdraw_picking(
    pick_request_id: PickRequestId, tx: TxDep, who: Annotated[Who, may(workshop.WORK, may_parts.ISSUE)]
) -> PickView:
    """The technician no longer waits."""
    await commands.withdraw_picking(tx, pick_request_id=pick_request_id)
    return await queries.pick_request(tx, pick_request_id)


@router.post(
    "/reservations/{reservation_id}/issues",
    status_code=201,
    responses=problems(NotFound, NotAuthorised, NotEnoughStock, MoreThanAuthorised, IllegalTransition, Stale),
)
async def issue_parts(
    reservation_id: ReservationId, tx: TxDep, body: IssueBody, who: Annotated[Who, may(may_parts.ISSUE)]
) -> Issued:
    """Hand parts out on a slip, only for work that the customer agreed to."""
    slip = await commands.issue_parts(
        tx,
        reservation_id=reservation_id,
        technician_id=body.technician_id,
        asked=[Asked(line.part_line_id, line.quantity, line.batch) for line in body.lines],
        pick_request_id=body.pick_request_id,
    )
    return await queries.issued(tx, slip)


@router.post(
    "/reservations/{reservation_id}/returns",
    status_code=201,
    responses=problems(NotFound, MoreThanIssued, IllegalTransition, Stale),
)
async def return_parts(
    reservation_id: ReservationId, tx: TxDep, body: ReturnBody, who: Annotated[Who, may(may_parts.ISSUE)]
) -> Issued:
    """Take unused parts back on a slip."""
    asked = [
        Asked(line.part_line_id, line.quantity, reason=line.reason, needed_again=line.needed_again)
        for line in body.lines
    ]
    slip = await commands.return_parts(
        tx, reservation_id=reservation_id, technician_id=body.technician_id, asked=asked
    )
    return await queries.issued(tx, slip)


@router.get("/slips")
async def list_slips(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    reservation_id: Annotated[UUID | None, Query(description="only those of this reservation")] = None,
    kind: Annotated[SlipKind | None, Query(description="only those of this kind")] = None,
) -> Page[SlipView]:
    """Slips, the latest first."""
    return await queries.slips(tx, page, reservation_id=reservation_id, kind=kind)


@router.get("/slips/{slip_no}", responses=problems(NotFound))
async def get_slip(
    slip_no: Annotated[str, Path(description="number of the slip")],
    tx: TxDep,
    who: Annotated[Who, may(may_parts.READ)],
) -> SlipDetail:
    """One slip with its rows."""
    return await queries.slip(tx, slip_no)
