"""What people may do in booking: the menu, the calendar and appointments."""

READ = "booking.read"
"""See requests, appointments, capacity and the menu."""
BOOK = "booking.book"
"""Take requests, confirm, reschedule and cancel appointments."""
PREPARE = "booking.prepare"
"""Tick the preparations of a booked car."""
MENU = "booking.menu"
"""Offer and withdraw menu items."""
CALENDAR = "booking.calendar"
"""Change working hours, closed days and capacity."""
OVERBOOK = "booking.overbook"
"""Go beyond a day's capacity as a supervisor (BOOK-39)."""

ALL = frozenset({READ, BOOK, PREPARE, MENU, CALENDAR, OVERBOOK})
