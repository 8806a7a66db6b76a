"""The rows of an invoice."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.domain.base import Base
from billing.domain.charges import Charge
from contracts.values import InvoiceLine, Title
from servicekit.columns import Json
from shopkit.columns import Money, Quantity, Rate


class InvoiceRow(Base):
    """One row of an invoice: the labour of a line (no part line), or one of its parts."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        Index(
            "uq_invoice_lines_natural",
            "invoice_id",
            "line_id",
            "part_line_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), primary_key=True)
    row_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
    line_id: Mapped[UUID]
    part_line_id: Mapped[UUID | None]
    part_no: Mapped[str | None]
    title: Mapped[Title | None] = mapped_column(Json(Title))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    labour_minutes: Mapped[int | None]
    unit_price: Mapped[Decimal] = mapped_column(Money)
    net: Mapped[Decimal] = mapped_column(Money)
    tax_rate: Mapped[Decimal] = mapped_column(Rate)
    gross: Mapped[Decimal] = mapped_column(Money)
    payer: Mapped[str]
    benefit: Mapped[str | None]

    def becomes(self, charge: Charge, position: int) -> None:
        """Take over what is charged now."""
        self.position = position
        for name in charge.__slots__:
            setattr(self, name, getattr(charge, name))

    def published(self) -> InvoiceLine:
        """The row as events and papers carry it."""
        return InvoiceLine(**{name: getattr(self, name) for name in InvoiceLine.model_fields})
