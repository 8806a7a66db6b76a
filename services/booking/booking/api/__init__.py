"""The routes of the booking department."""

from booking.api import (
    appointments,
    calendar,
    capacity,
    customers,
    directory,
    key_figures,
    scripts,
    services,
)

ROUTERS = (
    appointments.router,
    services.router,
    calendar.router,
    capacity.router,
    directory.router,
    scripts.router,
    key_figures.router,
    customers.router,
)
"""Everything that is served under ``/api/booking``, and customers' links at the root."""
