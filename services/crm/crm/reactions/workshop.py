"""What crm learns from the workshop: who worked, what was done, what went wrong (COLL-22)."""

from contracts.events.workshop import InspectionFailed, JobOpened, JobReady, PromiseEndangered
from crm.commands.visit_files import note_on_file
from crm.domain import VisitFile, Worker
from crm.repository import lock_file
from servicekit import Tx


async def note_job_on_opened(tx: Tx, event: JobOpened) -> None:
    """The car is in the workshop."""
    await note_on_file(tx, event, {VisitFile.in_workshop_at: tx.now})


async def note_results_on_ready(tx: Tx, event: JobReady) -> None:
    """Who worked on the car, and what was done."""
    done = {result.line_id: result.outcome == "done" for result in event.results}
    workers = [
        Worker(technician_id=worker.technician_id, technician_name=worker.technician_name)
        for worker in event.technicians
    ]
    (await lock_file(tx, event)).note_results(done, workers)


async def count_on_inspection_failed(tx: Tx, event: InspectionFailed) -> None:
    """Work had to be done again before the customer got the car (E3)."""
    one_more = VisitFile.inspections_failed + 1
    await note_on_file(
        tx,
        event,
        {VisitFile.inspections_failed: one_more},
        initial={VisitFile.inspections_failed: 1},
    )


async def note_danger_on_promise_endangered(tx: Tx, event: PromiseEndangered) -> None:
    """The follow-up of this visit is to be careful (E4)."""
    (await lock_file(tx, event)).note_careful("promise_endangered")
