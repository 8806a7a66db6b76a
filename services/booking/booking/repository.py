"""Loading and locking of booking's aggregates, and the facts that decisions need.

Lock order everywhere: request (advisory), visit or reservation, appointment, days by date.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.dialects.postgresql import insert

from booking.domain.appointment import Appointment
from booking.domain.appointment_states import AppointmentState
from booking.domain.capacity import CapacityDay
from booking.domain.copies import Part, Reservation, Visit
from booking.domain.diary import HeldSlot
from booking.domain.menu import MenuItem
from booking.domain.shop_calendar import THE_SHOP, ShopCalendar
from servicekit import NotFound, Tx
from servicekit.loading import load
from shopkit.calendar import WorkingCalendar

_OPEN = Appointment.state.in_([AppointmentState.REQUESTED, AppointmentState.CONFIRMED])
_PARTS = ("days", "calls", "changes")
_PREFERRED = [
    AppointmentState.CONFIRMED,
    AppointmentState.REQUESTED,
    AppointmentState.MISSED,
    AppointmentState.CANCELLED,
]


async def lock_request(tx: Tx, request_id: UUID) -> None:
    """Make whoever else handles the same request wait: one of two sees what the other has noted."""
    await tx.lock(f"request {request_id}")


async def lock_visit(tx: Tx, visit_id: UUID) -> Visit:
    """A visit after its request. Raises ``NotFound``."""
    request_id = await tx.session.scalar(select(Visit.request_id).where(Visit.visit_id == visit_id))
    if request_id is None:
        raise NotFound("visit", visit_id)
    await lock_request(tx, request_id)
    return await tx.get(Visit, visit_id)


async def lock_reservation(tx: Tx, reservation_id: UUID, request_id: UUID) -> Reservation:
    """The copy of a reservation after its request; begun if this is the first event of it."""
    await lock_request(tx, request_id)
    held = await tx.find(Reservation, reservation_id)
    if held is None:
        held = Reservation(reservation_id=reservation_id, request_id=request_id)
        tx.add(held)
    held.updated_at = tx.now
    return held


async def load_appointment(tx: Tx, appointment_id: UUID) -> Appointment:
    """An appointment with its labour by day, not locked. Raises ``NotFound``."""
    found = await tx.session.get(Appointment, appointment_id)
    if found is None:
        raise NotFound("appointment", appointment_id)
    return await load(tx, found, "days")


async def lock_appointment(tx: Tx, appointment_id: UUID) -> Appointment:
    """An appointment with its days, calls and history. Raises ``NotFound``."""
    return await load(tx, await tx.get(Appointment, appointment_id), *_PARTS)


async def find_appointment(tx: Tx, appointment_id: UUID) -> Appointment | None:
    """The same, locked, or ``None``."""
    found = await tx.find(Appointment, appointment_id)
    return None if found is None else await load(tx, found, *_PARTS)


async def lock_open_return(tx: Tx, visit_id: UUID) -> Appointment | None:
    """The appointment by which the car of a visit is to come (back)."""
    query = select(Appointment).where(Appointment.visit_id == visit_id, _OPEN).with_for_update()
    found = (await tx.session.scalars(query)).one_or_none()
    return None if found is None else await load(tx, found, *_PARTS)


async def lock_open_appointments(tx: Tx, request_id: UUID) -> list[Appointment]:
    """The open appointments of a request, by id."""
    query = select(Appointment).where(Appointment.request_id == request_id, _OPEN)
    found = await tx.all(query.order_by(Appointment.id).with_for_update())
    return [await load(tx, one, *_PARTS) for one in found]


async def lock_expected(
    tx: Tx, *, visit_id: UUID, request_id: UUID, appointment_id: UUID | None
) -> Appointment | None:
    """The appointment that a visit keeps: the one it names, its own, else its request's."""
    if appointment_id is not None:
        named = await find_appointment(tx, appointment_id)
        if named is not None:
            return named
    first = Appointment.request_id == request_id
    return await _lock_best(tx, or_(Appointment.visit_id == visit_id, first & Appointment.visit_id.is_(None)))


async def lock_return(tx: Tx, visit_id: UUID) -> Appointment | None:
    """The appointment by which the car of a visit came back, in whatever state it is."""
    return await _lock_best(tx, Appointment.visit_id == visit_id)


async def _lock_best(tx: Tx, condition: ColumnElement[bool]) -> Appointment | None:
    query = (
        select(Appointment)
        .where(condition, Appointment.state != AppointmentState.KEPT)
        .order_by(Appointment.requested_at.desc(), Appointment.id.desc())
        .with_for_update()
    )
    found: Sequence[Appointment] = await tx.all(query)
    best = min(found, key=lambda one: _PREFERRED.index(AppointmentState(one.state)), default=None)
    return None if best is None else await load(tx, best, *_PARTS)


async def lock_days(tx: Tx, days: Iterable[date]) -> dict[date, CapacityDay]:
    """The rows of these days, made where they are missing, locked in order of time."""
    wanted = sorted(set(days))
    if not wanted:
        return {}
    fresh = [
        {
            "day": day,
            "version": 0,
            "sequence": 0,
            "booked_minutes": 0,
            "maintenance_minutes": 0,
            "walk_in_minutes": 0,
        }
        for day in wanted
    ]
    await tx.session.execute(insert(CapacityDay).values(fresh).on_conflict_do_nothing())
    locked = select(CapacityDay).where(CapacityDay.day.in_(wanted)).order_by(CapacityDay.day)
    rows = await tx.all(locked.with_for_update().execution_options(populate_existing=True))
    return {row.day: row for row in rows}


async def shop_hours(tx: Tx) -> WorkingCalendar:
    """The calendar in force."""
    hours = select(ShopCalendar.hours).where(ShopCalendar.calendar == THE_SHOP)
    found: WorkingCalendar = (await tx.session.execute(hours)).scalar_one()
    return found


def whole_days(start: datetime, end: datetime, tz: ZoneInfo) -> tuple[datetime, datetime]:
    """From the midnight before ``start`` to the one after ``end``, shop-local."""
    first, last = start.astimezone(tz).date(), end.astimezone(tz).date() + timedelta(days=1)
    return datetime.combine(first, time(), tz), datetime.combine(last, time(), tz)


async def slots_held(tx: Tx, start: datetime, end: datetime, *, but: UUID | None = None) -> list[HeldSlot]:
    """All slots that touch a span of time, without that of one appointment."""
    query = select(
        Appointment.id, Appointment.vehicle_id, Appointment.slot_start, Appointment.slot_end
    ).where(Appointment.slot_held, Appointment.slot_start < end, Appointment.slot_end > start)
    if but is not None:
        query = query.where(Appointment.id != but)
    rows = (await tx.session.execute(query)).all()
    return [
        HeldSlot(id, vehicle_id, a, b) for id, vehicle_id, a, b in rows if a is not None and b is not None
    ]


async def parts_on_sale(tx: Tx, part_nos: Iterable[str]) -> dict[str, Part]:
    """Those of the parts that the catalogue sells."""
    wanted = set(part_nos)
    if not wanted:
        return {}
    found = await tx.all(select(Part).where(Part.part_no.in_(wanted), Part.withdrawn.is_(False)))
    return {part.part_no: part for part in found}


async def menu_items(tx: Tx, service_codes: Iterable[str]) -> dict[str, MenuItem]:
    """The menu items with these codes, as far as there are any."""
    wanted = set(service_codes)
    if not wanted:
        return {}
    found = await tx.all(select(MenuItem).where(MenuItem.service_code.in_(wanted)))
    return {item.service_code: item for item in found}
