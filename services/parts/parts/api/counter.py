"""Routes of the parts counter: technicians' requests, issue slips, return slips."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Money, Quantity
from contracts.permissions import parts as may_parts
from contracts.permissions import workshop
from parts.api.reservations import ReservationView, view_of
from parts.commands import counter as commands
from parts.domain import PickRequest, Reservation, Slip
from parts.domain.picking import PICK, PickState, SlipKind
from parts.domain.reservation import Asked
from parts.domain.reservation_line import MoreThanAuthorised, MoreThanIssued, NotAuthorised
from parts.domain.stock import NotEnoughStock
from parts.queries import reservations as queries
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Now, Page, PageQuery, TxDep, View, Who, may, paginate, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["counter"])

Positive = Annotated[Quantity, Field(gt=0)]


class PickedLine(Body):
    """A part that a technician asks for."""

    part_line_id: UUID
    quantity: Positive


class PickBody(Body):
    """What a technician asks for."""

    lines: list[PickedLine] = Field(min_length=1, max_length=200)
    technician_id: UUID | None = Field(default=None, description="who waits; absent: whoever asks")


class IssuedLine(Body):
    """A row of an issue slip."""

    part_line_id: UUID
    quantity: Positive
    batch: str | None = Field(default=None, max_length=100, description="supplier's batch, for recalls")


class IssueBody(Body):
    """Parts that are handed out."""

    technician_id: UUID = Field(description="who takes them")
    lines: list[IssuedLine] = Field(min_length=1, max_length=200)
    pick_request_id: UUID | None = Field(
        default=None, description="request that it answers; absent: the technician's oldest, if any"
    )


class ReturnedLine(Body):
    """A row of a return slip."""

    part_line_id: UUID
    quantity: Positive
    reason: Literal["unused", "wrong_part"] = Field(
        default="unused", description="wrong_part counts (PART-19)"
    )
    needed_again: bool = Field(default=False, description="the line still needs that many")


class ReturnBody(Body):
    """Parts that are brought back."""

    technician_id: UUID = Field(description="who brings them")
    lines: list[ReturnedLine] = Field(min_length=1, max_length=200)


class PickedPartView(View):
    """A part asked for."""

    part_line_id: UUID
    part_no: str
    quantity: Quantity


class PickView(View):
    """A technician's request; ``waited_minutes`` runs until the slip is written (PART-09)."""

    id: UUID
    reservation_id: UUID
    request_no: str | None
    plate: str | None
    technician_id: UUID
    state: PickState
    lines: list[PickedPartView]
    requested_at: datetime
    picked_at: datetime | None
    slip_no: str | None
    waited_minutes: int
    version: int
    allowed: list[str]

    @classmethod
    def made(
        cls, request: PickRequest, now: datetime, request_no: str | None, plate: str | None
    ) -> "PickView":
        """From the request and the reservation's names."""
        own = {name: getattr(request, name) for name in cls.model_fields if hasattr(request, name)}
        waited = (request.picked_at or now) - request.requested_at
        own["lines"] = [PickedPartView.of(part) for part in request.lines]
        return cls(
            **own,
            request_no=request_no,
            plate=plate,
            waited_minutes=max(int(waited.total_seconds() // 60), 0),
            allowed=PICK.allowed(request.state),
        )


class SlipView(View):
    """A slip in a list."""

    slip_no: str
    kind: SlipKind
    reservation_id: UUID
    technician_id: UUID
    by: str
    at: datetime


class SlipRow(View):
    """A row of a slip."""

    part_line_id: UUID
    part_no: str
    quantity: Quantity
    unit_cost: Money
    batch: str | None
    reason: str


class SlipDetail(SlipView):
    """A slip with its rows (PART-02)."""

    lines: list[SlipRow]


class Issued(View):
    """The slip that was written, and the reservation after it."""

    slip: SlipDetail
    reservation: ReservationView


@router.post(
    "/reservations/{reservation_id}/pick-requests",
    status_code=201,
    responses=problems(NotFound, NotAuthorised, IllegalTransition),
)
async def request_picking(
    reservation_id: UUID,
    tx: TxDep,
    now: Now,
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
    await tx.session.flush()
    reservation = await tx.read(Reservation, reservation_id)
    return PickView.made(request, now, reservation.request_no, reservation.plate)


@router.get("/pick-requests")
async def list_pick_requests(
    tx: TxDep,
    page: PageQuery,
    now: Now,
    who: Annotated[Who, may(may_parts.READ)],
    state: PickState | None = PickState.WAITING,
    reservation_id: UUID | None = None,
) -> Page[PickView]:
    """The picking queue, the longest wait first."""

    def shown(row: Any) -> PickView:
        return PickView.made(row[0], now, row[1].request_no, row[1].plate)

    query = queries.pick_requests(state=state, reservation_id=reservation_id)
    return await paginate(tx, query, page, by=(PickRequest.requested_at, PickRequest.id), view=shown)


@router.get("/pick-requests/{pick_request_id}", responses=problems(NotFound))
async def get_pick_request(
    pick_request_id: UUID, tx: TxDep, now: Now, who: Annotated[Who, may(may_parts.READ)]
) -> PickView:
    """One request of a technician."""
    request = await tx.read(PickRequest, pick_request_id)
    reservation = await tx.read(Reservation, request.reservation_id)
    return PickView.made(request, now, reservation.request_no, reservation.plate)


@router.post(
    "/pick-requests/{pick_request_id}/withdrawal", responses=problems(NotFound, IllegalTransition, Stale)
)
async def withdraw_picking(
    pick_request_id: UUID, tx: TxDep, now: Now, who: Annotated[Who, may(workshop.WORK, may_parts.ISSUE)]
) -> PickView:
    """The technician no longer waits."""
    request = await commands.withdraw_picking(tx, pick_request_id=pick_request_id)
    await tx.session.flush()
    reservation = await tx.read(Reservation, request.reservation_id)
    return PickView.made(request, now, reservation.request_no, reservation.plate)


@router.post(
    "/reservations/{reservation_id}/issues",
    status_code=201,
    responses=problems(NotFound, NotAuthorised, NotEnoughStock, MoreThanAuthorised, IllegalTransition, Stale),
)
async def issue_parts(
    reservation_id: UUID, tx: TxDep, body: IssueBody, who: Annotated[Who, may(may_parts.ISSUE)]
) -> Issued:
    """Hand parts out on a slip, only for work that the customer agreed to."""
    slip = await commands.issue_parts(
        tx,
        reservation_id=reservation_id,
        technician_id=body.technician_id,
        asked=[Asked(line.part_line_id, line.quantity, line.batch) for line in body.lines],
        pick_request_id=body.pick_request_id,
    )
    return await _written(tx, slip)


@router.post(
    "/reservations/{reservation_id}/returns",
    status_code=201,
    responses=problems(NotFound, MoreThanIssued, IllegalTransition, Stale),
)
async def return_parts(
    reservation_id: UUID, tx: TxDep, body: ReturnBody, who: Annotated[Who, may(may_parts.ISSUE)]
) -> Issued:
    """Take unused parts back on a slip."""
    asked = [
        Asked(line.part_line_id, line.quantity, reason=line.reason, needed_again=line.needed_again)
        for line in body.lines
    ]
    slip = await commands.return_parts(
        tx, reservation_id=reservation_id, technician_id=body.technician_id, asked=asked
    )
    return await _written(tx, slip)


@router.get("/slips")
async def list_slips(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    reservation_id: UUID | None = None,
    kind: SlipKind | None = None,
) -> Page[SlipView]:
    """Slips, the latest first."""
    query = queries.slips(reservation_id=reservation_id, kind=kind)
    return await paginate(tx, query, page, by=(Slip.at, Slip.slip_no), view=SlipView, descending=True)


@router.get("/slips/{slip_no}", responses=problems(NotFound))
async def get_slip(slip_no: str, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]) -> SlipDetail:
    """One slip with its rows."""
    return await _slip_detail(tx, slip_no)


async def _slip_detail(tx: TxDep, slip_no: str) -> SlipDetail:
    slip, rows = await queries.slip(tx, slip_no)
    lines = [
        SlipRow(
            part_line_id=row.part_line_id,
            part_no=row.part_no,
            quantity=abs(row.quantity),
            unit_cost=row.unit_cost,
            batch=row.batch,
            reason=row.reason,
        )
        for row in rows
        if row.part_line_id is not None
    ]
    return SlipDetail(**SlipView.of(slip).model_dump(), lines=lines)


async def _written(tx: TxDep, slip: Slip) -> Issued:
    await tx.session.flush()
    reservation = await tx.read(Reservation, slip.reservation_id)
    detail = await _slip_detail(tx, slip.slip_no)
    return Issued(slip=detail, reservation=await view_of(tx, reservation))
