"""What has to have happened on a demo's day: counted from what the departments told, not what was asked."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from demo.effects import Fact

LEAST_VISITS = 60
LEAST_WALK_INS = 0.30
LEAST_OF_EACH = 3


@dataclass(frozen=True, slots=True)
class Count:
    """Something counted, and the least that is asked for."""

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


def counted(facts: list[Fact], *, since: datetime, rows: int, stories: Mapping[str, int]) -> list[Count]:
    """Everything asked for; ``stories`` came to their end, ``rows`` is how many words the input has."""
    today = [fact for fact in facts if fact.recorded_at >= since]
    types = Counter(fact.type for fact in today)
    opened = [json.loads(fact.data) for fact in today if fact.type == "reception.visit.opened"]
    walk_ins = sum(visit["walk_in"] for visit in opened)
    intakes = (json.loads(fact.data) for fact in today if fact.type == "reception.visit.intake-completed")
    words = {intake["fault"]["phenomenon"] for intake in intakes}
    during = [json.loads(fact.data) for fact in today if fact.type == "complaints.complaint.received"]
    counts = [
        Count("visits", len(opened), max(LEAST_VISITS, rows)),
        Count("visits closed", types["reception.visit.closed"], len(opened)),
        Count("share of walk-ins", round(walk_ins / max(1, len(opened)), 2), LEAST_WALK_INS),
        Count("owners' words as faults", len(words), rows),
        Count("E1 additional work agreed", stories.get("E1 agreed", 0), LEAST_OF_EACH),
        Count("E1 additional work declined", stories.get("E1 declined", 0), LEAST_OF_EACH),
        Count("E6 declined after the quote", stories.get("E6", 0), LEAST_OF_EACH),
        Count("E8 complaint during the visit", sum(c["during_visit"] for c in during), LEAST_OF_EACH),
    ]
    counts += [Count(what, types[type], LEAST_OF_EACH) for what, type in _OF_EACH.items()]
    return counts + [Count(what, types[type], 1) for what, type in _AT_LEAST_ONE.items()]


def outcomes(facts: list[Fact], *, since: datetime) -> Counter[str]:
    """Closed visits by their outcome."""
    closed = [fact for fact in facts if fact.type == "reception.visit.closed" and fact.recorded_at >= since]
    return Counter(json.loads(fact.data)["outcome"] for fact in closed)
