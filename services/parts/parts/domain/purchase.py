"""Purchasing: suppliers, and orders from request to receipt with the arrival they promise (PART-13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.events.parts import PurchaseOrderPlaced, PurchaseOrderReceived
from contracts.values import OrderedPart
from parts.domain.base import Base
from parts.domain.stock import NONE
from servicekit import Aggregate, NotFound, Refusal
from servicekit.columns import Json, Utc
from servicekit.ids import new_id
from servicekit.states import Machine
from shopkit.calendar import WorkingCalendar
from shopkit.columns import Money, Quantity


class SupplierNotQualified(Refusal):
    """Parts are bought only from qualified suppliers."""


class SupplierAlreadyKnown(Refusal):
    """There is a supplier of this name."""


class MoreThanOrdered(Refusal):
    """More was delivered than is still open on this order line."""


class OrderState(StrEnum):
    """A requested order still lacks its supplier."""

    REQUESTED = "requested"
    PLACED = "placed"
    RECEIVED = "received"
    CANCELLED = "cancelled"


REQUESTED, PLACED, RECEIVED = OrderState.REQUESTED, OrderState.PLACED, OrderState.RECEIVED
ORDER = Machine[OrderState](
    "purchase-order",
    {
        "place": ({REQUESTED}, PLACED),
        "receive_part": ({PLACED}, PLACED),
        "receive": ({PLACED}, RECEIVED),
        "change_eta": [({REQUESTED}, REQUESTED), ({PLACED}, PLACED)],
        "cancel": ({REQUESTED, PLACED}, OrderState.CANCELLED),
    },
    initial=REQUESTED,
)


def delivery_expected(calendar: WorkingCalendar, ordered_at: datetime, working_days: int) -> datetime:
    """When a delivery is expected: the close of business after so many working days (PART-05), UTC."""
    ordered_on = ordered_at.astimezone(ZoneInfo(calendar.timezone)).date()
    due_on = calendar.add_working_days(ordered_on, working_days)
    open_hours = calendar.intervals_on(due_on)
    if not open_hours:
        return ordered_at + timedelta(days=(due_on - ordered_on).days)
    return max(open_hours[-1][1], ordered_at)


class Supplier(Aggregate, Base):
    """Whom parts are bought from; only the qualified are ordered from (PART-12)."""

    __tablename__ = "suppliers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)
    qualified: Mapped[bool]
    qualification: Mapped[str] = mapped_column(default="")
    lead_working_days: Mapped[int | None]

    def must_be_qualified(self) -> None:
        """Raises ``SupplierNotQualified`` (PART-12)."""
        if not self.qualified:
            raise SupplierNotQualified(supplier_id=self.id, name=self.name)


class EtaChange(BaseModel):
    """One change of the expected arrival (PART-06)."""

    model_config = ConfigDict(frozen=True)

    old_due_at: datetime | None = Field(description="arrival expected before, UTC")
    new_due_at: datetime = Field(description="arrival expected from then on, UTC")
    reason: str = Field(description="the supplier's reason, masked")
    by: str = Field(description="employee id, or system")
    at: datetime = Field(description="when it was noted, UTC")


@dataclass(frozen=True, slots=True)
class Delivered:
    """One row of a delivery note."""

    line_id: UUID
    quantity: Decimal
    unit_cost: Decimal | None = None
    batch: str | None = None
    certificate_no: str | None = None


class PurchaseOrderLine(Base):
    """A part on order; ``part_line_id`` is the reservation line that asked for it, if any."""

    __tablename__ = "purchase_order_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("received >= 0 and received <= quantity", name="received_was_ordered"),
        Index("ix_purchase_order_lines_open", "part_no", postgresql_where=text("received < quantity")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    purchase_order_id: Mapped[UUID] = mapped_column(ForeignKey("purchase_orders.id"), index=True)
    part_no: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    received: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    unit_cost: Mapped[Decimal | None] = mapped_column(Money)
    part_line_id: Mapped[UUID | None]
    reservation_id: Mapped[UUID | None]

    @property
    def open(self) -> Decimal:
        """What is still to be delivered."""
        return self.quantity - self.received

    def row(self, quantity: Decimal, unit_cost: Decimal | None = None) -> OrderedPart:
        """The line in an event."""
        return OrderedPart(
            part_no=self.part_no,
            quantity=quantity,
            unit_cost=unit_cost if unit_cost is not None else self.unit_cost,
            part_line_id=self.part_line_id,
        )


class PurchaseOrder(Aggregate, Base):
    """Parts ordered from one supplier; ``due_at`` is when delivery is expected."""

    __tablename__ = "purchase_orders"
    __table_args__ = (Index("ix_purchase_orders_recent", "created_at", "id"),)
    STREAM = "parts.purchase-order"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_no: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=REQUESTED, index=True)
    supplier_id: Mapped[UUID | None] = mapped_column(ForeignKey("suppliers.id"), index=True)
    supplier_name: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None] = mapped_column(Utc)
    eta_changes: Mapped[list[EtaChange]] = mapped_column(Json(list[EtaChange]), default=list)
    created_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Utc)
    placed_by: Mapped[str | None]
    placed_at: Mapped[datetime | None] = mapped_column(Utc)
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    lines: Mapped[list[PurchaseOrderLine]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=PurchaseOrderLine.id
    )

    @property
    def allowed(self) -> list[str]:
        """What a person may do with it now."""
        return ORDER.allowed(self.state)

    def place(self, supplier: Supplier, *, currency: str, by: str, at: datetime) -> PurchaseOrderPlaced:
        """Send it to a qualified supplier."""
        supplier.must_be_qualified()
        self.state = ORDER.go(self.state, "place")
        self.supplier_id, self.supplier_name = supplier.id, supplier.name
        self.placed_by, self.placed_at = by, at
        rows = tuple(line.row(line.quantity) for line in self.lines)
        return PurchaseOrderPlaced(**self._ids(currency), lines=rows, due_at=self.due_at)

    def change_eta(self, due_at: datetime, *, reason: str, by: str, at: datetime) -> None:
        """Keep the new expected arrival and the history of the old ones (PART-06)."""
        ORDER.check(self.state, "change_eta")
        change = EtaChange(old_due_at=self.due_at, new_due_at=due_at, reason=reason, by=by, at=at)
        self.eta_changes = [*self.eta_changes, change]
        self.due_at = due_at

    def receive(
        self, delivered: Sequence[Delivered], *, currency: str, by: str, at: datetime
    ) -> PurchaseOrderReceived:
        """Book a whole or a partial delivery. Raises ``MoreThanOrdered``."""
        ORDER.check(self.state, "receive")
        rows = []
        for note in delivered:
            line = self.line(note.line_id)
            if note.quantity > line.open:
                raise MoreThanOrdered(part_no=line.part_no, delivered=note.quantity, open=line.open)
            line.received += note.quantity
            rows.append(line.row(note.quantity, note.unit_cost))
        complete = all(line.open == 0 for line in self.lines)
        self.state = ORDER.go(self.state, "receive" if complete else "receive_part")
        if complete:
            self.ended_by, self.ended_at = by, at
        return PurchaseOrderReceived(**self._ids(currency), lines=tuple(rows), received_at=at)

    def back_orders(self) -> dict[UUID, dict[UUID, Decimal]]:
        """By reservation, and in it by part line, what is still to come for it."""
        waiting: dict[UUID, dict[UUID, Decimal]] = {}
        for line in self.lines:
            if line.reservation_id is not None and line.part_line_id is not None and line.open > 0:
                waiting.setdefault(line.reservation_id, {})[line.part_line_id] = line.open
        return waiting

    def cancel(self, *, by: str, at: datetime) -> None:
        """What is still open will not come."""
        self.state = ORDER.go(self.state, "cancel")
        self.ended_by, self.ended_at = by, at

    def line(self, line_id: UUID) -> PurchaseOrderLine:
        """One of its lines. Raises ``NotFound``."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise NotFound("purchase_order_line", line_id)

    def _ids(self, currency: str) -> dict[str, Any]:
        return {
            "purchase_order_id": self.id,
            "purchase_order_no": self.order_no,
            "supplier": self.supplier_name,
            "currency": currency,
        }
