"""The shop's calendar: opening hours, breaks, closed days; booking owns it and all others copy it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.base import Base
from contracts.events.booking import CalendarChanged
from contracts.values import Break, ClosedDay, OpenDay, WeeklyHours
from servicekit import Aggregate
from servicekit.columns import Json
from shopkit.calendar import WorkingCalendar

THE_SHOP = "shop"
"""The key of the one calendar that there is."""


class ShopCalendar(Aggregate, Base):
    """When the shop works (BOOK-34); one row."""

    __tablename__ = "calendars"
    STREAM = "booking.calendar"

    calendar: Mapped[str] = mapped_column(primary_key=True, default=THE_SHOP)
    hours: Mapped[WorkingCalendar] = mapped_column(Json(WorkingCalendar))
    changed_at: Mapped[datetime]

    def change(self, hours: WorkingCalendar, *, at: datetime) -> CalendarChanged:
        """From now on the shop works by these hours."""
        self.hours, self.changed_at = hours, at
        return self.changed()

    def changed(self) -> CalendarChanged:
        """The event with the whole calendar, which others copy."""
        hours = self.hours
        return CalendarChanged(
            timezone=hours.timezone,
            weekly_hours=tuple(
                WeeklyHours(weekday=h.weekday, opens=h.opens, closes=h.closes) for h in hours.weekly_hours
            ),
            breaks=tuple(Break(starts=b.starts, ends=b.ends) for b in hours.breaks),
            closed_days=tuple(ClosedDay(on=d.on, reason=d.reason) for d in hours.closed_days),
            open_days=tuple(OpenDay(on=d.on, opens=d.opens, closes=d.closes) for d in hours.open_days),
            working_weekdays=tuple(sorted(hours.working_weekdays)),
            holidays_of=hours.holidays_of,
        )


def outside_hours(calendar: WorkingCalendar, starts: Iterable[datetime]) -> list[datetime]:
    """Those slots that begin while the shop is closed: their customers need another one."""
    return [start for start in starts if not calendar.is_open(start)]
