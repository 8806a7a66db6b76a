"""Appointments for the screens: one with all its surroundings, and the lists of the booking desk."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, select

from booking.domain.appointment import Appointment
from booking.domain.appointment_states import AppointmentState
from booking.domain.calls import Call
from booking.domain.copies import Customer, Reservation, Vehicle
from booking.domain.diary import SlotWarning
from booking.queries.views import (
    AppointmentRow,
    AppointmentView,
    CallView,
    CustomerShown,
    DueCallView,
    VehicleShown,
)
from servicekit import NotFound, Tx
from servicekit.http import Page, PageRequest, paginate
from servicekit.loading import load


async def appointment(
    tx: Tx, appointment_id: UUID, *, warnings: Sequence[SlotWarning] = ()
) -> AppointmentView:
    """Everything about one appointment, as this transaction sees it. Raises ``NotFound``."""
    await tx.session.flush()
    query = (
        select(Appointment, Customer, Vehicle, Reservation)
        .outerjoin(Customer, Customer.customer_id == Appointment.customer_id)
        .outerjoin(Vehicle, Vehicle.vehicle_id == Appointment.vehicle_id)
        .outerjoin(Reservation, Reservation.request_id == Appointment.request_id)
        .where(Appointment.id == appointment_id)
    )
    row = (await tx.session.execute(query)).one_or_none()
    if row is None:
        raise NotFound("appointment", appointment_id)
    found, customer, vehicle, reservation = row
    await load(tx, found, "calls", "changes")
    tx.set_subject(found)
    shown: dict[str, Any] = {
        "customer": CustomerShown.of(customer) if customer else CustomerShown(customer_id=found.customer_id),
        "customer_name": customer.display_name if customer else None,
        "vehicle": VehicleShown.of(vehicle) if vehicle else VehicleShown(vehicle_id=found.vehicle_id),
        "plate": vehicle.plate if vehicle else None,
        "response_overdue": found.is_overdue(tx.now),
        "warnings": list(warnings),
    }
    if reservation is not None:
        shown["reservation"] = reservation.of_lines(found.lines)
        shown["parts_on_order"] = reservation.on_order
    return AppointmentView.of(found).model_copy(update=shown)


def _listed() -> Select[Appointment, str, str]:
    return (
        select(Appointment, Customer.display_name, Vehicle.plate)
        .outerjoin(Customer, Customer.customer_id == Appointment.customer_id)
        .outerjoin(Vehicle, Vehicle.vehicle_id == Appointment.vehicle_id)
    )


async def _page(
    tx: Tx,
    query: Select[Appointment, str, str],
    page: PageRequest,
    by: Sequence[Any],
    *,
    descending: bool = False,
) -> Page[AppointmentRow]:
    def row(found: Any) -> AppointmentRow:
        one, name, plate = found[0], found[1], found[2]
        overdue = one.is_overdue(tx.now)
        return AppointmentRow.of(one).model_copy(
            update={"customer_name": name, "plate": plate, "response_overdue": overdue}
        )

    return await paginate(tx, query, page, by=by, view=row, descending=descending)


async def appointments(
    tx: Tx,
    page: PageRequest,
    *,
    state: AppointmentState | None,
    request_no: str | None,
    customer_id: UUID | None,
    vehicle_id: UUID | None,
    visit_id: UUID | None,
    urgency: str | None,
) -> Page[AppointmentRow]:
    """All appointments, the latest request first."""
    equals: dict[Any, Any] = {
        Appointment.state: state,
        Appointment.request_no: request_no,
        Appointment.customer_id: customer_id,
        Appointment.vehicle_id: vehicle_id,
        Appointment.visit_id: visit_id,
        Appointment.urgency: urgency,
    }
    asked = [column == value for column, value in equals.items() if value is not None]
    by = (Appointment.requested_at, Appointment.id)
    return await _page(tx, _listed().where(*asked), page, by, descending=True)


async def day_list(tx: Tx, day: date, page: PageRequest, *, prepared: bool | None) -> Page[AppointmentRow]:
    """Who is booked on a day and how ready the shop is for each (BOOK-18, BOOK-24), by slot."""
    start = _midnight(day, tx.settings.timezone)
    end = _midnight(day + timedelta(days=1), tx.settings.timezone)
    asked: list[ColumnElement[bool]] = [
        Appointment.slot_start >= start,
        Appointment.slot_start < end,
        Appointment.state.in_([AppointmentState.CONFIRMED, AppointmentState.KEPT, AppointmentState.MISSED]),
    ]
    if prepared is not None:
        asked.append(Appointment.prepared_at.is_not(None) if prepared else Appointment.prepared_at.is_(None))
    return await _page(tx, _listed().where(*asked), page, (Appointment.slot_start, Appointment.id))


async def unanswered(tx: Tx, page: PageRequest, *, overdue: bool) -> Page[AppointmentRow]:
    """Requests whose 24-hour clock runs, the nearest first; or only those that are too late (BOOK-08)."""
    asked = and_(Appointment.state == AppointmentState.REQUESTED, Appointment.responded_at.is_(None))
    if overdue:
        asked = and_(asked, Appointment.respond_by < tx.now)
    return await _page(tx, _listed().where(asked), page, (Appointment.respond_by, Appointment.id))


async def due_calls(
    tx: Tx, page: PageRequest, *, until: datetime | None, kind: str | None
) -> Page[DueCallView]:
    """The calls that are due, the oldest first (BOOK-11, BOOK-15, BOOK-38)."""
    query = (
        select(Call, Appointment, Customer.display_name, Vehicle.plate)
        .join(Appointment, Appointment.id == Call.appointment_id)
        .outerjoin(Customer, Customer.customer_id == Appointment.customer_id)
        .outerjoin(Vehicle, Vehicle.vehicle_id == Appointment.vehicle_id)
        .where(Call.done_at.is_(None), Call.due_at <= (until or tx.now))
    )
    if kind is not None:
        query = query.where(Call.kind == kind)

    def row(found: Any) -> DueCallView:
        call, about, name, plate = found[0], found[1], found[2], found[3]
        return DueCallView(
            call=CallView.of(call),
            appointment_id=about.id,
            request_no=about.request_no,
            state=about.state,
            customer_id=about.customer_id,
            customer_name=name,
            plate=plate,
            slot_start=about.slot_start,
        )

    return await paginate(tx, query, page, by=(Call.due_at, Call.id), view=row)


async def starts_ahead(tx: Tx) -> dict[UUID, datetime]:
    """The slots that are confirmed and still to come."""
    query = select(Appointment.id, Appointment.slot_start).where(
        Appointment.state == AppointmentState.CONFIRMED,
        Appointment.slot_held,
        Appointment.slot_end > tx.now,
        Appointment.slot_start > tx.now,
    )
    rows = (await tx.session.execute(query)).all()
    return {id: start for id, start in rows if start is not None}


def _midnight(day: date, tz: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tz)
