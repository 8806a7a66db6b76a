"""Parts' events: list prices, and what of a visit's parts is reserved, short, ordered, handed out."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import bindparam, select

from contracts.events.parts import (
    EtaChanged,
    PartChanged,
    PartListed,
    PartsArrived,
    PartsBackOrdered,
    PartsIssued,
    PartsReleased,
    PartsReserved,
    PartsReturned,
    PartWithdrawn,
    ReservationAttached,
    ShortageDetected,
)
from contracts.values import IssuedPart, ReservationLine
from reception.commands.tasks import set_task
from reception.domain import Visit
from reception.domain.copies import CatalogueEntry, PartAvailability
from servicekit import Tx
from servicekit.copies import Columns, amend, keep, keep_all

_OF_REQUEST = select(Visit.id).where(Visit.request_id == bindparam("request_id"))


async def copy_price_on_part_listed(tx: Tx, event: PartListed) -> None:
    """Lines with this part can be priced."""
    await _copy_part(tx, event)


async def copy_price_on_part_changed(tx: Tx, event: PartChanged) -> None:
    """From now on estimates take the new price; presented ones keep theirs."""
    await _copy_part(tx, event)


async def drop_part_on_withdrawn(tx: Tx, event: PartWithdrawn) -> None:
    """The part is no longer sold; its last price stays for lines that have it."""
    await amend(tx, CatalogueEntry, {CatalogueEntry.part_no: event.part_no}, {CatalogueEntry.sold: False})


async def show_availability_on_reserved(tx: Tx, event: PartsReserved) -> None:
    """All parts are there."""
    await _copy(tx, event.request_id, event.lines)


async def ask_customer_on_shortage(tx: Tx, event: ShortageDetected) -> None:
    """Some parts are not there: the advisor asks whether to order them (E2)."""
    await _notify_customer(tx, await _copy(tx, event.request_id, event.lines), "shortage")


async def show_availability_on_attached(tx: Tx, event: ReservationAttached) -> None:
    """The parts belong to the visit."""
    await _copy(tx, event.request_id, event.lines)


async def show_availability_on_released(tx: Tx, event: PartsReleased) -> None:
    """Parts are no longer reserved."""
    await _copy(tx, event.request_id, event.lines)


async def notify_customer_on_arrived(tx: Tx, event: PartsArrived) -> None:
    """What was waited for is here."""
    await _notify_customer(tx, await _copy(tx, event.request_id, event.lines), "arrived")


async def show_handed_out_on_issued(tx: Tx, event: PartsIssued) -> None:
    """Parts are in the technician's hands."""
    await _count(tx, event.request_id, event.lines)


async def show_handed_out_on_returned(tx: Tx, event: PartsReturned) -> None:
    """Unused parts are back."""
    await _count(tx, event.request_id, event.lines)


async def show_eta_on_back_ordered(tx: Tx, event: PartsBackOrdered) -> None:
    """The advisor knows when the ordered parts come."""
    for line in event.lines:
        columns: Columns = {
            PartAvailability.eta: line.eta,
            PartAvailability.purchase_order_no: event.purchase_order_no,
        }
        await _change(tx, line.part_line_id, columns)
    await _shown_on(tx, event.request_id)


async def notify_customer_on_eta_changed(tx: Tx, event: EtaChanged) -> None:
    """The supplier comes at another time: the customer must be notified (PART-06)."""
    for line in event.lines:
        await _change(tx, line.part_line_id, {PartAvailability.eta: line.new_eta})
    await _notify_customer(tx, await _shown_on(tx, event.request_id), "eta", reason=event.reason)


async def _copy_part(tx: Tx, event: PartListed | PartChanged) -> None:
    columns: Columns = {
        CatalogueEntry.title: event.title,
        CatalogueEntry.unit: event.unit,
        CatalogueEntry.unit_price: event.unit_price,
        CatalogueEntry.tax_rate: event.tax_rate,
        CatalogueEntry.sold: True,
    }
    await keep(tx, CatalogueEntry, {CatalogueEntry.part_no: event.part_no}, columns)


async def _copy(tx: Tx, request_id: UUID, lines: Iterable[ReservationLine]) -> UUID | None:
    rows: list[Columns] = [
        {
            PartAvailability.part_line_id: line.part_line_id,
            PartAvailability.line_id: line.line_id,
            PartAvailability.request_id: request_id,
            PartAvailability.part_no: line.part_no,
            PartAvailability.wanted: line.wanted,
            PartAvailability.reserved: line.reserved,
            PartAvailability.short: line.short,
            PartAvailability.released: line.released,
            PartAvailability.issued: line.issued,
            PartAvailability.returned: line.returned,
            PartAvailability.eta: line.eta,
        }
        for line in lines
    ]
    await keep_all(tx, PartAvailability, PartAvailability.part_line_id, rows)
    return await _shown_on(tx, request_id)


async def _count(tx: Tx, request_id: UUID, lines: Iterable[IssuedPart]) -> None:
    rows: list[Columns] = [
        {
            PartAvailability.part_line_id: line.part_line_id,
            PartAvailability.line_id: line.line_id,
            PartAvailability.request_id: request_id,
            PartAvailability.part_no: line.part_no,
            PartAvailability.issued: line.issued_total,
            PartAvailability.returned: line.returned_total,
        }
        for line in lines
    ]
    await keep_all(tx, PartAvailability, PartAvailability.part_line_id, rows)
    await _shown_on(tx, request_id)


async def _change(tx: Tx, part_line_id: UUID, columns: Columns) -> None:
    await amend(tx, PartAvailability, {PartAvailability.part_line_id: part_line_id}, columns)


async def _shown_on(tx: Tx, request_id: UUID) -> UUID | None:
    """The visit whose screen shows these parts; before the car is here there is none."""
    visit_id: UUID | None = await tx.session.scalar(_OF_REQUEST, {"request_id": request_id})
    if visit_id is not None:
        tx.notify_watchers(Visit, visit_id)
    return visit_id


async def _notify_customer(tx: Tx, visit_id: UUID | None, subject: str, *, reason: str = "") -> None:
    """A task to notify the customer; before the car is here it is booking that asks."""
    if visit_id is not None:
        await set_task(tx, visit_id, "tell_parts", subject=subject, reason=reason, due_at=tx.now)
