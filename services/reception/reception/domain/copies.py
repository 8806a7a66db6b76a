"""What reception knows of other departments: copies that their events keep, and that decide nothing."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from contracts.values import InvoiceLine, Line, ServicePart, Title
from reception.domain.base import Base
from servicekit.columns import Json
from shopkit.calendar import WorkingCalendar
from shopkit.columns import Money, Quantity, Rate

AppointmentState = Literal["requested", "confirmed", "kept", "missed", "cancelled"]
JobStatus = Literal[
    "waiting",
    "dispatched",
    "diagnosed",
    "repairing",
    "interrupted",
    "awaiting_answer",
    "awaiting_parts",
    "completed",
    "inspected",
    "rework",
    "ready",
    "reopened",
]
Progress = Literal["dispatched", "running", "done", "rework"]
InvoiceState = Literal["prepared", "withdrawn", "issued", "settled"]
ComplaintState = Literal["received", "answered", "resolved", "reopened"]


class Customer(Base):
    """A customer's name and class."""

    __tablename__ = "customers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_no: Mapped[str]
    display_name: Mapped[str]
    customer_class: Mapped[str]


class Vehicle(Base):
    """A vehicle and who brings it."""

    __tablename__ = "vehicles"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    plate: Mapped[str]
    vin: Mapped[str | None]
    make: Mapped[str]
    model: Mapped[str]
    model_year: Mapped[int | None]


# Desks search by the beginning of a name, plate or VIN; the operator class makes `like 'x%'` use the index.
Index(
    "ix_customers_name_begins",
    func.lower(Customer.display_name).label("name"),
    postgresql_ops={"name": "text_pattern_ops"},
)
Index("ix_vehicles_plate_begins", Vehicle.plate, postgresql_ops={"plate": "text_pattern_ops"})
Index("ix_vehicles_vin_begins", Vehicle.vin, postgresql_ops={"vin": "text_pattern_ops"})


class Appointment(Base):
    """A booked or requested slot, with what was prepared for it."""

    __tablename__ = "appointments"
    __table_args__ = (
        Index("ix_appointments_state_slot", "state", "slot_start"),
        Index("ix_appointments_listed", "listed_at", "id"),
        Index("ix_appointments_request", "request_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    request_no: Mapped[str]
    customer_id: Mapped[UUID]
    vehicle_id: Mapped[UUID]
    listed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="requested")
    fault_text: Mapped[str] = mapped_column(default="")
    urgency: Mapped[str] = mapped_column(default="normal")
    respond_by: Mapped[datetime | None] = mapped_column(default=None)
    slot_start: Mapped[datetime | None] = mapped_column(default=None)
    slot_end: Mapped[datetime | None] = mapped_column(default=None)
    lines: Mapped[tuple[Line, ...]] = mapped_column(Json(tuple[Line, ...]), default=tuple)
    bay_ready: Mapped[bool] = mapped_column(default=False)
    parts_ready: Mapped[bool] = mapped_column(default=False)
    crew_ready: Mapped[bool] = mapped_column(default=False)
    reception_ready: Mapped[bool] = mapped_column(default=False)
    visit_id: Mapped[UUID | None] = mapped_column(default=None)


class Service(Base):
    """An item of booking's menu: the template of a line."""

    __tablename__ = "services"

    code: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[Title] = mapped_column(Json(Title))
    work_type: Mapped[str]
    skill: Mapped[str]
    labour_minutes: Mapped[int]
    parts: Mapped[tuple[ServicePart, ...]] = mapped_column(Json(tuple[ServicePart, ...]))
    offered: Mapped[bool] = mapped_column(default=True)


class CatalogueEntry(Base):
    """A part's list price."""

    __tablename__ = "catalogue"

    part_no: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[Title] = mapped_column(Json(Title))
    unit: Mapped[str]
    unit_price: Mapped[Decimal] = mapped_column(Money)
    tax_rate: Mapped[Decimal] = mapped_column(Rate)
    sold: Mapped[bool] = mapped_column(default=True)


class LabourRate(Base):
    """What an hour of a kind of work costs a class of customers from a day on."""

    __tablename__ = "labour_rates"

    work_type: Mapped[str] = mapped_column(primary_key=True)
    customer_class: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    hourly_rate: Mapped[Decimal] = mapped_column(Money)
    tax_rate: Mapped[Decimal] = mapped_column(Rate)


class Calendar(Base):
    """The shop's working time, one row."""

    __tablename__ = "calendars"

    name: Mapped[str] = mapped_column(primary_key=True)
    hours: Mapped[WorkingCalendar] = mapped_column(Json(WorkingCalendar))


class PartAvailability(Base):
    """What of a part line is reserved, short, issued and returned."""

    __tablename__ = "part_availability"

    part_line_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID]
    request_id: Mapped[UUID] = mapped_column(index=True)
    part_no: Mapped[str]
    wanted: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    reserved: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    short: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    released: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    issued: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    returned: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(0))
    eta: Mapped[datetime | None] = mapped_column(default=None)
    purchase_order_no: Mapped[str | None] = mapped_column(default=None)


class Job(Base):
    """The workshop's job on a visit, as the desk shows it."""

    __tablename__ = "jobs"

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    job_id: Mapped[UUID]
    status: Mapped[str]
    priority_class: Mapped[str] = mapped_column(default="normal")
    technician_name: Mapped[str | None] = mapped_column(default=None)
    bay: Mapped[str | None] = mapped_column(default=None)
    planned_end: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    findings: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=tuple)
    forecast_at: Mapped[datetime | None] = mapped_column(default=None)
    updated_at: Mapped[datetime]


class JobLine(Base):
    """How far the workshop is with a line."""

    __tablename__ = "job_lines"

    line_id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(index=True)
    progress: Mapped[str]
    since: Mapped[datetime]
    result_text: Mapped[str] = mapped_column(default="")


class Invoice(Base):
    """The visit's invoice, as it is explained at handover."""

    __tablename__ = "invoices"

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    invoice_id: Mapped[UUID]
    revision: Mapped[int]
    estimate_revision: Mapped[int | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(default="prepared")
    invoice_no: Mapped[str | None] = mapped_column(default=None)
    lines: Mapped[tuple[InvoiceLine, ...]] = mapped_column(Json(tuple[InvoiceLine, ...]), default=tuple)
    total_gross: Mapped[Decimal] = mapped_column(Money)
    payable: Mapped[Decimal] = mapped_column(Money)
    balance: Mapped[Decimal] = mapped_column(Money)
    settled: Mapped[bool] = mapped_column(default=False)


class ComplaintMark(Base):
    """A complaint of this customer that the desk must know of."""

    __tablename__ = "complaint_marks"
    __table_args__ = (Index("ix_complaint_marks_customer", "customer_id", "state"),)

    complaint_id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_no: Mapped[str] = mapped_column(default="")
    customer_id: Mapped[UUID]
    visit_id: Mapped[UUID | None] = mapped_column(index=True, default=None)
    state: Mapped[str] = mapped_column(default="received")
    level: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")
    respond_by: Mapped[datetime | None] = mapped_column(default=None)
    resolve_by: Mapped[datetime | None] = mapped_column(default=None)
    overdue_clock: Mapped[str | None] = mapped_column(default=None)
    measures_done: Mapped[int] = mapped_column(default=0)
