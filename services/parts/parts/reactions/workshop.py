"""What parts does when the workshop reports: free what a finished job no longer needs."""

from contracts.events.workshop import JobReady, JobReopened
from parts.commands.stock import put_away
from parts.domain.reservation import CLOSED
from parts.repository import find_reservation_of, lock_shelf_of
from servicekit import Tx


async def release_on_job_ready(tx: Tx, event: JobReady) -> None:
    """Nothing more is needed of these lines: free the rest, and note what stays in the car."""
    reservation = await find_reservation_of(tx, event.request_id)
    if reservation is None or reservation.state == CLOSED:
        return
    shelf = await lock_shelf_of(tx, reservation)
    released = reservation.finish(
        {part.part_line_id: part.used for result in event.results for part in result.parts},
        line_ids={result.line_id for result in event.results},
        revision=event.estimate_revision or 0,
        shelf=shelf,
    )
    if released is not None:
        tx.publish(reservation, released)
    put_away(tx, shelf)


async def reopen_use_on_job_reopened(tx: Tx, event: JobReopened) -> None:
    """The job goes on: what it reported as used may change."""
    reservation = await find_reservation_of(tx, event.request_id)
    if reservation is not None:
        reservation.go_on()
