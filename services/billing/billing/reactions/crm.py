"""Who owes, and on which terms: what crm reports."""

from billing.domain import (
    Customer,
)
from chassis import Tx
from contracts.crm import CustomerChanged, CustomerRegistered


async def copy_terms_on_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    """The customer's name, class and credit limit."""
    customer = await tx.find(Customer, event.customer_id)
    if customer is None:
        customer = Customer(customer_id=event.customer_id)
        tx.add(customer)
    customer.customer_no, customer.display_name = event.customer_no, event.display_name
    customer.customer_class, customer.credit_limit = event.customer_class, event.credit_limit
