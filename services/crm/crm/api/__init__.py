"""Crm's HTTP endpoints: customers, vehicles, contacts, calls, surveys, and the customer's own link."""

from crm.api import contacts, customers, follow_ups, links, surveys, vehicles

ROUTERS = (
    customers.router,
    vehicles.router,
    contacts.router,
    follow_ups.router,
    surveys.router,
    links.router,
)
