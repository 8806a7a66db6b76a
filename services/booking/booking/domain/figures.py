"""Booking's key figures (BOOK-25), as formula F-15 defines them."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_FOUR = Decimal("0.0001")


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(_FOUR, ROUND_HALF_UP) if whole else None


@dataclass(frozen=True, slots=True)
class Counted:
    """What happened in a period."""

    arrivals: int
    booked_arrivals: int
    contacts: int
    bookings: int
    due: int
    kept: int
    cancelled_in_time: int
    missed: int
    requests: int
    complete_requests: int

    @property
    def booking_share(self) -> Decimal | None:
        """Arrivals with a booking / all arrivals (预约占进厂客户比例); ``None`` without arrivals."""
        return _share(self.booked_arrivals, self.arrivals)

    @property
    def contact_success(self) -> Decimal | None:
        """Bookings made / contacts attempted (预约成功率)."""
        return _share(self.bookings, self.contacts)

    @property
    def show_rate(self) -> Decimal | None:
        """Arrived / due, those cancelled in time taken out."""
        return _share(self.kept, self.due - self.cancelled_in_time)

    @property
    def no_show_rate(self) -> Decimal | None:
        """Missed / due, those cancelled in time taken out."""
        return _share(self.missed, self.due - self.cancelled_in_time)

    @property
    def record_completeness(self) -> Decimal | None:
        """Requests whose record is complete / all requests (预约内容记录)."""
        return _share(self.complete_requests, self.requests)
