"""The two clocks: shop time for slots, deadlines and timers; machine time for tokens, retries and leases."""

import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Protocol
from zoneinfo import ZoneInfo

_LOOK_EVERY = 0.2  # seconds between two looks at the clock file: often enough for a demo, free for a service


class Clock(Protocol):
    """Where a process gets its time from; departments only ever see ``tx.now``."""

    def now(self) -> datetime:
        """Shop time, aware, UTC."""
        ...

    def machine_now(self) -> datetime:
        """Machine time, aware, UTC."""
        ...

    def today(self, tz: ZoneInfo) -> date:
        """The shop-local date."""
        ...


def read_offset(file: Path | None) -> timedelta:
    """How far shop time is ahead of machine time; no file: not at all."""
    if file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(file.read_text(encoding="ascii")))
    except FileNotFoundError:
        return timedelta()


def set_offset(file: Path, offset: timedelta) -> None:
    """Put shop time ``offset`` ahead of machine time, for every process that reads ``file``.

    Shop time never goes back: a smaller offset than the present one is a ``ValueError``.
    """
    if offset < read_offset(file):
        raise ValueError(f"shop time only goes forwards: {offset} is less than {read_offset(file)}")
    with NamedTemporaryFile("w", dir=file.parent, prefix=file.name, delete=False, encoding="ascii") as fresh:
        fresh.write(f"{offset.total_seconds():.6f}")
    Path(fresh.name).chmod(0o644)
    os.replace(fresh.name, file)  # readers see the old offset or the new one, never half a number


class ShopClock:
    """Machine time plus the offset in ``file`` (seconds), looked at 5 times a second at most."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._offset = timedelta()
        self._seen: tuple[int, int] | None = None
        self._look_at = 0.0

    def now(self) -> datetime:
        """Shop time, aware, UTC."""
        if self._file is not None and time.monotonic() >= self._look_at:
            self._look(self._file)
        return self.machine_now() + self._offset

    def machine_now(self) -> datetime:
        """Machine time, aware, UTC."""
        return datetime.now(UTC)

    def today(self, tz: ZoneInfo) -> date:
        """The shop-local date."""
        return self.now().astimezone(tz).date()

    def _look(self, file: Path) -> None:
        self._look_at = time.monotonic() + _LOOK_EVERY
        try:
            found = file.stat()
        except FileNotFoundError:
            return
        seen = (found.st_mtime_ns, found.st_ino)
        if seen != self._seen:
            self._seen = seen
            self._offset = max(self._offset, read_offset(file))
