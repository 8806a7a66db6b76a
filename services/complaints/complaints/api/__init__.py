"""The endpoints of complaints: cases, their handling, measures, the ledger and the figures."""

from complaints.api import cases, handling, ledger, measures

ROUTERS = (cases.routes, handling.routes, measures.routes, ledger.routes)
