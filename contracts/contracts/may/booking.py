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

ALL = frozenset({READ, BOOK, PREPARE, MENU, CALENDAR})
