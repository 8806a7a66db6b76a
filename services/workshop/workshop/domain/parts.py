"""The parts of a job: what each line needs, what parts reserved and issued, what went into the car."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.values import BackOrderedPart, IssuedPart, PartNeed, ReservationLine, Title, UsedPart
from servicekit.columns import Json, Utc
from shopkit.columns import Quantity
from workshop.domain.base import Base

NONE = Decimal(0)


class PartLine(Base):
    """One part line of a request, known from the line of work, from parts, or from both, in any order."""

    __tablename__ = "part_lines"
    __table_args__ = (Index(None, "request_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    line_id: Mapped[UUID]
    part_no: Mapped[str] = mapped_column(Text)
    title: Mapped[Title | None] = mapped_column(Json(Title))
    expected: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    reserved: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    short: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    released: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    back_ordered: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    issued: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    returned: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    used: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    eta: Mapped[datetime | None] = mapped_column(Utc)

    @property
    def at_hand(self) -> Decimal:
        """What the workshop holds or has put into the car."""
        return self.issued - self.returned

    @property
    def squared(self) -> bool:
        """Whether everything that was issued is used or returned (Q3)."""
        return self.at_hand == self.used

    @property
    def missing(self) -> bool:
        """Whether the stock lacks some of it and the workshop does not hold it."""
        return self.short > 0 and self.at_hand < self.expected

    def expect(self, need: PartNeed) -> None:
        """What the line of work needs."""
        self.expected, self.part_no = need.quantity, need.part_no
        self.title = need.title or self.title

    def note(self, state: ReservationLine) -> None:
        """The whole state of the reservation."""
        self.reserved, self.short, self.released = state.reserved, state.short, state.released
        self.issued, self.returned = state.issued, state.returned
        self.eta = state.eta or (self.eta if state.short else None)
        if not state.short:
            self.back_ordered = NONE

    def note_slip(self, row: IssuedPart) -> None:
        """The totals after a slip of the parts counter."""
        self.issued, self.returned = row.issued_total, row.returned_total

    def note_order(self, order: BackOrderedPart) -> None:
        """It is on a purchase order."""
        self.back_ordered = self.short = order.quantity
        self.eta = order.eta

    def as_used(self) -> UsedPart:
        """What stays in the car."""
        return UsedPart(part_line_id=self.id, used=self.used, issued=self.issued, returned=self.returned)
