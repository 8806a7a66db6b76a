"""The routers of front ends and customers; every route names the permission it needs."""

from reception.api import customer, desk, estimates, visits

routers = [visits.routes, estimates.routes, desk.routes, customer.routes]

__all__ = ["routers"]
