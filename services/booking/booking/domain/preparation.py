"""Whether the shop is prepared for a booked car: four checks (BOOK-17)."""

from dataclasses import dataclass, replace
from typing import Literal, TypedDict

from contracts.values import Readiness
from servicekit import Refusal

CheckName = Literal["bay", "parts", "crew", "reception"]
NOT_READY = Readiness(ready=False)


class PartsShort(Refusal):
    """Parts for this appointment are missing."""


class Checks(TypedDict):
    bay: Readiness
    parts: Readiness
    crew: Readiness
    reception: Readiness


@dataclass(frozen=True)
class Preparation:
    """The four checks of an appointment."""

    bay: Readiness = NOT_READY
    parts: Readiness = NOT_READY
    crew: Readiness = NOT_READY
    reception: Readiness = NOT_READY

    @property
    def complete(self) -> bool:
        """Whether all four are ready."""
        return self.bay.ready and self.parts.ready and self.crew.ready and self.reception.ready

    @property
    def checks(self) -> Checks:
        """The checks by name, for an event."""
        return {"bay": self.bay, "parts": self.parts, "crew": self.crew, "reception": self.reception}

    def tick(self, check: CheckName, ready: Readiness) -> "Preparation":
        """The same with one check set or taken back."""
        match check:
            case "bay":
                return replace(self, bay=ready)
            case "parts":
                return replace(self, parts=ready)
            case "crew":
                return replace(self, crew=ready)
            case "reception":
                return replace(self, reception=ready)

    def for_another_slot(self) -> "Preparation":
        """What holds when the slot moves: the parts stay, the rest is to be prepared anew."""
        return Preparation(parts=self.parts)
