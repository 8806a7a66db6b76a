"""The calendar and the scripts, and what a new shop begins with."""

from sqlalchemy import select

from booking.domain.calls import FIRST_SCRIPTS, CallType, Script
from booking.domain.shop_calendar import THE_SHOP, ShopCalendar
from contracts.values import Title
from servicekit import Tx
from shopkit.calendar import WorkingCalendar, default_calendar


async def change_calendar(tx: Tx, *, hours: WorkingCalendar) -> ShopCalendar:
    """The shop works by other hours from now on; everyone who counts working time copies them (BOOK-34)."""
    calendar = await tx.get(ShopCalendar, THE_SHOP)
    tx.publish(calendar, calendar.change(hours, at=tx.now))
    return calendar


async def write_script(tx: Tx, *, call_type: CallType, text: Title) -> Script:
    """The text of a type of call from now on (BOOK-35)."""
    script = await tx.get(Script, call_type)
    script.text, script.changed_by, script.changed_at = text, tx.by, tx.now
    return script


async def open_shop(tx: Tx) -> None:
    """A new shop begins with the default calendar, published once, and a script for each kind of call."""
    if await tx.find(ShopCalendar, THE_SHOP) is None:
        hours = default_calendar(tx.settings.shop_timezone)
        calendar = ShopCalendar(hours=hours, changed_at=tx.now)
        tx.add(calendar)
        tx.publish(calendar, calendar.changed())
    known = set(await tx.all(select(Script.call_type)))
    tx.add(
        *(
            Script(call_type=call_type, text=text, changed_at=tx.now)
            for call_type, text in FIRST_SCRIPTS.items()
            if call_type not in known
        )
    )
