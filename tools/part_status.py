"""How a part of the shop stands, and what it uses."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One line of ``make status``."""

    name: str
    state: str  # running, degraded, not ready, dead, stopped
    port: int | None = None
    pid: int | None = None
    megabytes: int | None = None

    @property
    def well(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.state in ("running", "stopped")


@dataclass(frozen=True, slots=True)
class Spent:
    """What one part uses: memory now, processor time since it was started."""

    life: str
    """Changes when the part is started anew, and its processor time begins at nothing."""
    megabytes: int
    cpu_seconds: float
