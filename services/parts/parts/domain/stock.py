"""Stock: what lies on the shelf, what of it is promised, and the ledger of every change (PART-27)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from parts.domain.base import Base
from servicekit import Aggregate, Refusal
from servicekit.columns import Utc
from shopkit.columns import Money, Quantity
from shopkit.money import round_money

NONE = Decimal("0.000")
NO_COST = Decimal("0.00")


class NotEnoughStock(Refusal):
    """There is not that much of this part on the shelf that is not promised to somebody else."""


class CountBelowReserved(Refusal):
    """Less was counted than is promised: free reservations of this part first."""


class MovementKind(StrEnum):
    """Why a quantity changed: receipt, issue, return, adjust move parts; reserve, release promise them."""

    RECEIPT = "receipt"
    ISSUE = "issue"
    RETURN = "return"
    ADJUST = "adjust"
    RESERVE = "reserve"
    RELEASE = "release"


class Movement(Base):
    """One row of the ledger, never changed. Per part Σ ``quantity`` = on hand, Σ ``promised`` = reserved."""

    __tablename__ = "movements"
    __table_args__ = (
        Index("ix_movements_part", "part_no", "position"),
        Index("ix_movements_line", "part_line_id", postgresql_where=text("part_line_id is not null")),
        Index("ix_movements_slip", "slip_no", postgresql_where=text("slip_no is not null")),
        Index("ix_movements_at", "at"),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    part_no: Mapped[str] = mapped_column(ForeignKey("stocks.part_no"))
    kind: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    promised: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    on_hand_after: Mapped[Decimal] = mapped_column(Quantity)
    reserved_after: Mapped[Decimal] = mapped_column(Quantity)
    unit_cost: Mapped[Decimal] = mapped_column(Money)
    part_line_id: Mapped[UUID | None]
    slip_no: Mapped[str | None]
    purchase_order_id: Mapped[UUID | None]
    batch: Mapped[str | None]
    certificate_no: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)


class Stock(Aggregate, Base):
    """One part on the shelf. ``unit_cost`` is the moving average of what was paid, net."""

    __tablename__ = "stocks"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("reserved <= on_hand", name="promised_once"),
    )

    part_no: Mapped[str] = mapped_column(ForeignKey("parts.part_no"), primary_key=True)
    on_hand: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    reserved: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    unit_cost: Mapped[Decimal] = mapped_column(Money, default=NO_COST)
    counted_at: Mapped[datetime | None] = mapped_column(Utc)

    @property
    def available(self) -> Decimal:
        """On the shelf and promised to nobody."""
        return self.on_hand - self.reserved

    def receive(self, quantity: Decimal, unit_cost: Decimal | None) -> None:
        """Put away a delivery; without a cost the average stays."""
        if unit_cost is not None:
            paid = self.on_hand * self.unit_cost + quantity * unit_cost
            self.unit_cost = round_money(paid / (self.on_hand + quantity))
        self.on_hand += quantity

    def count(self, counted: Decimal, at: datetime) -> Decimal:
        """Take over what was counted and give the difference. Raises ``CountBelowReserved``."""
        if counted < self.reserved:
            raise CountBelowReserved(part_no=self.part_no, counted=counted, reserved=self.reserved)
        difference = counted - self.on_hand
        self.on_hand, self.counted_at = counted, at
        return difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a quantity changed, as the ledger notes it."""

    part_line_id: UUID | None = None
    slip_no: str | None = None
    purchase_order_id: UUID | None = None
    batch: str | None = None
    certificate_no: str | None = None
    reason: str = ""


class Shelf:
    """The locked stocks of one transaction, and the ledger rows that it makes. Unknown parts have none."""

    def __init__(self, stocks: Iterable[Stock], *, at: datetime, by: str) -> None:
        self.movements: list[Movement] = []
        self.at = at
        self._by = by
        self._stocks = {stock.part_no: stock for stock in stocks}

    def knows(self, part_no: str) -> bool:
        """Whether the part has a place in stock: it was listed once."""
        return part_no in self._stocks

    def available(self, part_no: str) -> Decimal:
        """What may still be promised."""
        stock = self._stocks.get(part_no)
        return stock.available if stock else NONE

    def unit_cost(self, part_no: str) -> Decimal:
        """Net average cost of one unit; 0.00 for a part that was never in stock."""
        stock = self._stocks.get(part_no)
        return stock.unit_cost if stock else NO_COST

    def reserve(self, part_no: str, wanted: Decimal, part_line_id: UUID) -> Decimal:
        """Promise up to ``wanted`` and give how much it was; never what is promised already (PART-15)."""
        got = min(wanted, self.available(part_no))
        if got <= 0:
            return NONE
        stock = self._stocks[part_no]
        stock.reserved += got
        self._note(stock, MovementKind.RESERVE, Cause(part_line_id=part_line_id), promised=got)
        return got

    def release(self, part_no: str, quantity: Decimal, part_line_id: UUID, reason: str = "") -> None:
        """Take a promise back; the parts are free for others."""
        if quantity <= 0:
            return
        stock = self._stocks[part_no]
        stock.reserved -= quantity
        cause = Cause(part_line_id=part_line_id, reason=reason)
        self._note(stock, MovementKind.RELEASE, cause, promised=-quantity)

    def issue(
        self, part_no: str, quantity: Decimal, part_line_id: UUID, *, slip_no: str, batch: str | None
    ) -> None:
        """Hand out what was promised: it leaves the shelf and the promise together."""
        stock = self._stocks[part_no]
        stock.on_hand -= quantity
        stock.reserved -= quantity
        cause = Cause(part_line_id=part_line_id, slip_no=slip_no, batch=batch)
        self._note(stock, MovementKind.ISSUE, cause, quantity=-quantity, promised=-quantity)

    def take_back(
        self, part_no: str, quantity: Decimal, part_line_id: UUID, *, slip_no: str, reason: str
    ) -> None:
        """Unused parts lie on the shelf again, free for everybody (PART-27)."""
        stock = self._stocks[part_no]
        stock.on_hand += quantity
        cause = Cause(part_line_id=part_line_id, slip_no=slip_no, reason=reason)
        self._note(stock, MovementKind.RETURN, cause, quantity=quantity)

    def receive(
        self,
        part_no: str,
        quantity: Decimal,
        unit_cost: Decimal | None = None,
        cause: Cause | None = None,
    ) -> None:
        """Book a delivery in; ``cause`` names order, batch, certificate and reason."""
        stock = self._stocks[part_no]
        stock.receive(quantity, unit_cost)
        self._note(stock, MovementKind.RECEIPT, cause or Cause(), quantity=quantity)

    def count(self, part_no: str, counted: Decimal, reason: str) -> Decimal:
        """Book the result of a count and give the difference. Raises ``CountBelowReserved``."""
        stock = self._stocks[part_no]
        difference = stock.count(counted, self.at)
        if difference:
            self._note(stock, MovementKind.ADJUST, Cause(reason=reason), quantity=difference)
        return difference

    @property
    def freed(self) -> list[str]:
        """Parts of which this transaction gave something free and that others may be waiting for."""
        moved = {m.part_no for m in self.movements if m.quantity - m.promised > 0}
        return sorted(part_no for part_no in moved if self.available(part_no) > 0)

    def _note(
        self,
        stock: Stock,
        kind: MovementKind,
        cause: Cause,
        *,
        quantity: Decimal = NONE,
        promised: Decimal = NONE,
    ) -> None:
        movement = Movement(
            part_no=stock.part_no,
            kind=kind,
            quantity=quantity,
            promised=promised,
            on_hand_after=stock.on_hand,
            reserved_after=stock.reserved,
            unit_cost=stock.unit_cost,
            part_line_id=cause.part_line_id,
            slip_no=cause.slip_no,
            purchase_order_id=cause.purchase_order_id,
            batch=cause.batch,
            certificate_no=cause.certificate_no,
            reason=cause.reason,
            by=self._by,
            at=self.at,
        )
        self.movements.append(movement)
