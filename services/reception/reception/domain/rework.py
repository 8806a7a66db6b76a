"""Rework: work that a complaint orders to be done again, at the shop's cost (E8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from contracts.values import Line, PricedLine, Title
from reception.domain.pricing import as_line
from reception.domain.readiness import Measure
from servicekit.personal_data import mask
from shopkit.money import ZERO


@dataclass(frozen=True, slots=True)
class Rework:
    """``works`` are the new lines, ``originals`` the ids of the lines whose work is redone."""

    measure: Measure
    works: tuple[PricedLine, ...]
    originals: tuple[UUID, ...]
    reason: str

    @classmethod
    def of(
        cls, measure: Measure, works: Iterable[PricedLine], *, originals: Iterable[UUID], reason: str
    ) -> "Rework":
        """With the reason masked."""
        return cls(measure, tuple(works), tuple(originals), mask(reason))

    @property
    def lines(self) -> tuple[Line, ...]:
        """The new lines without prices, as the workshop needs them."""
        return tuple(as_line(work) for work in self.works)


def rework_of(original: PricedLine, line_id: UUID) -> PricedLine:
    """The same labour once more, at the shop's cost; parts are asked for when the workshop knows which."""
    title = Title(zh=f"返工：{original.title.zh}", en=f"Rework: {original.title.en}")
    return original.model_copy(
        update={
            "line_id": line_id,
            "kind": "rework",
            "title": title,
            "parts": (),
            "payer": "shop",
            "discount_net": ZERO,
            "gross": ZERO,
            "service_code": None,
        }
    )
