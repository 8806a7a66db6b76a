"""The doors of staff: sign-in, employees, their accounts."""

from staff.api import accounts, employees, sessions

ROUTERS = (sessions.router, employees.router, accounts.router)
