"""What several screens of billing show alike: invoices with names, their money, visits found by a word."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, or_, select, union
from sqlalchemy.orm import raiseload

from billing.domain import (
    Account,
    Customer,
    Dispute,
    Invoice,
    Measure,
    Payment,
)
from billing.queries.views import InvoiceSummary, TaxView
from servicekit import Tx
from shopkit.money import totals
from shopkit.numbers import search_key

IS_DISPUTED = exists().where(
    Dispute.is_open,
    or_(
        Dispute.visit_id == Invoice.visit_id,
        (Dispute.customer_id == Invoice.customer_id) & Dispute.visit_id.is_(None),
    ),
)
_JOINED = frozenset({"request_no", "plate", "customer_name", "disputed", "allowed"})


def with_names() -> Any:
    """Invoices with request number, plate, customer's name and whether they are disputed."""
    return (
        select(Invoice, Account.request_no, Account.plate, Customer.display_name, IS_DISPUTED)
        .join(Account, Account.visit_id == Invoice.visit_id)
        .join(Customer, Customer.customer_id == Invoice.customer_id, isouter=True)
        .options(raiseload(Invoice.lines))
    )


def facts_of(row: Sequence[Any]) -> dict[str, Any]:
    """The fields of a summary, of a row of ``with_names``."""
    invoice, request_no, plate, name, disputed = row[:5]
    own = {f: getattr(invoice, f) for f in InvoiceSummary.model_fields if f not in _JOINED}
    return own | {
        "request_no": request_no,
        "plate": plate,
        "customer_name": name,
        "disputed": disputed,
        "allowed": invoice.allowed(),
    }


def visits_found(search: str) -> Select[tuple[UUID]]:
    """Visits by the beginning of name, plate, VIN or request number, each through its own index."""
    key = search_key(search)
    named = select(Customer.customer_id).where(Customer.display_name.startswith(search, autoescape=True))
    found = union(
        select(Account.visit_id).where(Account.plate.startswith(key, autoescape=True)),
        select(Account.visit_id).where(Account.vin.startswith(key, autoescape=True)),
        select(Account.visit_id).where(Account.request_no.startswith(search.upper(), autoescape=True)),
        select(Account.visit_id).where(Account.customer_id.in_(named)),
    ).subquery()
    return select(found.c.visit_id)


async def measures_of(tx: Tx, visit_id: UUID) -> list[Measure]:
    """The measures of a visit, oldest first."""
    found = select(Measure).where(Measure.visit_id == visit_id)
    return await tx.all(found.order_by(Measure.decided_at, Measure.measure_id))


def taxes_of(held: Invoice) -> list[TaxView]:
    """The tax of an invoice, per rate."""
    by_rate = totals((row.net, row.tax_rate) for row in held.lines).by_rate
    return [TaxView(tax_rate=rate, net=t.net, tax=t.tax, gross=t.gross) for rate, t in by_rate.items()]


async def payments_of(tx: Tx, invoice_id: UUID) -> list[Payment]:
    """The payments of an invoice, oldest first."""
    found = select(Payment).where(Payment.invoice_id == invoice_id)
    return await tx.all(found.order_by(Payment.received_at, Payment.payment_id))
