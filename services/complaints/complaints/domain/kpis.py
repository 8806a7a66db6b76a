"""How well complaints are handled, in numbers (F-12, COMP-25)."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Kpis:
    """Counts of the cases received in a period, and the rates made of them, in percent.

    A rate is ``None`` when there is nothing to take it of."""

    received: int
    resolved: int
    resolved_in_time: int
    respond_due: int
    answered_in_time: int
    reopened: int
    confirmed: int
    visits: int
    measures: int = 0
    measures_completed: int = 0
    by_category: dict[str, int] = field(default_factory=dict)
    by_source: dict[str, int] = field(default_factory=dict)

    @property
    def resolution_rate(self) -> Decimal | None:
        """Resolved of the received."""
        return percent(self.resolved, self.received)

    @property
    def on_time_response_rate(self) -> Decimal | None:
        """Answered within the respond clock, of those answered or whose clock has run out."""
        return percent(self.answered_in_time, self.respond_due)

    @property
    def complaint_rate(self) -> Decimal | None:
        """Complaints of the period per hundred visits of the period."""
        return percent(self.received, self.visits)

    @property
    def confirmed_rate(self) -> Decimal | None:
        """Customers who confirmed the result, of the resolved: satisfaction with the handling."""
        return percent(self.confirmed, self.resolved)

    @property
    def measures_rate(self) -> Decimal | None:
        """Measures carried out, of those decided."""
        return percent(self.measures_completed, self.measures)


def percent(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` in percent, half up to 0.01; ``None`` of nothing."""
    if not whole:
        return None
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
