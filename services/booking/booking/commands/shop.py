"""What managers decide: the menu, the calendar, the crew of a day, the scripts; and what a new shop has."""

from datetime import date

from pydantic import ValidationError
from sqlalchemy import select

from booking.commands.slots import lock_days
from booking.domain.calls import FIRST_SCRIPTS, CallType, Script
from booking.domain.menu import MenuItem, ServiceTerms
from booking.domain.shop_calendar import THE_SHOP, ShopCalendar
from booking.queries.menu import parts_on_sale
from contracts.values import Title
from servicekit import Invalid, Tx
from shopkit.calendar import WorkingCalendar, default_calendar


async def offer_service(tx: Tx, *, service_code: str, terms: ServiceTerms) -> MenuItem:
    """Put a service on the menu, or change what is there. Raises ``PartUnknown``."""
    item = await tx.find(MenuItem, service_code)
    if item is None:
        item = MenuItem(service_code=service_code, terms=terms, changed_at=tx.now)
        tx.add(item)
    else:
        item = await tx.get(MenuItem, service_code)
    sold = await parts_on_sale(tx, {needed.part_no for needed in terms.parts})
    tx.publish(item, item.offer(terms, parts=sold, at=tx.now))
    return item


async def withdraw_service(tx: Tx, *, service_code: str) -> None:
    """Take a service off the menu."""
    item = await tx.get(MenuItem, service_code)
    tx.publish(item, item.withdraw(at=tx.now))


async def change_calendar(tx: Tx, *, hours: WorkingCalendar) -> ShopCalendar:
    """The shop works by other hours from now on; everyone who counts working time is told (BOOK-34)."""
    calendar = await tx.get(ShopCalendar, THE_SHOP)
    tx.publish(calendar, calendar.change(hours, at=tx.now))
    return calendar


def working_calendar(timezone: str, **parts: object) -> WorkingCalendar:
    """A calendar from what a manager typed. Raises ``Invalid`` (422)."""
    try:
        return WorkingCalendar.model_validate({"timezone": timezone, **parts})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Invalid(".".join(str(part) for part in first["loc"]), first["msg"]) from wrong


async def set_crew(tx: Tx, *, day: date, technicians: int | None) -> None:
    """How many technicians work on one day; ``None``: as many as on any other (F-16)."""
    (await lock_days(tx, [day]))[day].technicians = technicians


async def write_script(tx: Tx, *, call_type: CallType, text: Title) -> Script:
    """What is said on a type of call from now on (BOOK-35)."""
    script = await tx.get(Script, call_type)
    script.text, script.changed_by, script.changed_at = text, tx.by, tx.now
    return script


async def open_shop(tx: Tx) -> None:
    """A new shop begins with the default calendar, published once, and a script for each kind of call."""
    if await tx.find(ShopCalendar, THE_SHOP) is None:
        hours = default_calendar(tx.settings.shop_timezone)
        calendar = ShopCalendar(hours=hours, changed_at=tx.now)
        tx.add(calendar)
        tx.publish(calendar, calendar.told())
    known = set(await tx.all(select(Script.call_type)))
    tx.add(
        *(
            Script(call_type=call_type, text=text, changed_at=tx.now)
            for call_type, text in FIRST_SCRIPTS.items()
            if call_type not in known
        )
    )
