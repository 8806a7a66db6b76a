"""The routes of the parts department."""

from parts.api import counter, parts, purchase_orders, reservations, stock, suppliers

ROUTERS = (
    parts.router,
    suppliers.router,
    stock.router,
    reservations.router,
    counter.router,
    purchase_orders.router,
)
"""Everything that is served under ``/api/parts``."""
