"""What a line of work costs: pure arithmetic over the price copies or the advisor's own prices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Fact, Money, TaxRate
from contracts.values import Line, PartNeed, PricedLine, PricedPart, Title
from servicekit import Refusal
from shopkit.money import ZERO, labour_net, net, totals


class DiscountTooLarge(Refusal):
    """The discount is more than the labour of the line."""


class LabourPrice(Fact):
    """What one hour of a kind of work costs this customer, net, and its tax as a fraction."""

    hourly_rate: Money
    tax_rate: TaxRate


class PartPrice(Fact):
    """Net list price of one unit of a part, and its tax as a fraction."""

    unit_price: Money
    tax_rate: TaxRate
    title: Title | None = None


PriceByHand = Annotated[Money, Field(ge=0, lt=1_000_000)]


class PartPriceByHand(Fact):
    """A part's price that the advisor gives because the catalogue copy lacks it."""

    part_line_id: UUID = Field(description="the part line")
    unit_price: PriceByHand = Field(description="net price of one unit, in the shop's currency")
    tax_rate: TaxRate = Field(description="tax on the part as a fraction, e.g. 0.13")


class HandPrice(Fact):
    """What the advisor decides about a line's price; what is absent comes from the copies."""

    hourly_rate: PriceByHand | None = Field(
        default=None, description="net price of one hour of labour; null: by the rate in force"
    )
    tax_rate: TaxRate | None = Field(
        default=None, description="tax on the labour as a fraction, e.g. 0.06; null: by the rate in force"
    )
    discount_net: PriceByHand = Field(default=ZERO, description="net discount, at most the line's labour")
    parts: tuple[PartPriceByHand, ...] = Field(default=(), description="prices of parts without a list price")


NO_HAND = HandPrice()
UNKNOWN_LABOUR = LabourPrice(hourly_rate=ZERO, tax_rate=Decimal("0"))
UNKNOWN_PART = PartPrice(unit_price=ZERO, tax_rate=Decimal("0"))


@dataclass(frozen=True, slots=True)
class Missing:
    """A price that no copy has: which stream would bring it, under which key."""

    stream: str
    key: str


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices in force for one customer on one day: parts by number, labour by kind of work."""

    parts: Mapping[str, PartPrice]
    labour: Mapping[str, LabourPrice]

    def missing(self, line: Line, by_hand: HandPrice = NO_HAND) -> list[Missing]:
        """Which prices of the line are not known here."""
        found = [
            Missing("parts.part", need.part_no)
            for need in line.parts
            if self._part_price(need, by_hand) is None
        ]
        if self._labour_price(line, by_hand) is None:
            found.append(Missing("billing.labour-rate", line.work_type))
        return found

    def price(self, line: Line, by_hand: HandPrice = NO_HAND) -> PricedLine:
        """The line with its price; marked ``unpriced`` when something is not known (F-32).

        Work that the shop pays for has its prices, and costs the customer 0.00. Raises ``DiscountTooLarge``.
        """
        labour = self._labour_price(line, by_hand) or UNKNOWN_LABOUR
        parts = tuple(self._priced_part(need, by_hand) for need in line.parts)
        amount = labour_net(line.labour_minutes, labour.hourly_rate)
        unpriced = bool(self.missing(line, by_hand))
        discount = ZERO if line.payer == "shop" or unpriced else by_hand.discount_net
        if discount > amount:
            raise DiscountTooLarge(line_id=str(line.line_id), labour_net=str(amount))
        about = {name: getattr(line, name) for name in Line.model_fields if name != "parts"}
        return _with_gross(
            PricedLine(
                **about,
                parts=parts,
                hourly_rate=labour.hourly_rate,
                labour_net=amount,
                discount_net=discount,
                tax_rate=labour.tax_rate,
                gross=ZERO,
                unpriced=unpriced,
            )
        )

    def _labour_price(self, line: Line, by_hand: HandPrice) -> LabourPrice | None:
        listed = self.labour.get(line.work_type)
        if by_hand.hourly_rate is not None:
            tax = by_hand.tax_rate if by_hand.tax_rate is not None else listed.tax_rate if listed else None
            return None if tax is None else LabourPrice(hourly_rate=by_hand.hourly_rate, tax_rate=tax)
        return UNKNOWN_LABOUR if listed is None and line.labour_minutes == 0 else listed

    def _part_price(self, need: PartNeed, by_hand: HandPrice) -> PartPrice | None:
        for given in by_hand.parts:
            if given.part_line_id == need.part_line_id:
                return PartPrice(unit_price=given.unit_price, tax_rate=given.tax_rate)
        return self.parts.get(need.part_no)

    def _priced_part(self, need: PartNeed, by_hand: HandPrice) -> PricedPart:
        price = self._part_price(need, by_hand) or UNKNOWN_PART
        return PricedPart(
            part_line_id=need.part_line_id,
            part_no=need.part_no,
            quantity=need.quantity,
            title=need.title or price.title,
            unit_price=price.unit_price,
            net=net(need.quantity, price.unit_price),
            tax_rate=price.tax_rate,
        )


def gross_of(lines: Iterable[PricedLine]) -> Decimal:
    """What the customer pays for these lines together: tax per rate on the sum of all, rounded once."""
    return totals(pair for line in lines for pair in _taxed(line)).gross


def as_line(priced: PricedLine) -> Line:
    """The work without its price, as the workshop needs it."""
    needs = tuple(PartNeed(**{n: getattr(part, n) for n in PartNeed.model_fields}) for part in priced.parts)
    return Line(**{n: getattr(priced, n) for n in Line.model_fields if n != "parts"}, parts=needs)


def _with_gross(line: PricedLine) -> PricedLine:
    return line.model_copy(update={"gross": gross_of([line])})


def _taxed(line: PricedLine) -> list[tuple[Decimal, Decimal]]:
    if line.payer == "shop":
        return []
    labour = (line.labour_net - line.discount_net, line.tax_rate)
    return [labour, *((part.net, part.tax_rate) for part in line.parts)]
