"""Who owes, and on which terms: what crm reports."""

from billing.domain import Customer
from contracts.events.crm import CustomerChanged, CustomerRegistered
from servicekit import Tx
from servicekit.copies import Columns, keep


async def copy_terms_on_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    """The customer's name, class and credit limit."""
    terms: Columns = {
        Customer.customer_no: event.customer_no,
        Customer.display_name: event.display_name,
        Customer.customer_class: event.customer_class,
        Customer.credit_limit: event.credit_limit,
    }
    await keep(tx, Customer, {Customer.customer_id: event.customer_id}, terms)
