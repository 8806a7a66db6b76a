"""Customer relations' doors: customers, vehicles, contacts, calls, surveys, and the customer's own link."""

from crm.api import after_care, contacts, customers, links, surveys, vehicles

ROUTERS = (
    customers.router,
    vehicles.router,
    contacts.router,
    after_care.router,
    surveys.router,
    links.router,
)
