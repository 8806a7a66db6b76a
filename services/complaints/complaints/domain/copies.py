"""Copies of other departments' data, shown with a case (COMP-31)."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import Mapped, mapped_column

from complaints.domain.base import Base
from contracts.base import Fact, Instant
from contracts.values import InspectionItem, InvoiceLine, Technician
from servicekit.columns import Json, Utc
from shopkit.columns import Money


class Customer(Base):
    """A customer by name; phone and address stay at crm."""

    __tablename__ = "customers"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_no: Mapped[str]
    display_name: Mapped[str] = mapped_column(index=True)
    customer_class: Mapped[str]


class Visit(Base):
    """One stay of one car, as reception publishes it."""

    __tablename__ = "visits"

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    request_no: Mapped[str]
    customer_id: Mapped[UUID]
    vehicle_id: Mapped[UUID]
    plate: Mapped[str] = mapped_column(index=True)
    vin: Mapped[str | None] = mapped_column(index=True)
    make: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    model_year: Mapped[int | None]
    arrived_at: Mapped[datetime] = mapped_column(Utc, index=True)
    rework_of_visit_id: Mapped[UUID | None]
    original_promise: Mapped[datetime | None] = mapped_column(Utc)
    last_promise: Mapped[datetime | None] = mapped_column(Utc)
    handed_over_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    outcome: Mapped[str | None]
    record_no: Mapped[str | None]
    advisor_id: Mapped[UUID | None]

    @property
    def car_is_here(self) -> bool:
        """Neither handed over nor closed: a complaint now is an objection during the visit (COMP-05)."""
        return self.handed_over_at is None and self.closed_at is None


class Inspection(Fact):
    """One final inspection of a job: the quality record of a case."""

    passed: bool = Field(description="whether everything met the standard")
    at: Instant = Field(description="when, UTC")
    inspector_id: UUID = Field(description="employee who inspected the car")
    test_drive: bool | None = Field(default=None, description="whether the car was driven; null: not known")
    items: tuple[InspectionItem, ...] = Field(default=(), description="what was inspected")
    findings: tuple[str, ...] = Field(default=(), description="what was wrong")
    line_ids: tuple[UUID, ...] = Field(default=(), description="lines that had to be done again")
    technician_id: UUID | None = Field(default=None, description="whose work failed")
    penalty_points: int = Field(default=0, description="points for that technician (WORK-28)")


class Job(Base):
    """The workshop's work on a visit: who worked, and what the inspectors found."""

    __tablename__ = "jobs"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(unique=True)
    opened_at: Mapped[datetime | None] = mapped_column(Utc)
    ready_at: Mapped[datetime | None] = mapped_column(Utc)
    outcome: Mapped[str | None]
    technicians: Mapped[tuple[Technician, ...]] = mapped_column(Json(tuple[Technician, ...]), default=())
    inspections: Mapped[tuple[Inspection, ...]] = mapped_column(Json(tuple[Inspection, ...]), default=())


class InvoiceState(StrEnum):
    """How far billing is with an invoice."""

    PREPARED = "prepared"
    WITHDRAWN = "withdrawn"
    ISSUED = "issued"
    SETTLED = "settled"


class Invoice(Base):
    """What the customer owes for a visit; the lines show which work a case can be about."""

    __tablename__ = "invoices"

    invoice_id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(unique=True)
    customer_id: Mapped[UUID]
    state: Mapped[str]
    invoice_no: Mapped[str | None]
    issued_at: Mapped[datetime | None] = mapped_column(Utc)
    currency: Mapped[str]
    lines: Mapped[tuple[InvoiceLine, ...]] = mapped_column(Json(tuple[InvoiceLine, ...]), default=())
    total_gross: Mapped[Decimal] = mapped_column(Money)
    payable: Mapped[Decimal] = mapped_column(Money)
    balance: Mapped[Decimal] = mapped_column(Money)
    refunded: Mapped[Decimal] = mapped_column(Money, default=Decimal("0.00"))

    @property
    def is_issued(self) -> bool:
        """Numbered and immutable: money may have been paid on it."""
        return self.invoice_no is not None
