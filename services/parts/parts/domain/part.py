"""The catalogue: what can be sold, its list price and when to order it again."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.parts import PartChanged, PartListed, PartWithdrawn
from contracts.values import Title
from parts.domain.base import Base
from servicekit import Aggregate, Refusal
from servicekit.columns import Json
from servicekit.states import Machine
from shopkit.columns import Money, Quantity, Rate


class PartState(StrEnum):
    """Whether a part is offered."""

    LISTED = "listed"
    WITHDRAWN = "withdrawn"


class PartKind(StrEnum):
    """Maker's own part or a standard-compliant substitute; the customer is to know which (PART-04)."""

    OEM = "oem"
    SUBSTITUTE = "substitute"


PART = Machine[PartState](
    "part",
    {
        "change": ({PartState.LISTED}, PartState.LISTED),
        "withdraw": ({PartState.LISTED}, PartState.WITHDRAWN),
        "list": ({PartState.WITHDRAWN}, PartState.LISTED),
    },
    initial=PartState.LISTED,
)


class PartAlreadyListed(Refusal):
    """The catalogue already has a part with this number."""


@dataclass(frozen=True, slots=True)
class PartCard:
    """A part's entry in the catalogue."""

    title: Title
    kind: PartKind
    unit: str
    unit_price: Decimal
    tax_rate: Decimal
    reorder_point: Decimal | None = None
    reorder_quantity: Decimal | None = None
    supplier_id: UUID | None = None
    warranty_months: int | None = None


class Part(Aggregate, Base):
    """One catalogue number. ``unit_price`` is the net list price of one unit; reception copies it."""

    __tablename__ = "parts"
    __table_args__ = (CheckConstraint("unit_price >= 0", name="unit_price_not_negative"),)
    STREAM = "parts.part"

    part_no: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default=PartState.LISTED)
    title: Mapped[Title] = mapped_column(Json(Title))
    kind: Mapped[str]
    unit: Mapped[str]
    unit_price: Mapped[Decimal] = mapped_column(Money)
    tax_rate: Mapped[Decimal] = mapped_column(Rate)
    reorder_point: Mapped[Decimal | None] = mapped_column(Quantity)
    reorder_quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    supplier_id: Mapped[UUID | None] = mapped_column(ForeignKey("suppliers.id"), index=True)
    warranty_months: Mapped[int | None]

    @classmethod
    def new(cls, part_no: str, card: PartCard) -> "Part":
        """A part that enters the catalogue."""
        part = cls(part_no=part_no)
        part._write(card)
        return part

    def listed(self, currency: str) -> PartListed:
        """The fact that it is in the catalogue."""
        return PartListed(**self._whole_state(currency))

    def change(self, card: PartCard, currency: str) -> PartChanged:
        """Replace the card."""
        PART.check(self.state, "change")
        self._write(card)
        return PartChanged(**self._whole_state(currency))

    def withdraw(self) -> PartWithdrawn:
        """Offer it no longer; what is in stock can still be issued."""
        self.state = PART.go(self.state, "withdraw")
        return PartWithdrawn(part_no=self.part_no)

    def list_again(self, card: PartCard, currency: str) -> PartListed:
        """Offer a withdrawn part anew. A part that is still listed refuses with ``PartAlreadyListed``."""
        if self.state == PartState.LISTED:
            raise PartAlreadyListed(part_no=self.part_no, state=self.state, allowed=PART.allowed(self.state))
        self.state = PART.go(self.state, "list")
        self._write(card)
        return self.listed(currency)

    def _write(self, card: PartCard) -> None:
        self.title, self.kind, self.unit = card.title, card.kind, card.unit
        self.unit_price, self.tax_rate = card.unit_price, card.tax_rate
        self.reorder_point, self.reorder_quantity = card.reorder_point, card.reorder_quantity
        self.supplier_id, self.warranty_months = card.supplier_id, card.warranty_months

    def _whole_state(self, currency: str) -> dict[str, Any]:
        return {
            "part_no": self.part_no,
            "title": self.title,
            "kind": self.kind,
            "unit": self.unit,
            "unit_price": self.unit_price,
            "currency": currency,
            "tax_rate": self.tax_rate,
        }
