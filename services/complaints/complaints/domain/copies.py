"""What complaints keeps of other departments, to show the facts of a case beside it (COMP-31)."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

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
    """One stay of one car, as reception tells it."""

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

    passed: bool
    at: Instant
    inspector_id: UUID
    test_drive: bool | None = None
    items: tuple[InspectionItem, ...] = ()
    findings: tuple[str, ...] = ()
    line_ids: tuple[UUID, ...] = ()
    technician_id: UUID | None = None
    penalty_points: int = 0


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
