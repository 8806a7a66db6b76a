"""Parts reports: what of a visit's parts is set aside, short, ordered, handed out."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update

from contracts.events.parts import (
    EtaChanged,
    PartsArrived,
    PartsBackOrdered,
    PartsIssued,
    PartsReleased,
    PartsReserved,
    PartsReturned,
    ReservationAttached,
    ShortageDetected,
)
from contracts.values import IssuedPart, ReservationLine
from reception.commands.tasks import set_task
from reception.domain import Visit
from reception.domain.copies import PartAvailability
from servicekit import Tx
from servicekit.copies import keep_all

_OF_REQUEST = select(Visit.id).where(Visit.request_id == bindparam("request_id"))


async def show_availability_on_reserved(tx: Tx, event: PartsReserved) -> None:
    """All parts are there."""
    await _copy(tx, event.request_id, event.lines)


async def ask_customer_on_shortage(tx: Tx, event: ShortageDetected) -> None:
    """Some parts are not there: the advisor asks whether to order them (E2)."""
    await _tell(tx, await _copy(tx, event.request_id, event.lines), "shortage")


async def show_availability_on_attached(tx: Tx, event: ReservationAttached) -> None:
    """The parts belong to the visit."""
    await _copy(tx, event.request_id, event.lines)


async def show_availability_on_released(tx: Tx, event: PartsReleased) -> None:
    """Parts are no longer kept."""
    await _copy(tx, event.request_id, event.lines)


async def tell_customer_on_arrived(tx: Tx, event: PartsArrived) -> None:
    """What was waited for is here."""
    await _tell(tx, await _copy(tx, event.request_id, event.lines), "arrived")


async def show_handed_out_on_issued(tx: Tx, event: PartsIssued) -> None:
    """Parts are in the technician's hands."""
    await _count(tx, event.request_id, event.lines)


async def show_handed_out_on_returned(tx: Tx, event: PartsReturned) -> None:
    """Unused parts are back."""
    await _count(tx, event.request_id, event.lines)


async def show_eta_on_back_ordered(tx: Tx, event: PartsBackOrdered) -> None:
    """The advisor can say when the ordered parts come."""
    for line in event.lines:
        await _change(tx, line.part_line_id, eta=line.eta, purchase_order_no=event.purchase_order_no)
    await _shown_on(tx, event.request_id)


async def tell_customer_on_eta_changed(tx: Tx, event: EtaChanged) -> None:
    """The supplier comes at another time: the customer is told (PART-06)."""
    for line in event.lines:
        await _change(tx, line.part_line_id, eta=line.new_eta)
    await _tell(tx, await _shown_on(tx, event.request_id), "eta", reason=event.reason)


async def _copy(tx: Tx, request_id: UUID, lines: Iterable[ReservationLine]) -> UUID | None:
    rows = [{**line.model_dump(), "request_id": request_id} for line in lines]
    await keep_all(tx, PartAvailability, "part_line_id", rows)
    return await _shown_on(tx, request_id)


async def _count(tx: Tx, request_id: UUID, lines: Iterable[IssuedPart]) -> None:
    rows = [
        {
            "part_line_id": line.part_line_id,
            "line_id": line.line_id,
            "request_id": request_id,
            "part_no": line.part_no,
            "issued": line.issued_total,
            "returned": line.returned_total,
        }
        for line in lines
    ]
    await keep_all(tx, PartAvailability, "part_line_id", rows)
    await _shown_on(tx, request_id)


async def _change(tx: Tx, part_line_id: UUID, **facts: Any) -> None:
    this = PartAvailability.part_line_id == part_line_id
    await tx.session.execute(update(PartAvailability).where(this).values(**facts))


async def _shown_on(tx: Tx, request_id: UUID) -> UUID | None:
    """The visit whose screen shows these parts; before the car is here there is none."""
    visit_id: UUID | None = await tx.session.scalar(_OF_REQUEST, {"request_id": request_id})
    if visit_id is not None:
        tx.notify_watchers(Visit, visit_id)
    return visit_id


async def _tell(tx: Tx, visit_id: UUID | None, subject: str, *, reason: str = "") -> None:
    """Before the car is here it is booking that asks the customer."""
    if visit_id is not None:
        await set_task(tx, visit_id, "tell_parts", subject=subject, reason=reason, due_at=tx.now)
