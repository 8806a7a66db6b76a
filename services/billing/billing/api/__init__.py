"""Billing's HTTP endpoints: labour rates, invoices and their money, receivables, accounts of visits."""

from billing.api import accounts, invoices, labour_rates, receivables

ROUTERS = (labour_rates.router, invoices.router, receivables.router, accounts.router)
