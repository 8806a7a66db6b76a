"""Counts booking's key figures of a period, by one statement (BOOK-25, F-15)."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select, true

from booking.domain.appointment import Appointment
from booking.domain.appointment_states import AppointmentState
from booking.domain.copies import Visit
from booking.domain.figures import Counted
from booking.queries.views import KeyFiguresView
from servicekit import Tx


async def key_figures(tx: Tx, from_on: date, to_on: date) -> KeyFiguresView:
    """The figures of whole shop-local days, both ends included.

    A contact is a request that the desk took, a booking one of them that was confirmed; a car that comes
    back to go on is neither.
    """
    tz = tx.settings.timezone
    start = datetime.combine(from_on, time(), tz)
    end = datetime.combine(to_on + timedelta(days=1), time(), tz)
    requests = (
        select(
            func.count().label("requests"),
            func.count().filter(Appointment.confirmed_at.is_not(None)).label("bookings"),
            func.count()
            .filter(
                Appointment.fault_text != "",
                Appointment.fault_occurred != "",
                Appointment.wanted_from.is_not(None),
            )
            .label("complete"),
        )
        .where(
            Appointment.requested_at >= start,
            Appointment.requested_at < end,
            Appointment.visit_id.is_(None),
        )
        .subquery()
    )
    state = Appointment.state
    slots = (
        select(
            func.count().label("due"),
            func.count().filter(state == AppointmentState.KEPT).label("kept"),
            func.count().filter(state == AppointmentState.MISSED).label("missed"),
            func.count()
            .filter(state == AppointmentState.CANCELLED, Appointment.cancelled_in_time.is_(True))
            .label("cancelled"),
        )
        .where(
            Appointment.slot_start >= start,
            Appointment.slot_start < end,
            state != AppointmentState.CONFIRMED,
        )
        .subquery()
    )
    arrivals = (
        select(func.count().label("arrivals"), func.count().filter(Visit.booked).label("booked"))
        .where(Visit.arrived_at >= start, Visit.arrived_at < end)
        .subquery()
    )
    all_three = requests.join(slots, true()).join(arrivals, true())  # one row each
    counts = select(requests, slots, arrivals).select_from(all_three)
    row = (await tx.session.execute(counts)).one()
    counted = Counted(
        arrivals=row.arrivals,
        booked_arrivals=row.booked,
        contacts=row.requests,
        bookings=row.bookings,
        due=row.due,
        kept=row.kept,
        cancelled_in_time=row.cancelled,
        missed=row.missed,
        requests=row.requests,
        complete_requests=row.complete,
    )
    return KeyFiguresView(
        from_on=from_on,
        to_on=to_on,
        arrivals=counted.arrivals,
        booked_arrivals=counted.booked_arrivals,
        booking_share=counted.booking_share,
        contacts=counted.contacts,
        bookings=counted.bookings,
        contact_success=counted.contact_success,
        due=counted.due,
        kept=counted.kept,
        cancelled_in_time=counted.cancelled_in_time,
        missed=counted.missed,
        show_rate=counted.show_rate,
        no_show_rate=counted.no_show_rate,
        requests=counted.requests,
        complete_requests=counted.complete_requests,
        record_completeness=counted.record_completeness,
    )
