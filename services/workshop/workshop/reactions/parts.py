"""What the workshop does when parts reports on a request's reservation."""

from collections.abc import Sequence
from uuid import UUID

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
from servicekit import NotYet, Tx
from workshop.commands.jobs import conclude
from workshop.domain import Job, JobState, PartLine
from workshop.repository import load_whole, lock_parts_of_request

_WholeState = PartsReserved | ShortageDetected | ReservationAttached | PartsReleased | PartsArrived
_AnyReservationEvent = _WholeState | PartsIssued | PartsReturned | PartsBackOrdered | EtaChanged


async def copy_parts_on_reservation(tx: Tx, event: _WholeState) -> None:
    """Reserved, short, attached, released or arrived: the whole state is known anew; C begins or ends."""
    job = await _lock(tx, event)
    known = await _known(tx, event, job)
    for state in event.lines:
        part = known.get(state.part_line_id) or _new_part(tx, event, job, state)
        part.visit_id = event.visit_id or part.visit_id
        part.note(state)
    await _conclude(tx, job)


async def note_issue_on_parts_issued(tx: Tx, event: PartsIssued) -> None:
    """Parts are at hand, once the answer that authorised them is known here."""
    job = await _lock(tx, event)
    if event.visit_id is not None and _is_ahead(event, job):
        awaited = f"answer to estimate revision {event.estimate_revision}"
        raise NotYet("reception.visit", event.visit_id, at=awaited)
    await _note_slip(tx, event, job, event.lines)


def _is_ahead(event: PartsIssued, job: Job | None) -> bool:
    """Whether the issue was built on an answer that is not known here; a closed job gets none any more."""
    if event.estimate_revision is None or (job is not None and job.state == JobState.CLOSED):
        return False
    return job is None or (job.answered_revision or 0) < event.estimate_revision


async def square_line_on_parts_returned(tx: Tx, event: PartsReturned) -> None:
    """Unused parts went back: the job may be ready now."""
    await _note_slip(tx, event, await _lock(tx, event), event.lines)


async def await_parts_on_back_ordered(tx: Tx, event: PartsBackOrdered) -> None:
    """The customer waits for ordered parts (C)."""
    job = await _lock(tx, event)
    known = await _known(tx, event, job)
    for order in event.lines:
        if order.part_line_id in known:
            known[order.part_line_id].note_order(order)
    await _conclude(tx, job)


async def forecast_on_eta_changed(tx: Tx, event: EtaChanged) -> None:
    """A delivery moved: the promise may be in danger (E4)."""
    job = await _lock(tx, event)
    known = await _known(tx, event, job)
    for change in event.lines:
        if change.part_line_id in known:
            known[change.part_line_id].eta = change.new_eta
    await _conclude(tx, job)


async def _lock(tx: Tx, event: _AnyReservationEvent) -> Job | None:
    """The request's job, locked; without one, the request itself, since its job may be opened just now."""
    job = await tx.find_by(Job, request_id=event.request_id)
    if job is None:
        await tx.lock(f"request:{event.request_id}")
        job = await tx.find_by(Job, request_id=event.request_id)
    return job and await load_whole(tx, job)


async def _known(tx: Tx, event: _AnyReservationEvent, job: Job | None) -> dict[UUID, PartLine]:
    rows = job.parts if job is not None else await lock_parts_of_request(tx, event.request_id)
    return {part.id: part for part in rows}


def _new_part(
    tx: Tx, event: _AnyReservationEvent, job: Job | None, row: ReservationLine | IssuedPart
) -> PartLine:
    part = PartLine(
        id=row.part_line_id,
        request_id=event.request_id,
        visit_id=event.visit_id,
        line_id=row.line_id,
        part_no=row.part_no,
    )
    if job is not None:
        job.parts.append(part)
    else:
        tx.add(part)
    return part


async def _note_slip(
    tx: Tx, event: PartsIssued | PartsReturned, job: Job | None, rows: Sequence[IssuedPart]
) -> None:
    known = await _known(tx, event, job)
    for row in rows:
        part = known.get(row.part_line_id) or _new_part(tx, event, job, row)
        part.visit_id = event.visit_id or part.visit_id
        part.note_slip(row)
    await _conclude(tx, job)


async def _conclude(tx: Tx, job: Job | None) -> None:
    if job is not None:
        await conclude(tx, job)
