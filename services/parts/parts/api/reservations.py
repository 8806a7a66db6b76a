"""Routes of reservations: what is set aside for a request, and what went into the car."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Money, Quantity
from contracts.permissions import parts as may_parts
from contracts.values import Title
from parts.commands import stock as commands
from parts.domain import Part, Reservation, ReservationLine, Stock
from parts.domain.part import PartKind
from parts.domain.reservation import RESERVATION, ReservationState
from parts.domain.stock import NONE
from parts.queries import reservations as queries
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Page, PageQuery, TxDep, View, Who, may, paginate, problems
from servicekit.http import router as chassis_router
from shopkit.numbers import search_key

router = chassis_router(tags=["reservations"])


class LineView(View):
    """One part line; wanted = reserved + short + released, ``held`` lies on the shelf for it."""

    part_line_id: UUID
    line_id: UUID
    part_no: str
    part_title: Title | None
    work: Title
    payer: str
    authorised: bool
    declined: bool
    wanted: Quantity
    reserved: Quantity
    held: Quantity
    short: Quantity
    back_ordered: Quantity
    released: Quantity
    issued: Quantity
    returned: Quantity
    available: Quantity = Field(description="free stock of the part, beyond what is held for this line")
    eta: datetime | None

    @classmethod
    def made(cls, line: ReservationLine, listed: tuple[Part, Stock] | None) -> "LineView":
        """From the line and the part, if it is in the catalogue."""
        own = {name: getattr(line, name) for name in cls.model_fields if hasattr(line, name)}
        part, stock = listed or (None, None)
        return cls(
            **own, part_title=part.title if part else None, available=stock.available if stock else NONE
        )


class ReservationRow(View):
    """A reservation in a list."""

    id: UUID
    request_id: UUID
    request_no: str | None
    appointment_id: UUID | None
    visit_id: UUID | None
    plate: str | None
    state: ReservationState
    slot_start: datetime | None
    opened_at: datetime
    version: int
    is_short: bool

    @classmethod
    def made(cls, reservation: Reservation) -> "ReservationRow":
        """From the reservation with its lines."""
        own = {name: getattr(reservation, name) for name in cls.model_fields if hasattr(reservation, name)}
        return cls(**own, is_short=any(line.short > 0 for line in reservation.lines))


class ReservationView(View):
    """Everything about a reservation."""

    id: UUID
    request_id: UUID
    request_no: str | None
    appointment_id: UUID | None
    visit_id: UUID | None
    plate: str | None
    state: ReservationState
    slot_start: datetime | None
    for_source: str
    for_revision: int
    answered_revision: int | None
    opened_at: datetime
    closed_at: datetime | None
    version: int
    waiting_at_counter: int
    lines: list[LineView]
    allowed: list[str]


async def view_of(tx: TxDep, reservation: Reservation) -> ReservationView:
    """The reservation as its screen shows it."""
    await tx.session.flush()
    listed = await queries.parts_of(tx, (line.part_no for line in reservation.lines))
    lines = [LineView.made(line, listed.get(line.part_no)) for line in reservation.lines]
    made = {"lines", "allowed", "waiting_at_counter"}
    own = {name: getattr(reservation, name) for name in ReservationView.model_fields if name not in made}
    return ReservationView(
        **own,
        lines=lines,
        waiting_at_counter=await queries.waiting_of(tx, reservation.id),
        allowed=RESERVATION.allowed(reservation.state),
    )


class UsedPartView(View):
    """A part that went into the car (PART-10)."""

    part_line_id: UUID
    line_id: UUID
    part_no: str
    title: Title | None
    kind: PartKind | None
    unit: str | None
    quantity: Quantity
    unit_price: Money | None = Field(description="list price today; the price billed is the authorised one")
    warranty_months: int | None
    payer: str


@router.get("/reservations")
async def list_reservations(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    request_id: UUID | None = None,
    request_no: str | None = None,
    visit_id: UUID | None = None,
    appointment_id: UUID | None = None,
    plate: str | None = None,
    state: ReservationState | None = None,
) -> Page[ReservationRow]:
    """Reservations, the latest first."""
    query = queries.reservations(
        request_id=request_id,
        request_no=request_no,
        visit_id=visit_id,
        appointment_id=appointment_id,
        plate=search_key(plate) if plate else None,
        state=state,
    )
    by = (Reservation.opened_at, Reservation.id)
    return await paginate(tx, query, page, by=by, view=ReservationRow.made, descending=True)


@router.get("/reservations/{reservation_id}", responses=problems(NotFound))
async def get_reservation(
    reservation_id: UUID, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]
) -> ReservationView:
    """One reservation with its lines and what may be done."""
    return await view_of(tx, await tx.read(Reservation, reservation_id))


@router.post(
    "/reservations/{reservation_id}/lines/{part_line_id}/setting-aside",
    responses=problems(NotFound, IllegalTransition, Stale),
)
async def set_line_aside(
    reservation_id: UUID, part_line_id: UUID, tx: TxDep, who: Annotated[Who, may(may_parts.RESERVE)]
) -> ReservationView:
    """Set aside what the line is short of, as far as something is free."""
    return await view_of(
        tx, await commands.set_line_aside(tx, reservation_id=reservation_id, part_line_id=part_line_id)
    )


@router.post(
    "/reservations/{reservation_id}/lines/{part_line_id}/freeing",
    responses=problems(NotFound, IllegalTransition, Stale),
)
async def free_line(
    reservation_id: UUID, part_line_id: UUID, tx: TxDep, who: Annotated[Who, may(may_parts.RESERVE)]
) -> ReservationView:
    """Take what the line holds back into free stock."""
    return await view_of(
        tx, await commands.free_line(tx, reservation_id=reservation_id, part_line_id=part_line_id)
    )


@router.get("/visits/{visit_id}/parts-used")
async def list_parts_used(
    visit_id: UUID, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]
) -> list[UsedPartView]:
    """Parts that stay in the car, from actual issues, for the handover papers."""
    return [
        UsedPartView(
            part_line_id=line.part_line_id,
            line_id=line.line_id,
            part_no=line.part_no,
            title=part.title if part else None,
            kind=PartKind(part.kind) if part else None,
            unit=part.unit if part else None,
            quantity=line.out,
            unit_price=part.unit_price if part else None,
            warranty_months=part.warranty_months if part else None,
            payer=line.payer,
        )
        for line, part in await queries.used_on(tx, visit_id)
    ]
