"""The record of a closed visit: number, outcome, and what to offer next time (RECP-35, RECP-45, F-28)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Text
from sqlalchemy.orm import mapped_column

from contracts.values import PricedLine
from reception.domain.line import LineState, VisitLine
from reception.domain.registration import RegistrationForm
from servicekit.columns import Json
from servicekit.personal_data import mask_all

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


RECORD_COLUMNS = (
    "closed_at",
    mapped_column("record_no", unique=True),
    mapped_column("outcome", Text),
    mapped_column("mileage_out_km"),
    mapped_column("recommended_work", Json(tuple[str, ...]), default=tuple),
    mapped_column("remind_on"),
)
"""The columns of ``visits`` below the value, in the order of its fields."""


@dataclass(frozen=True, slots=True)
class Closing:
    """What is entered when the papers close: archive number, odometer, and what to offer next time."""

    record_no: str
    mileage_out_km: int | None = None
    recommended_work: tuple[str, ...] = ()
    remind_on: date | None = None

    def record(self, outcome: Outcome, *, at: datetime) -> Record:
        """The record, its texts masked."""
        offer = mask_all(self.recommended_work)
        return Record(at, self.record_no, outcome, self.mileage_out_km, offer, self.remind_on)


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
