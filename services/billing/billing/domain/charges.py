"""What is billed of what was authorised and done: the arithmetic of F-32 and design "What is billed"."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from contracts.values import InvoiceLine, Line, LineResult, Payer, PricedLine, PricedPart, Title
from shopkit.money import ZERO, Totals, net, round_money, totals

_NONE = Decimal("0.000")
_MINUTES = Decimal(60)
_THREE_PLACES = Decimal("0.001")

REWORK = "rework"
GOODWILL = "goodwill"
DISCOUNT = "discount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One row of an invoice: the labour of a line, or one of its parts."""

    line_id: UUID
    part_line_id: UUID | None
    part_no: str | None
    title: Title | None
    quantity: Decimal
    labour_minutes: int | None
    unit_price: Decimal
    net: Decimal
    tax_rate: Decimal
    gross: Decimal
    payer: Payer
    benefit: str | None

    @property
    def row_id(self) -> UUID:
        """Unique on the invoice: the part line, or the line for its labour."""
        return self.part_line_id or self.line_id


def charges(
    authorised: Iterable[PricedLine], results: Iterable[LineResult], kept: Mapping[UUID, Decimal]
) -> tuple[Charge, ...]:
    """The rows of an invoice. A line that is not done is not billed; labour costs its authorised price,
    a part at its authorised price for what was authorised or what stayed in the car, whichever is less.

    ``kept`` is issued less returned of each part line.
    """
    done = {result.line_id for result in results if result.outcome == "done"}
    return tuple(row for line in authorised if line.line_id in done for row in _of_line(line, kept))


def charges_of(rows: Iterable[InvoiceLine], part_nos: Mapping[UUID, str]) -> tuple[Charge, ...]:
    """The rows of an issued paper; ``part_nos`` by part line, which a paper does not name."""
    return tuple(
        Charge(
            **{name: getattr(row, name) for name in InvoiceLine.model_fields},
            part_no=part_nos.get(row.part_line_id) if row.part_line_id else None,
        )
        for row in rows
    )


def shop_pays(line: Line) -> bool:
    """Rework and goodwill are the shop's cost, never the customer's (BILL-23)."""
    return line.payer == "shop" or line.kind == "rework"


def invoice_totals(rows: Iterable[Charge]) -> Totals:
    """Net, tax and gross of an invoice; tax is taken once per rate."""
    return totals((row.net, row.tax_rate) for row in rows)


def authorised_gross(lines: Iterable[PricedLine]) -> Decimal:
    """What the customer agreed to pay at most, with tax."""
    agreed: list[tuple[Decimal, Decimal]] = []
    for line in lines:
        if not shop_pays(line):
            agreed.append((line.labour_net - line.discount_net, line.tax_rate))
            agreed.extend((part.net, part.tax_rate) for part in line.parts)
    return totals(agreed).gross


def at_no_charge(line: Line) -> PricedLine:
    """Rework as an authorised line: it has no price, because the shop pays."""
    facts = line.model_dump(exclude={"parts", "payer"})
    parts = tuple(
        PricedPart(**part.model_dump(), unit_price=ZERO, net=ZERO, tax_rate=ZERO) for part in line.parts
    )
    return PricedLine(
        **facts, parts=parts, payer="shop", hourly_rate=ZERO, labour_net=ZERO, tax_rate=ZERO, gross=ZERO
    )


def _of_line(line: PricedLine, kept: Mapping[UUID, Decimal]) -> list[Charge]:
    free = shop_pays(line)
    parts = [_part(line, part, kept.get(part.part_line_id, _NONE), free=free) for part in line.parts]
    billed = [row for row in parts if row.quantity > 0]
    return _with_tax([_labour(line, sum((row.net for row in billed), ZERO), free=free), *billed])


def _labour(line: PricedLine, parts_net: Decimal, *, free: bool) -> Charge:
    # A discount on the whole line may be more than what is left of it once fewer parts were used.
    discount = min(line.discount_net, line.labour_net + parts_net)
    benefit = _benefit(line) if free else DISCOUNT if discount else None
    return Charge(
        line_id=line.line_id,
        part_line_id=None,
        part_no=None,
        title=line.title,
        quantity=(line.labour_minutes / _MINUTES).quantize(_THREE_PLACES),
        labour_minutes=line.labour_minutes,
        unit_price=line.hourly_rate,
        net=ZERO if free else line.labour_net - discount,
        tax_rate=line.tax_rate,
        gross=ZERO,
        payer="shop" if free else "customer",
        benefit=benefit,
    )


def _part(line: PricedLine, part: PricedPart, kept: Decimal, *, free: bool) -> Charge:
    quantity = min(part.quantity, kept)
    return Charge(
        line_id=line.line_id,
        part_line_id=part.part_line_id,
        part_no=part.part_no,
        title=part.title,
        quantity=quantity,
        labour_minutes=None,
        unit_price=part.unit_price,
        net=ZERO if free else net(quantity, part.unit_price),
        tax_rate=part.tax_rate,
        gross=ZERO,
        payer="shop" if free else "customer",
        benefit=_benefit(line) if free else None,
    )


def _benefit(line: Line) -> str:
    return REWORK if line.kind == "rework" else GOODWILL


def _with_tax(rows: list[Charge]) -> list[Charge]:
    """The rows' gross, so that together they are exactly what the line costs with its tax taken once a rate:
    rounding each row for itself could bill a cent more than was authorised."""
    nets: dict[Decimal, Decimal] = {}
    made = []
    for row in rows:
        before = nets.get(row.tax_rate, ZERO)
        nets[row.tax_rate] = after = before + row.net
        tax = round_money(after * row.tax_rate) - round_money(before * row.tax_rate)
        made.append(replace(row, gross=row.net + tax))
    return made
