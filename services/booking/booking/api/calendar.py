"""Routes of the shop's calendar (BOOK-34)."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

from pydantic import Field, ValidationError

from booking.commands import shop as commands
from booking.domain.shop_calendar import THE_SHOP, ShopCalendar, outside_hours
from booking.queries.appointments import starts_ahead
from booking.queries.views import CalendarView
from contracts.permissions import booking as may_booking
from servicekit import Invalid, NotFound, Stale, Tx
from servicekit.http import Body, TxDep, Who, may, problems
from servicekit.http import router as make_router
from shopkit.calendar import WorkingCalendar

router = make_router(tags=["shop"])

CalendarKeeper = Annotated[Who, may(may_booking.CALENDAR)]


class Hours(Body):
    """Opening hours of a weekday, shop-local."""

    weekday: int = Field(ge=0, le=6, description="0 Monday to 6 Sunday")
    opens: time = Field(description="shop-local time")
    closes: time = Field(description="shop-local time, later than opens")


class Pause(Body):
    """A break of every day, shop-local."""

    starts: time = Field(description="shop-local time")
    ends: time = Field(description="shop-local time, later than starts")


class Closed(Body):
    """A day without work."""

    on: date = Field(description="shop-local date")
    reason: str = Field(default="", max_length=200, description="holiday or other reason")


class Opened(Body):
    """A day with hours of its own."""

    on: date = Field(description="shop-local date; wins over a closed day")
    opens: time = Field(description="shop-local time")
    closes: time = Field(description="shop-local time, later than opens")


class ChangeCalendar(Body):
    """The whole calendar (BOOK-34)."""

    weekly_hours: tuple[Hours, ...] = Field(
        min_length=1, max_length=28, description="opening hours; other weekdays are closed"
    )
    breaks: tuple[Pause, ...] = Field(default=(), max_length=10, description="pauses of every working day")
    closed_days: tuple[Closed, ...] = Field(
        default=(), max_length=400, description="single days without work"
    )
    open_days: tuple[Opened, ...] = Field(
        default=(), max_length=400, description="single days with hours of their own"
    )
    working_weekdays: tuple[int, ...] = Field(
        default=(0, 1, 2, 3, 4),
        max_length=7,
        description="weekdays that count as working days, 0 Monday (F-13)",
    )
    holidays_of: str | None = Field(
        default="CN", max_length=2, description="country whose public holidays are no working days (F-13)"
    )

    def calendar(self, timezone: str) -> WorkingCalendar:
        """The same as a value. Raises ``Invalid`` (422)."""
        try:
            return WorkingCalendar.model_validate({"timezone": timezone, **self.model_dump()})
        except ValidationError as wrong:
            first = wrong.errors()[0]
            raise Invalid(".".join(str(part) for part in first["loc"]), first["msg"]) from wrong


@router.get("/calendar", responses=problems(NotFound))
async def read_calendar(tx: TxDep, who: Annotated[Who, may(may_booking.READ)]) -> CalendarView:
    """The shop's hours, and which confirmed appointments lie outside them."""
    found = await tx.session.get(ShopCalendar, THE_SHOP)
    if found is None:
        raise NotFound("calendar", THE_SHOP)
    tx.set_subject(found)
    return await _calendar(tx, found)


@router.put("/calendar", responses=problems(NotFound, Stale))
async def change_calendar(body: ChangeCalendar, tx: TxDep, who: CalendarKeeper) -> CalendarView:
    """Other hours from now on; whoever is booked outside them is listed, to be called."""
    hours = body.calendar(tx.settings.shop_timezone)
    return await _calendar(tx, await commands.change_calendar(tx, hours=hours))


async def _calendar(tx: Tx, calendar: ShopCalendar) -> CalendarView:
    await tx.session.flush()
    starts = await starts_ahead(tx)
    outside = set(outside_hours(calendar.hours, starts.values()))
    affected: list[UUID] = [id for id, start in starts.items() if start in outside]
    return CalendarView.of(calendar).model_copy(update={"appointments_outside": affected})
