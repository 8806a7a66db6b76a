"""The parts key figures of F-29: fill rate, picking wait, wrong part rate."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

_HUNDREDTH = Decimal("0.01")


def share_percent(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` in per cent, to 0.01 half up; ``None`` where there is nothing to share (F-29)."""
    if whole == 0:
        return None
    return (Decimal(100 * part) / whole).quantize(_HUNDREDTH, ROUND_HALF_UP)


def mean_minutes(seconds: Sequence[int]) -> Decimal | None:
    """Mean of waits given in seconds, in minutes to 0.01; ``None`` without any (F-29)."""
    if not seconds:
        return None
    return (Decimal(sum(seconds)) / len(seconds) / 60).quantize(_HUNDREDTH, ROUND_HALF_UP)
