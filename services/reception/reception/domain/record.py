"""The record of a closed visit: number, outcome, and what to offer next time (RECP-35, RECP-45, F-28)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from contracts.values import PricedLine
from reception.domain.line import LineState, VisitLine
from reception.domain.registration import RegistrationForm

HandoverMode = Literal["desk", "delivery", "post", "key_box"]
Outcome = Literal["repaired", "diagnosis_only", "declined", "left"]


@dataclass(frozen=True, slots=True)
class Record:
    """The closed papers; ``remind_on`` is the shop-local day to offer ``recommended_work``."""

    closed_at: datetime | None
    record_no: str | None
    outcome: Outcome | None
    mileage_out_km: int | None
    recommended_work: tuple[str, ...]
    remind_on: date | None


def service_type(form: RegistrationForm | None, job_outcome: str | None, agreed: Iterable[PricedLine]) -> str:
    """The letters in the archive number: redone, repaired, maintained, diagnosed, or none (F-28)."""
    if form is None:
        return "NS"
    kinds = {line.kind for line in agreed} if job_outcome != "no_work" else set()
    for kind, letters in (("rework", "RW"), ("repair", "RP"), ("maintenance", "MT")):
        if kind in kinds:
            return letters
    return "DG"


def outcome_of(form: RegistrationForm | None, job_outcome: str | None, lines: Iterable[VisitLine]) -> Outcome:
    """How the visit ended; declined: a repair was wanted, but not all of the work."""
    if form is None:
        return "left"
    if job_outcome == "repaired":
        return "repaired"
    declined = any(line.state == LineState.DECLINED for line in lines)
    return "declined" if declined and form.intended_outcome == "repair" else "diagnosis_only"
