"""The doors of complaints: cases, their handling, measures, the ledger and the figures."""

from complaints.api import cases, handling, ledger, measures

ROUTERS = (cases.router, handling.router, measures.router, ledger.router)
