"""Stock for the screens: ledger, reorder suggestions, shortages, key figures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from parts.domain import Movement, Part, PickRequest, PurchaseOrderLine, Reservation, ReservationLine, Stock
from parts.domain.figures import mean_minutes, share_percent
from parts.domain.stock import NONE, MovementKind
from parts.queries.catalogue import part_view
from parts.queries.views import FiguresView, MovementView, Shortage, Suggestion
from parts.repository import on_order
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate


async def movements(
    tx: Tx, page: PageRequest, part_no: str, *, kind: MovementKind | None
) -> Page[MovementView]:
    """The ledger of one part, the latest first (PART-27)."""
    query = select(Movement).where(Movement.part_no == part_no)
    if kind is not None:
        query = query.where(Movement.kind == kind)
    return await paginate(tx, query, page, by=(Movement.position,), view=MovementView, descending=True)


async def reorder_suggestions(tx: Tx, page: PageRequest) -> Page[Suggestion]:
    """Parts whose available stock has fallen to the reorder point (PART-28), with what is on order."""
    coming = on_order().where(PurchaseOrderLine.part_no == Part.part_no).correlate(Part).scalar_subquery()
    query = (
        select(Part, Stock, func.coalesce(coming, NONE).label("on_order"))
        .join(Stock, Stock.part_no == Part.part_no)
        .where(Part.state == "listed", Part.reorder_point.is_not(None))
        .where(Stock.on_hand - Stock.reserved <= Part.reorder_point)
    )

    def shown(row: Any) -> Suggestion:
        return Suggestion(**part_view(row[0], row[1]).model_dump(), on_order=row[2])

    return await paginate(tx, query, page, by=(Part.part_no,), view=shown)


async def shortages(
    tx: Tx, page: PageRequest, *, visit_id: UUID | None, part_no: str | None, overdue: bool
) -> Page[Shortage]:
    """Short and awaited part lines with their reservation and part, the oldest first (PART-08)."""
    query = (
        select(ReservationLine, Reservation, Part)
        .join(Reservation, Reservation.id == ReservationLine.reservation_id)
        .outerjoin(Part, Part.part_no == ReservationLine.part_no)
        .where(ReservationLine.short > 0)
    )
    if visit_id is not None:
        query = query.where(Reservation.visit_id == visit_id)
    if part_no is not None:
        query = query.where(ReservationLine.part_no == part_no)
    if overdue:
        query = query.where(ReservationLine.eta < tx.now)

    def shown(row: Any) -> Shortage:
        return _shortage(row[0], row[1], row[2], at=tx.now)

    by = (ReservationLine.short_since, ReservationLine.part_line_id)
    return await paginate(tx, query, page, by=by, view=shown)


def _shortage(
    line: ReservationLine, reservation: Reservation, part: Part | None, *, at: datetime
) -> Shortage:
    since = line.short_since or at
    return Shortage(
        part_line_id=line.part_line_id,
        line_id=line.line_id,
        part_no=line.part_no,
        part_title=part.title if part else None,
        work=line.work,
        reservation_id=reservation.id,
        request_id=reservation.request_id,
        request_no=reservation.request_no,
        visit_id=reservation.visit_id,
        plate=reservation.plate,
        short=line.short,
        back_ordered=line.back_ordered,
        authorised=line.authorised,
        eta=line.eta,
        short_since=since,
        age_minutes=max(int((at - since).total_seconds() // 60), 0),
    )


async def supply_figures(tx: Tx, since: datetime, until: datetime, slow_minutes: int) -> FiguresView:
    """Fill rate, wait and wrong part rate from ``since`` to before ``until`` (F-29, PART-09, PART-19)."""
    requested, filled = await _counts(
        tx,
        select(func.count(), func.count().filter(ReservationLine.filled_at_once)).where(
            ReservationLine.wanted_at >= since, ReservationLine.wanted_at < until
        ),
    )
    waited = select(PickRequest.waited_seconds).where(
        PickRequest.picked_at >= since, PickRequest.picked_at < until
    )
    waits = [seconds for seconds in (await tx.session.scalars(waited)).all() if seconds is not None]
    issued, wrong = await _counts(
        tx,
        select(
            func.count().filter(Movement.kind == MovementKind.ISSUE),
            func.count().filter(Movement.kind == MovementKind.RETURN, Movement.reason == "wrong_part"),
        ).where(Movement.at >= since, Movement.at < until),
    )
    return FiguresView(
        lines_requested=requested,
        lines_from_stock=filled,
        fill_rate_percent=share_percent(filled, requested),
        picks=len(waits),
        mean_wait_minutes=mean_minutes(waits),
        slow_picks=sum(seconds > slow_minutes * 60 for seconds in waits),
        issued_rows=issued,
        wrong_rows=wrong,
        wrong_part_percent=share_percent(wrong, issued),
    )


async def _counts(tx: Tx, query: Select[*tuple[Any, ...]]) -> tuple[int, int]:
    first, second = (await tx.session.execute(query)).one()
    return first, second
