"""The doors for front ends and customers; every route names the permission it needs."""

from reception.api import customer, estimates, lists, visits

routers = [visits.routes, estimates.routes, lists.routes, customer.routes]

__all__ = ["routers"]
