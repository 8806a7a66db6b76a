"""The routes of the parts department."""

from parts.api import catalogue, counter, purchasing, reservations, stock

ROUTERS = (
    catalogue.router,
    stock.router,
    reservations.router,
    counter.router,
    purchasing.router,
)
"""Everything that is served under ``/api/parts``."""
