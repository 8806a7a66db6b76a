"""Reservations for the screens, and the parts that went into a car."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from parts.domain import Part, PickRequest, Reservation, ReservationLine, Stock
from parts.domain.part import PartKind
from parts.domain.picking import PickState
from parts.domain.reservation import RESERVATION, ReservationState
from parts.domain.stock import NONE
from parts.queries.views import LineView, ReservationRow, ReservationView, UsedPartView
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from servicekit.loading import load
from shopkit.numbers import search_key


async def reservations(
    tx: Tx,
    page: PageRequest,
    *,
    request_id: UUID | None,
    request_no: str | None,
    visit_id: UUID | None,
    appointment_id: UUID | None,
    plate: str | None,
    state: ReservationState | None,
) -> Page[ReservationRow]:
    """Reservations, the latest first; ``None`` is no filter."""
    asked = {
        Reservation.request_id: request_id,
        Reservation.request_no: request_no,
        Reservation.visit_id: visit_id,
        Reservation.appointment_id: appointment_id,
        Reservation.plate: search_key(plate) if plate else None,
        Reservation.state: state,
    }
    query = (
        select(Reservation)
        .options(selectinload(Reservation.lines))
        .where(*(column == value for column, value in asked.items() if value is not None))
    )
    by = (Reservation.opened_at, Reservation.id)
    return await paginate(tx, query, page, by=by, view=ReservationRow, descending=True)


async def reservation(tx: Tx, reservation_id: UUID) -> ReservationView:
    """One reservation, as this transaction sees it. Raises ``NotFound``."""
    await tx.session.flush()
    found = await load(tx, await tx.read(Reservation, reservation_id), "lines")
    query = select(Part, Stock).join(Stock, Stock.part_no == Part.part_no)
    rows = await tx.session.execute(query.where(Part.part_no.in_({line.part_no for line in found.lines})))
    listed = {part.part_no: (part, stock) for part, stock in rows}
    waiting = select(func.count()).where(
        PickRequest.reservation_id == found.id, PickRequest.state == PickState.WAITING
    )
    return _shown(
        found,
        [_line(line, listed.get(line.part_no)) for line in found.lines],
        waiting=(await tx.session.execute(waiting)).scalar_one(),
    )


async def parts_used(tx: Tx, visit_id: UUID) -> list[UsedPartView]:
    """The part lines of a visit of which something stays in the car, from actual issues (PART-10)."""
    query = (
        select(ReservationLine, Part)
        .join(Reservation, Reservation.id == ReservationLine.reservation_id)
        .outerjoin(Part, Part.part_no == ReservationLine.part_no)
        .where(Reservation.visit_id == visit_id, ReservationLine.issued > ReservationLine.returned)
        .order_by(ReservationLine.part_no, ReservationLine.part_line_id)
    )
    return [_used(line, part) for line, part in (await tx.session.execute(query))]


def _shown(reservation: Reservation, lines: list[LineView], *, waiting: int) -> ReservationView:
    return ReservationView(
        id=reservation.id,
        request_id=reservation.request_id,
        request_no=reservation.request_no,
        appointment_id=reservation.appointment_id,
        visit_id=reservation.visit_id,
        plate=reservation.plate,
        state=ReservationState(reservation.state),
        slot_start=reservation.slot_start,
        for_source=reservation.for_source,
        for_revision=reservation.for_revision,
        answered_revision=reservation.answered_revision,
        opened_at=reservation.opened_at,
        closed_at=reservation.closed_at,
        version=reservation.version,
        waiting_at_counter=waiting,
        lines=lines,
        allowed=RESERVATION.allowed(reservation.state),
    )


def _line(line: ReservationLine, listed: tuple[Part, Stock] | None) -> LineView:
    part, stock = listed or (None, None)
    return LineView(
        part_line_id=line.part_line_id,
        line_id=line.line_id,
        part_no=line.part_no,
        part_title=part.title if part else None,
        work=line.work,
        payer=line.payer,
        authorised=line.authorised,
        declined=line.declined,
        wanted=line.wanted,
        reserved=line.reserved,
        held=line.held,
        short=line.short,
        back_ordered=line.back_ordered,
        released=line.released,
        issued=line.issued,
        returned=line.returned,
        available=stock.available if stock else NONE,
        eta=line.eta,
    )


def _used(line: ReservationLine, part: Part | None) -> UsedPartView:
    return UsedPartView(
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
