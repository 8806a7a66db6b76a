"""One piece of work on a visit, as the customer was offered it and as the customer agreed to it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from contracts.values import Line, PartNeed, PricedLine
from reception.domain.base import Base
from reception.domain.pricing import HandPrice, PriceList, as_line
from servicekit.columns import Json
from shopkit.columns import Money


class LineState(StrEnum):
    """What the customer answered to one piece of work; authorised never goes back."""

    PROPOSED = "proposed"
    OFFERED = "offered"
    AUTHORISED = "authorised"
    DECLINED = "declined"


class VisitLine(Base):
    """A line of work: ``offer`` is what the customer is asked, ``agreed`` what the customer authorised.

    A change of authorised work is a new offer next to what is agreed; until it is answered the old one holds.
    """

    __tablename__ = "visit_lines"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visits.id"), index=True)
    position: Mapped[int]
    state: Mapped[str] = mapped_column(default=LineState.PROPOSED)
    offer: Mapped[PricedLine | None] = mapped_column(Json(PricedLine), default=None)
    agreed: Mapped[PricedLine | None] = mapped_column(Json(PricedLine), default=None)
    agreed_gross: Mapped[Decimal | None] = mapped_column(Money, default=None)
    agreed_revision: Mapped[int | None] = mapped_column(default=None)
    by_hand: Mapped[HandPrice] = mapped_column(Json(HandPrice), default=HandPrice)
    order_back: Mapped[bool] = mapped_column(default=False)
    declined_reason: Mapped[str] = mapped_column(default="")
    remind_on: Mapped[date | None] = mapped_column(default=None)

    @property
    def is_open(self) -> bool:
        """Whether the customer is still to be asked."""
        return self.state in {LineState.PROPOSED, LineState.OFFERED} or (
            self.state == LineState.AUTHORISED and self.offer is not None
        )

    @property
    def priced(self) -> PricedLine:
        """The work with its price: what is agreed, else what is or was offered."""
        priced = self.agreed or self.offer
        assert priced is not None  # a line is made with one of them
        return priced

    def propose(self, line: Line, prices: PriceList) -> None:
        """Offer this instead of what was offered so far."""
        self.offer = prices.price(line, self.by_hand)
        if self.agreed is None:
            self.state = LineState.PROPOSED

    def price_by_hand(self, price: HandPrice, prices: PriceList) -> None:
        """The advisor's own price; kept for this line from now on."""
        self.by_hand = price
        self.propose(as_line(self.offer or self.priced), prices)

    def price_anew(self, prices: PriceList) -> None:
        """Take the prices in force now; what nobody is asked about keeps its own."""
        if self.is_open and self.offer is not None:
            self.offer = prices.price(as_line(self.offer), self.by_hand)

    def withdraw(self) -> None:
        """The shop no longer offers it."""
        self.offer = None if self.agreed is not None else self.offer
        self.state = LineState.DECLINED if self.agreed is None else LineState.AUTHORISED

    def present(self) -> None:
        """The customer has it in hand; its price is frozen."""
        if self.state == LineState.PROPOSED:
            self.state = LineState.OFFERED

    def authorise(self, work: PricedLine, *, revision: int, order_back: bool = False) -> None:
        """The customer agreed; ``revision`` 0 is the signature on the registration form or the shop's own."""
        self.agreed, self.agreed_gross, self.agreed_revision = work, work.gross, revision
        self.offer, self.state, self.order_back = None, LineState.AUTHORISED, order_back

    def decline(self, *, reason: str, remind_on: date | None) -> None:
        """The customer does not want it; work agreed before stays as it was."""
        self.declined_reason, self.remind_on = reason, remind_on
        if self.agreed is not None:
            self.offer = None
        else:
            self.state = LineState.DECLINED

    def repeats(self, line: Line) -> bool:
        """Whether ``line`` asks for nothing that is not agreed already."""
        if self.agreed is None:
            return False
        return self.agreed.kind == "diagnosis" or (
            self.agreed.labour_minutes == line.labour_minutes
            and _needed(self.agreed.parts) == _needed(line.parts)
        )


def _needed(parts: Iterable[PartNeed]) -> set[tuple[UUID, str, Decimal]]:
    """Which parts, whatever they are called."""
    return {(part.part_line_id, part.part_no, part.quantity) for part in parts}
