"""Customer relations' events: how content customers were with a visit."""

from contracts.events.crm import DissatisfactionDetected, SurveyAnswered
from servicekit import Tx
from staff.commands.work_records import record_work
from staff.domain.work_record import RecordKind


async def record_score_on_survey_answered(tx: Tx, event: SurveyAnswered) -> None:
    """The customer's score (STAF-23)."""
    record_work(tx, RecordKind.SURVEY, event.visit_id, happened_at=event.answered_at, score=event.total)


async def record_low_score_on_dissatisfaction(tx: Tx, event: DissatisfactionDetected) -> None:
    """A low score, with what it crossed."""
    record_work(
        tx, RecordKind.DISSATISFACTION, event.visit_id, score=event.total, text=", ".join(event.triggers)
    )
