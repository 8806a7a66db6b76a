"""What has to have happened on a demo's day: counted from the published events, not from the requests."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from demo.effects import Event

LEAST_VISITS = 60
LEAST_WALK_INS = 0.30
LEAST_OF_EACH = 3


@dataclass(frozen=True, slots=True)
class Count:
    """Something counted, and the least that is required."""

    what: str
    found: float
    least: float

    @property
    def met(self) -> bool:
        """Whether there was enough of it."""
        return self.found >= self.least


_OF_EACH = {
    "E2 part back-ordered": "parts.reservation.back-ordered",
    "E3 rework after failed inspection": "workshop.job.inspection-failed",
    "E4 promise at risk": "workshop.job.promise-endangered",
    "E4 promise revised": "reception.visit.promise-revised",
    "E5 no-show": "booking.appointment.missed",
    "E5 changed": "booking.appointment.rescheduled",
    "E5 cancelled": "booking.appointment.cancelled",
    "E8 complaint": "complaints.complaint.received",
    "E9 low score": "crm.survey.dissatisfaction-detected",
}
_AT_LEAST_ONE = {
    "E4 promise refused": "reception.visit.promise-refused",
    "E8 refund": "billing.invoice.refunded",
    "E8 discount": "billing.invoice.discounted",
    "E8 rework": "reception.visit.rework-ordered",
    "E8 rework in another visit": "reception.visit.rework-agreed",
}


def counted(
    events: list[Event], *, since: datetime, visits: Collection[str], rows: int, scenarios: Mapping[str, int]
) -> list[Count]:
    """Everything required, of these visits alone where it counts visits.

    ``rows`` is how many different faults the input has, ``scenarios`` how many of each came to their end.
    """
    today = [event for event in events if event.recorded_at >= since]
    types = Counter(event.type for event in today)
    opened = _data(today, "reception.visit.opened", visits)
    closed = _data(today, "reception.visit.closed", visits)
    intakes = _data(today, "reception.visit.intake-completed", visits)
    words = {intake["fault"]["phenomenon"] for intake in intakes}
    during = [c for c in _data(today, "complaints.complaint.received", visits) if c["during_visit"]]
    walk_ins = sum(visit["walk_in"] for visit in opened)
    counts = [
        Count("visits", len(opened), max(LEAST_VISITS, rows)),
        Count("visits closed", len(closed), len(opened)),
        Count("share of walk-ins", round(walk_ins / max(1, len(opened)), 2), LEAST_WALK_INS),
        Count("owners' words as faults", len(words), rows),
        Count("E1 additional work agreed", scenarios.get("E1 agreed", 0), LEAST_OF_EACH),
        Count("E1 additional work declined", scenarios.get("E1 declined", 0), LEAST_OF_EACH),
        Count("E6 declined after the quote", scenarios.get("E6", 0), LEAST_OF_EACH),
        Count("E8 complaint during the visit", len(during), LEAST_OF_EACH),
    ]
    counts += [Count(what, types[type], LEAST_OF_EACH) for what, type in _OF_EACH.items()]
    return counts + [Count(what, types[type], 1) for what, type in _AT_LEAST_ONE.items()]


def outcomes(events: list[Event], *, since: datetime, visits: Collection[str]) -> Counter[str]:
    """These closed visits by their outcome."""
    today = [event for event in events if event.recorded_at >= since]
    return Counter(closed["outcome"] for closed in _data(today, "reception.visit.closed", visits))


def _data(events: list[Event], type: str, visits: Collection[str]) -> list[dict[str, Any]]:
    found = [json.loads(event.data) for event in events if event.type == type]
    return [data for data in found if data["visit_id"] in visits]
