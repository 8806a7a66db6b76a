"""Who owes, and on which terms: what crm reports."""

from billing.domain import (
    Customer,
)
from contracts.events.crm import CustomerChanged, CustomerRegistered
from servicekit import Tx
from servicekit.copies import keep


async def copy_terms_on_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    """The customer's name, class and credit limit."""
    told = ("customer_no", "display_name", "customer_class", "credit_limit")
    facts = {name: getattr(event, name) for name in told}
    await keep(tx, Customer, {"customer_id": event.customer_id}, facts)
