"""The routers of sign-in, employees and their accounts; every route names the permission it needs."""

from staff.api import accounts, employees, sessions

routers = [sessions.routes, employees.routes, accounts.routes]

__all__ = ["routers"]
