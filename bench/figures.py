"""Percentiles of what was timed."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in milliseconds, over ``count`` samples."""

    count: int = 0
    p50: float = 0.0
    p95: float = 0.0
    p99: float = 0.0

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Times":
        """From samples in seconds."""
        if not seconds:
            return cls()
        ordered = sorted(seconds)
        return cls(len(ordered), *(_at(ordered, share) for share in (0.50, 0.95, 0.99)))


def _at(ordered: Sequence[float], share: float) -> float:
    """The smallest sample that at least this share does not exceed, in milliseconds."""
    place = min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))
    return round(ordered[place] * 1000, 2)
