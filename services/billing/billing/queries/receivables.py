"""What customers owe, and the day's money, for reading."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select

from billing.domain import (
    HouseRules,
    Invoice,
    IssuedInvoice,
    Payment,
    Refund,
)
from billing.queries.rows import IS_DISPUTED, facts_of, with_names
from billing.queries.views import (
    AgeGroup,
    DayEnd,
    MethodSum,
    ReceivableView,
)
from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from shopkit.money import ZERO


async def receivables(
    tx: Tx, page: PageRequest, *, customer_id: UUID | None, overdue: bool | None, disputed: bool | None
) -> Page[ReceivableView]:
    """What customers owe, the longest due first (BILL-20)."""
    rows = with_names().where(Invoice.balance > 0, Invoice.payment_due_at.is_not(None))
    if customer_id is not None:
        rows = rows.where(Invoice.customer_id == customer_id)
    if overdue is not None:
        rows = rows.where(Invoice.overdue_since.is_not(None) if overdue else Invoice.overdue_since.is_(None))
    if disputed is not None:
        rows = rows.where(IS_DISPUTED if disputed else ~IS_DISPUTED)
    now = tx.now

    def view(row: Sequence[Any]) -> ReceivableView:
        facts = facts_of(row)
        late = (now - facts["payment_due_at"]).days
        return ReceivableView(**facts, days_overdue=max(0, late))

    return await paginate(tx, rows, page, by=(Invoice.payment_due_at, Invoice.id), view=view)


async def ageing(tx: Tx) -> list[AgeGroup]:
    """What customers owe, by how long it has been due; groups by house rule."""
    rules = await tx.rules(HouseRules)
    steps = [0, *rules.ageing_days]
    due = Invoice.payment_due_at
    group = case(*((due <= tx.now - timedelta(days=days), days) for days in reversed(steps)), else_=-1).label(
        "from_days"
    )
    owed = select(group, func.count(), func.sum(Invoice.balance)).where(Invoice.balance > 0, due.is_not(None))
    found = {row[0]: row for row in (await tx.session.execute(owed.group_by(group))).all()}
    return [
        AgeGroup(
            from_days=None if days < 0 else days,
            invoices=found[days][1] if days in found else 0,
            balance=found[days][2] if days in found else ZERO,
        )
        for days in (-1, *steps)
    ]


async def day_end(tx: Tx, on: date) -> DayEnd:
    """What came in and went out on a shop-local day, by method, and the numbers given out."""
    received = await _by_method(tx, Payment.method, Payment.amount, Payment.received_on == on)
    refunded = await _by_method(tx, Refund.method, Refund.amount, Refund.refunded_on == on)
    nothing = (0, ZERO)
    methods = [
        MethodSum(
            method=method,
            payments=received.get(method, nothing)[0],
            received=received.get(method, nothing)[1],
            refunds=refunded.get(method, nothing)[0],
            refunded=refunded.get(method, nothing)[1],
            net=received.get(method, nothing)[1] - refunded.get(method, nothing)[1],
        )
        for method in sorted({*received, *refunded})
    ]
    begin = datetime.combine(on, time(), tx.settings.timezone).astimezone(UTC)
    end = datetime.combine(on + timedelta(days=1), time(), tx.settings.timezone).astimezone(UTC)
    papers = await tx.all(
        select(IssuedInvoice)
        .where(IssuedInvoice.issued_at >= begin, IssuedInvoice.issued_at < end)
        .order_by(IssuedInvoice.invoice_no)
    )
    valid = [paper for paper in papers if paper.voided_at is None]
    return DayEnd(
        on=on,
        currency=tx.settings.shop_currency,
        methods=methods,
        received=sum((m.received for m in methods), ZERO),
        refunded=sum((m.refunded for m in methods), ZERO),
        net=sum((m.net for m in methods), ZERO),
        invoices_issued=len(valid),
        invoiced_payable=sum((paper.payable for paper in valid), ZERO),
        voided=[paper.invoice_no for paper in papers if paper.voided_at is not None],
    )


async def _by_method(tx: Tx, method: Any, amount: Any, on: Any) -> dict[str, tuple[int, Decimal]]:
    sums = select(method, func.count(), func.sum(amount)).where(on).group_by(method)
    return {name: (n, total) for name, n, total in (await tx.session.execute(sums)).all()}
