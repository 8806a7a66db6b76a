"""Shop time as a test moves it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


class ManualClock:
    """Shop time that stands still until a test moves it. Machine time runs, and can be pushed forwards."""

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)
        self._machine_offset = timedelta()

    def now(self) -> datetime:
        """Shop time, aware, UTC."""
        return self._now

    def machine_now(self) -> datetime:
        """The machine's own time, plus what ``move_machine`` added."""
        return datetime.now(UTC) + self._machine_offset

    def today(self, tz: ZoneInfo) -> date:
        """The shop-local date."""
        return self._now.astimezone(tz).date()

    def move(self, **by: float) -> datetime:
        """Move shop time forwards: ``move(minutes=30)``. Gives the new time."""
        return self.set(self._now + timedelta(**by))

    def set(self, at: datetime) -> datetime:
        """Set shop time to ``at``; a ``ValueError`` when that lies in the past."""
        if at < self._now:
            raise ValueError(f"shop time only goes forwards: {at} is before {self._now}")
        self._now = _aware(at)
        return self._now

    def move_machine(self, **by: float) -> None:
        """Push machine time forwards, to let retries and leases come due."""
        self._machine_offset += timedelta(**by)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a naive time has no meaning here: give it a time zone")
    return at.astimezone(UTC)
