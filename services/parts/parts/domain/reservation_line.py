"""One part line of a reservation: how much is wanted, set aside, short, handed out and brought back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.values import IssuedPart, Line, Payer, Title
from contracts.values import ReservationLine as LineState
from parts.domain.base import Base
from parts.domain.stock import NONE, NotEnoughStock, Shelf
from servicekit import Refusal
from servicekit.columns import Json, Utc
from shopkit.columns import Quantity


class NotAuthorised(Refusal):
    """The customer has not agreed to the work that needs this part."""


class NotShort(Refusal):
    """Nothing is missing of this line that is not on order already."""


class MoreThanAuthorised(Refusal):
    """More is asked for than this line still needs."""


class MoreThanIssued(Refusal):
    """More is brought back than was handed out and can be unused."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A part that a line of work needs, as an appointment, an estimate or a rework names it."""

    part_line_id: UUID
    line_id: UUID
    part_no: str
    quantity: Decimal
    payer: Payer
    work: Title


def wishes_of(lines: Iterable[Line]) -> list[Wish]:
    """Every part of these lines of work, in part number order (the order in which stock is locked)."""
    wishes = [
        Wish(part.part_line_id, line.line_id, part.part_no, part.quantity, line.payer, line.title)
        for line in lines
        for part in line.parts
    ]
    return sorted(wishes, key=lambda wish: wish.part_no)


class ReservationLine(Base):
    """Quantities of one ``part_line_id``; wanted = reserved + short + released.

    ``reserved`` includes what was handed out since, so what lies on the shelf for the line is ``held`` =
    reserved - issued, and that is what the stock's ``reserved`` adds up. Returned parts are free again; a
    piece that is needed again raises ``wanted`` (and ``replaced``).
    """

    __tablename__ = "reservation_lines"
    __table_args__ = (
        CheckConstraint("wanted = reserved + short + released", name="adds_up"),
        CheckConstraint("short >= 0 and released >= 0", name="not_negative"),
        CheckConstraint("issued <= reserved", name="issued_was_reserved"),
        CheckConstraint("returned >= 0 and returned <= issued", name="returned_was_issued"),
        CheckConstraint("back_ordered >= 0 and back_ordered <= short", name="ordered_is_short"),
        Index("ix_reservation_lines_short", "part_no", postgresql_where=text("short > 0")),
        Index("ix_reservation_lines_wanted_at", "wanted_at"),
    )

    part_line_id: Mapped[UUID] = mapped_column(primary_key=True)
    reservation_id: Mapped[UUID] = mapped_column(ForeignKey("reservations.id"), index=True)
    line_id: Mapped[UUID]
    part_no: Mapped[str]
    work: Mapped[Title] = mapped_column(Json(Title))
    payer: Mapped[Payer] = mapped_column(String, default="customer")
    measure_id: Mapped[UUID | None]
    authorised: Mapped[bool] = mapped_column(default=False)
    declined: Mapped[bool] = mapped_column(default=False)
    since_revision: Mapped[int] = mapped_column(default=0)
    wanted: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    replaced: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    reserved: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    short: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    back_ordered: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    released: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    issued: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    returned: Mapped[Decimal] = mapped_column(Quantity, default=NONE)
    used: Mapped[Decimal | None] = mapped_column(Quantity)
    filled_at_once: Mapped[bool] = mapped_column(default=False)
    wanted_at: Mapped[datetime] = mapped_column(Utc)
    short_since: Mapped[datetime | None] = mapped_column(Utc)
    promised_at: Mapped[datetime | None] = mapped_column(Utc)
    eta: Mapped[datetime | None] = mapped_column(Utc)

    @classmethod
    def of(cls, wish: Wish, *, revision: int, at: datetime) -> "ReservationLine":
        """A line that nothing was done for yet. ``revision`` 0 means named before any estimate."""
        return cls(
            part_line_id=wish.part_line_id,
            line_id=wish.line_id,
            part_no=wish.part_no,
            work=wish.work,
            payer=wish.payer,
            since_revision=revision,
            wanted_at=at,
        )

    @property
    def held(self) -> Decimal:
        """Set aside on the shelf for this line and not handed out."""
        return self.reserved - self.issued

    @property
    def out(self) -> Decimal:
        """With the technician or in the car."""
        return self.issued - self.returned

    @property
    def is_binding(self) -> bool:
        """Agreed or ordered: only an answer of the customer frees it, no other wish."""
        return self.authorised or self.measure_id is not None

    def state(self) -> LineState:
        """The line as other departments see it."""
        return LineState(
            part_line_id=self.part_line_id,
            line_id=self.line_id,
            part_no=self.part_no,
            wanted=self.wanted,
            reserved=self.reserved,
            short=self.short,
            released=self.released,
            issued=self.issued,
            returned=self.returned,
            eta=self.eta,
        )

    def want(self, wish: Wish, shelf: Shelf) -> None:
        """Set aside what is wished for now, more or less than before."""
        if wish.part_no != self.part_no and self.issued == 0:
            self.release(shelf, "changed")
            self.part_no = wish.part_no
        self.work, self.payer = wish.work, wish.payer
        self._aim_at(max(wish.quantity + self.replaced, self.issued), shelf)

    def want_anew(self, wish: Wish, revision: int, shelf: Shelf) -> None:
        """A later wish names the line again; one that was given up counts as new from that revision."""
        if self.released > 0:
            self.since_revision = max(revision, self.since_revision)
        self.declined = False
        self.want(wish, shelf)

    def want_again(self, shelf: Shelf) -> None:
        """What was released is wanted once more: the car came after all."""
        self._aim_at(self.wanted, shelf)

    def _aim_at(self, quantity: Decimal, shelf: Shelf) -> None:
        surplus = max(self.reserved - quantity, NONE)
        shelf.release(self.part_no, surplus, self.part_line_id, "changed")
        self.reserved -= surplus
        self.wanted, self.released = quantity, NONE
        self.short = quantity - self.reserved
        self.take(shelf)

    def take(self, shelf: Shelf) -> Decimal:
        """Set aside of what is short as much as is available, and give how much it was."""
        got = shelf.reserve(self.part_no, self.short, self.part_line_id)
        self.reserved += got
        self.short -= got
        self._recompute_shortage(shelf.at)
        return got

    def free(self, shelf: Shelf) -> Decimal:
        """Give what is held to others; the line is short of it now."""
        held = self.held
        shelf.release(self.part_no, held, self.part_line_id, "freed")
        self.reserved -= held
        self.short += held
        self._recompute_shortage(shelf.at)
        return held

    def release(self, shelf: Shelf, reason: str) -> bool:
        """Nothing more is wanted; what was handed out stays out. Gives whether that changed anything."""
        changed = self.held > 0 or self.short > 0
        shelf.release(self.part_no, self.held, self.part_line_id, reason)
        self.reserved, self.short = self.issued, NONE
        self.released = self.wanted - self.reserved
        self._recompute_shortage(shelf.at)
        return changed

    def _recompute_shortage(self, at: datetime) -> None:
        self.back_ordered = min(self.back_ordered, self.short)
        self.short_since = (self.short_since or at) if self.short > 0 else None
        if self.back_ordered == 0:
            self.eta = self.promised_at = None

    @property
    def unordered(self) -> Decimal:
        """Short, and on no order."""
        return self.short - self.back_ordered

    def must_be_orderable(self, part_no: str) -> None:
        """Raises ``NotAuthorised`` (PART-05) and, where nothing of the part is missing, ``NotShort``."""
        if not self.authorised:
            raise NotAuthorised(part_line_id=self.part_line_id, waiting_for="reception.visit")
        if self.unordered <= 0 or self.part_no != part_no:
            raise NotShort(part_line_id=self.part_line_id, part_no=self.part_no, short=self.short)

    def order(self, quantity: Decimal, eta: datetime | None, at: datetime) -> Decimal:
        """Up to ``quantity`` of what is short is on order now; gives how much. The promise counts from the
        first order."""
        ordered = min(quantity, self.unordered)
        self.back_ordered += ordered
        self.eta, self.promised_at = eta, self.promised_at or at
        return ordered

    def cancel_order(self, quantity: Decimal) -> None:
        """A delivery will not come."""
        self.back_ordered = max(self.back_ordered - quantity, NONE)
        if self.back_ordered == 0:
            self.eta = self.promised_at = None

    def issue(self, quantity: Decimal, shelf: Shelf, *, slip_no: str, batch: str | None) -> IssuedPart:
        """Hand out what is held, and of what is short what the shelf has. Raises ``MoreThanAuthorised`` and
        ``NotEnoughStock``."""
        if quantity > self.held + self.short:
            raise MoreThanAuthorised(
                part_line_id=self.part_line_id,
                asked=quantity,
                open=self.held + self.short,
                issued=self.issued,
            )
        available = self.held + shelf.available(self.part_no)
        if quantity > available:
            raise NotEnoughStock(part_no=self.part_no, asked=quantity, available=available)
        if quantity > self.held:
            got = shelf.reserve(self.part_no, quantity - self.held, self.part_line_id)
            self.reserved += got
            self.short -= got
            self._recompute_shortage(shelf.at)
        shelf.issue(self.part_no, quantity, self.part_line_id, slip_no=slip_no, batch=batch)
        self.issued += quantity
        return self._row(quantity, shelf, batch)

    def take_back(
        self, quantity: Decimal, shelf: Shelf, *, slip_no: str, reason: str, needed_again: bool
    ) -> IssuedPart:
        """Put unused parts on the shelf again. Raises ``MoreThanIssued`` also for what the workshop reported
        as used."""
        most = self.out - (self.used or NONE)
        if quantity > most:
            raise MoreThanIssued(part_line_id=self.part_line_id, asked=quantity, out=self.out, unused=most)
        shelf.take_back(self.part_no, quantity, self.part_line_id, slip_no=slip_no, reason=reason)
        self.returned += quantity
        if needed_again:
            self.replaced += quantity
            self.wanted += quantity
            self.short += quantity
            self.take(shelf)
        return self._row(quantity, shelf, None)

    def _row(self, quantity: Decimal, shelf: Shelf, batch: str | None) -> IssuedPart:
        return IssuedPart(
            part_line_id=self.part_line_id,
            line_id=self.line_id,
            part_no=self.part_no,
            quantity=quantity,
            unit_cost=shelf.unit_cost(self.part_no),
            batch=batch,
            issued_total=self.issued,
            returned_total=self.returned,
        )
