"""Builders of the values that departments share, for the tests of all: what is not given has a default."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import uuid4

from contracts.values import Line, PartNeed, PricedLine, PricedPart, Title
from shopkit.money import labour_net, net, totals

PART_TAX, LABOUR_TAX = Decimal("0.13"), Decimal("0.06")
BRAKE_PADS = Title(zh="更换刹车片", en="Replace brake pads")


def a_need(part_no: str = "BRK-100", quantity: str = "1.000", **own: Any) -> PartNeed:
    """A part that a line of work needs."""
    fields = {"part_line_id": uuid4(), "part_no": part_no, "quantity": Decimal(quantity)} | own
    return PartNeed(**fields)


def a_line(*needs: PartNeed, **own: Any) -> Line:
    """An hour of repair that needs these parts."""
    fields = {
        "line_id": uuid4(),
        "kind": "repair",
        "title": BRAKE_PADS,
        "work_type": "mechanical",
        "skill": "brakes",
        "labour_minutes": 60,
        "parts": needs,
    }
    return Line.model_validate(fields | own)


def priced(line: Line, *, hourly_rate: str = "200.00", unit_price: str = "1.00") -> PricedLine:
    """The line at these net prices, rounded and taxed as reception does it (F-32)."""
    parts = [_priced_part(need, Decimal(unit_price)) for need in line.parts]
    labour = labour_net(line.labour_minutes, Decimal(hourly_rate))
    own = {name: getattr(line, name) for name in Line.model_fields if name != "parts"}
    return PricedLine(
        **own,
        parts=tuple(parts),
        hourly_rate=Decimal(hourly_rate),
        labour_net=labour,
        tax_rate=LABOUR_TAX,
        gross=_gross(labour, parts),
    )


def _priced_part(need: PartNeed, unit_price: Decimal) -> PricedPart:
    own = {name: getattr(need, name) for name in PartNeed.model_fields}
    return PricedPart(**own, unit_price=unit_price, net=net(need.quantity, unit_price), tax_rate=PART_TAX)


def _gross(labour: Decimal, parts: Sequence[PricedPart]) -> Decimal:
    return totals([(labour, LABOUR_TAX), *((part.net, part.tax_rate) for part in parts)]).gross
