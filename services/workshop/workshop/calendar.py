"""The shop's working time as the workshop knows it."""

from chassis import Tx
from chassis.calendar import WorkingCalendar, default_calendar
from workshop.domain import ShopCalendar
from workshop.domain.copies import CALENDAR


async def working_calendar(tx: Tx) -> WorkingCalendar:
    """The calendar that booking published, else the default."""
    kept = await tx.session.get(ShopCalendar, CALENDAR)
    return kept.calendar if kept is not None else default_calendar(tx.settings.shop_timezone)
