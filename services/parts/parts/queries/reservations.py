"""Reading reservations, the counter's queue and slips, orders, and the parts that went into a car."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from parts.domain import Movement, Part, PickRequest, PurchaseOrder, Reservation, ReservationLine, Slip, Stock
from parts.domain.picking import PickState, SlipKind
from servicekit import Tx

Rows = Select[*tuple[Any, ...]]


def reservations(**filters: Any) -> Rows:
    """Reservations by request, visit, appointment, number, plate or state; ``None`` is no filter."""
    return _filtered(select(Reservation), Reservation, filters)


async def parts_of(tx: Tx, part_nos: Iterable[str]) -> dict[str, tuple[Part, Stock]]:
    """Names and stock of these parts, as far as they are listed."""
    query = select(Part, Stock).join(Stock, Stock.part_no == Part.part_no)
    rows = await tx.session.execute(query.where(Part.part_no.in_(set(part_nos))))
    return {part.part_no: (part, stock) for part, stock in rows}


def pick_requests(*, state: str | None, reservation_id: UUID | None) -> Rows:
    """What technicians ask for, with its reservation."""
    query = select(PickRequest, Reservation).join(Reservation, Reservation.id == PickRequest.reservation_id)
    asked = {PickRequest.state: state, PickRequest.reservation_id: reservation_id}
    return query.where(*(column == value for column, value in asked.items() if value is not None))


def slips(*, reservation_id: UUID | None, kind: SlipKind | None) -> Rows:
    """Issue and return slips."""
    return _filtered(select(Slip), Slip, {"reservation_id": reservation_id, "kind": kind})


async def slip(tx: Tx, slip_no: str) -> tuple[Slip, list[Movement]]:
    """One slip and its rows. Raises ``NotFound``."""
    found = await tx.read(Slip, slip_no)
    query = select(Movement).where(Movement.slip_no == slip_no).order_by(Movement.position)
    return found, await tx.all(query)


async def used_on(tx: Tx, visit_id: UUID) -> list[tuple[ReservationLine, Part | None]]:
    """The part lines of a visit of which something stays in the car, from actual issues (PART-10)."""
    query = (
        select(ReservationLine, Part)
        .join(Reservation, Reservation.id == ReservationLine.reservation_id)
        .outerjoin(Part, Part.part_no == ReservationLine.part_no)
        .where(Reservation.visit_id == visit_id, ReservationLine.issued > ReservationLine.returned)
        .order_by(ReservationLine.part_no, ReservationLine.part_line_id)
    )
    return [(line, part) for line, part in (await tx.session.execute(query))]


async def waiting_of(tx: Tx, reservation_id: UUID) -> int:
    """How many requests of technicians wait at the counter for this reservation."""
    query = select(func.count()).where(
        PickRequest.reservation_id == reservation_id, PickRequest.state == PickState.WAITING
    )
    return (await tx.session.execute(query)).scalar_one()


def purchase_orders(**filters: Any) -> Rows:
    """Orders by state or supplier."""
    return _filtered(select(PurchaseOrder), PurchaseOrder, filters)


def _filtered(query: Rows, kind: type, filters: dict[str, Any]) -> Rows:
    return query.where(
        *(getattr(kind, name) == value for name, value in filters.items() if value is not None)
    )
