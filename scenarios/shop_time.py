"""Shop time: when it is in the shop, and moving it on to another part of the day."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from servicekit.clock import read_offset, set_offset
from shopkit.calendar import WorkingCalendar, default_calendar

OPENING = time(8, 10)
EVENING = time(18, 30)


class ShopTime:
    """Shop time of one shop; whoever moves it has made sure that the shop is quiet."""

    def __init__(self, clock_file: Path, timezone: str = "Asia/Shanghai") -> None:
        self._file = clock_file
        self._zone = ZoneInfo(timezone)
        self._calendar: WorkingCalendar = default_calendar(timezone)

    def now(self) -> datetime:
        """Shop time, aware, UTC."""
        return datetime.now(UTC) + read_offset(self._file)

    def local(self) -> datetime:
        """Shop time on the shop's own clock."""
        return self.now().astimezone(self._zone)

    def next_opening(self) -> datetime:
        """The next morning of a working day on which the shop has not opened yet."""
        day = self.local().date()
        if self.local().time() >= OPENING or not self._calendar.is_working_day(day):
            day = self._calendar.add_working_days(day, 1)
        return self._at(day, OPENING)

    def this_evening(self) -> datetime:
        """After closing time, today."""
        return self._at(self.local().date(), EVENING)

    def next_morning(self) -> datetime:
        """Tomorrow, when the shop opens."""
        return self._at(self.local().date() + timedelta(days=1), OPENING)

    def working_days_on(self, days: int) -> datetime:
        """In the morning, so many working days from today (F-13)."""
        return self._at(self._calendar.add_working_days(self.local().date(), days), time(10))

    def move_to(self, moment: datetime) -> None:
        """Move on to a moment that lies ahead; one that has passed moves nothing."""
        ahead = moment - self.now()
        if ahead > timedelta():
            set_offset(self._file, read_offset(self._file) + ahead)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone).astimezone(UTC)
