"""The work of a visit: all its lines together, from the first proposal to what the customer authorised."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from contracts.values import Line, PricedLine
from reception.domain.line import LineState, VisitLine
from reception.domain.pricing import HandPrice, Missing, PriceList
from servicekit import Refusal


class LineUnknown(Refusal):
    """There is no such line on this visit."""


class PriceUnknown(Refusal):
    """A price is not known here yet: wait for it or give it by hand."""


class NothingToEstimate(Refusal):
    """There is no work that the customer could be asked about."""


class Work:
    """Reads and changes ``lines``, every piece of work that was ever named on the visit, in that order."""

    def __init__(self, visit_id: UUID, lines: list[VisitLine]) -> None:
        self._visit_id = visit_id
        self.lines = lines

    # --- what there is

    @property
    def agreed(self) -> tuple[PricedLine, ...]:
        """The whole set authorised so far, line 0 included."""
        return tuple(line.agreed for line in self.lines if line.agreed is not None)

    @property
    def open(self) -> list[VisitLine]:
        """Lines that the customer is still to be asked about."""
        return [line for line in self.lines if line.is_open]

    @property
    def open_line_ids(self) -> tuple[UUID, ...]:
        """Their ids."""
        return tuple(line.id for line in self.open)

    @property
    def offered(self) -> list[PricedLine]:
        """What the customer is asked about the open lines."""
        return [line.offer for line in self.open if line.offer is not None]

    @property
    def kept(self) -> list[VisitLine]:
        """Lines that were not declined."""
        return [line for line in self.lines if line.state != LineState.DECLINED]

    @property
    def declined_line_ids(self) -> tuple[UUID, ...]:
        """Work that the customer declined or the shop withdrew."""
        return tuple(line.id for line in self.lines if line.state == LineState.DECLINED)

    def line(self, line_id: UUID) -> VisitLine:
        """The line with this id. Raises ``LineUnknown``."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise LineUnknown(line_id=str(line_id))

    def knows(self, line_id: UUID) -> bool:
        """Whether the line is on this visit."""
        return any(line.id == line_id for line in self.lines)

    def for_estimate(self) -> tuple[PricedLine, ...]:
        """What a revision shows: for each kept line what is offered, else what is agreed."""
        return tuple(
            line.offer if line.is_open and line.offer is not None else line.priced for line in self.kept
        )

    def for_intake(self) -> tuple[PricedLine, ...]:
        """Line 0 first, then what was booked, asked for, or is redone."""
        kept = sorted(self.kept, key=lambda line: (line.priced.kind != "diagnosis", line.position))
        return tuple(line.priced for line in kept)

    def unfinished(self, done_line_ids: set[UUID]) -> list[PricedLine]:
        """Authorised work that is not done; the diagnosis is not counted."""
        return [
            line for line in self.agreed if line.kind != "diagnosis" and line.line_id not in done_line_ids
        ]

    def redone(self, line_ids: Iterable[UUID]) -> list[PricedLine]:
        """The work that a rework is about: what was named, else all work, else the diagnosis."""
        named = [work for work in self.agreed if work.line_id in set(line_ids)]
        return named or [work for work in self.agreed if work.kind != "diagnosis"] or list(self.agreed)

    def missing_prices(self, lines: Iterable[Line], prices: PriceList) -> list[Missing]:
        """Which prices of these lines nobody here knows."""
        return [
            missing
            for line in lines
            for missing in prices.missing(
                line, self.line(line.line_id).by_hand if self.knows(line.line_id) else HandPrice()
            )
        ]

    def must_have_open_lines(self, *, state: str) -> None:
        """Raise ``NothingToEstimate`` when there is nothing to ask the customer about."""
        if not self.open:
            raise NothingToEstimate(state=state)

    def must_be_priced(self) -> None:
        """Raise ``PriceUnknown`` when an open line has no price."""
        unpriced = [str(line.line_id) for line in self.offered if line.unpriced]
        if unpriced:
            raise PriceUnknown(line_ids=unpriced, waiting_for="parts.part", allowed=["draft_estimate"])

    # --- what changes it

    def propose(self, lines: Iterable[Line], prices: PriceList) -> None:
        """Put work on the visit, or change work that is on it; what is authorised already stays as it is."""
        for line in lines:
            if not self.knows(line.line_id):
                self._add(prices.price(line))
            elif not (known := self.line(line.line_id)).repeats(line):
                known.propose(line, prices)

    def price_by_hand(self, by_hand: Mapping[UUID, HandPrice], prices: PriceList) -> None:
        """Give lines the advisor's own price. Raises ``LineUnknown``, ``DiscountTooLarge``."""
        for line_id, price in by_hand.items():
            self.line(line_id).price_by_hand(price, prices)

    def price_anew(self, prices: PriceList) -> None:
        """Take the prices in force now for every open line."""
        for line in self.open:
            line.price_anew(prices)

    def withdraw(self, line_ids: Iterable[UUID]) -> None:
        """The shop no longer offers these lines; authorised work stays. Raises ``LineUnknown``."""
        for line_id in line_ids:
            self.line(line_id).withdraw()

    def authorise_by_signature(self) -> None:
        """The signed registration form authorises line 0 and work at the shop's cost (RECP-03)."""
        for line in self.lines:
            if line.offer is not None and (line.offer.kind == "diagnosis" or line.offer.payer == "shop"):
                line.authorise(line.offer, revision=0)

    def take_on(self, works: Iterable[PricedLine]) -> None:
        """Put work on the visit that the shop pays for, and that nobody has to be asked about."""
        for work in works:
            self._add(work).authorise(work, revision=0)

    def _add(self, offer: PricedLine) -> VisitLine:
        line = VisitLine(id=offer.line_id, visit_id=self._visit_id, position=len(self.lines), offer=offer)
        self.lines.append(line)
        return line
