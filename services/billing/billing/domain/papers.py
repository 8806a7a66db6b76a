"""What never changes once it happened: issued invoices with their numbers, payments, refunds."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.domain.base import Base
from contracts.values import InvoiceLine
from servicekit.columns import Json, Utc
from shopkit.columns import Money

Method = Literal["cash", "card", "transfer", "wechat", "alipay"]
METHODS: tuple[str, ...] = get_args(Method)


def invoice_number(year: int, n: int) -> str:
    """The number on the paper; ``n`` counts a shop-local year's invoices without gaps (BILL-21)."""
    return f"INV-{year}-{n:06d}"


class IssuedInvoice(Base):
    """An invoice as it was issued: number, rows and sums never change. One that was void because the job was
    reopened keeps its number, so that the numbers have no gaps."""

    __tablename__ = "issued_invoices"
    __table_args__ = (Index("ix_issued_invoices_issued_at", "issued_at"),)

    invoice_no: Mapped[str] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    revision: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(Utc)
    signed_at: Mapped[datetime] = mapped_column(Utc)
    lines: Mapped[tuple[InvoiceLine, ...]] = mapped_column(Json(tuple[InvoiceLine, ...]))
    total_net: Mapped[Decimal] = mapped_column(Money)
    total_tax: Mapped[Decimal] = mapped_column(Money)
    total_gross: Mapped[Decimal] = mapped_column(Money)
    payable: Mapped[Decimal] = mapped_column(Money)
    voided_at: Mapped[datetime | None] = mapped_column(Utc, default=None)


class Payment(Base):
    """Money taken for an invoice (BILL-07)."""

    __tablename__ = "payments"
    __table_args__ = (Index("ix_payments_received_on", "received_on", "method"),)

    payment_id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    method: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    received_at: Mapped[datetime] = mapped_column(Utc)
    received_on: Mapped[date]
    taken_by: Mapped[UUID]


class Refund(Base):
    """Money given back, once per measure (BILL-11)."""

    __tablename__ = "refunds"
    __table_args__ = (Index("ix_refunds_refunded_on", "refunded_on", "method"),)

    refund_id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    measure_id: Mapped[UUID] = mapped_column(unique=True)
    amount: Mapped[Decimal] = mapped_column(Money)
    method: Mapped[str]
    refunded_at: Mapped[datetime] = mapped_column(Utc)
    refunded_on: Mapped[date]
