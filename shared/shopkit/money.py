"""Money arithmetic: exact decimals, rounded half up to 0.01 once per line and once per tax rate."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

_CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def round_money(amount: Decimal) -> Decimal:
    """``amount`` to 0.01, half up (away from zero, so that a credit mirrors its charge)."""
    return amount.quantize(_CENT, ROUND_HALF_UP)


def net(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Net amount of a quantity at a net unit price, rounded once (F-32)."""
    return round_money(quantity * unit_price)


def labour_net(minutes: int, hourly_rate: Decimal) -> Decimal:
    """Net amount of whole minutes of labour at a net rate per hour, rounded once (F-32)."""
    return round_money(minutes * hourly_rate / 60)


@dataclass(frozen=True, slots=True)
class RateTotal:
    """The lines of one tax rate together: their net, and the tax on it."""

    net: Decimal
    tax: Decimal

    @property
    def gross(self) -> Decimal:
        """Net and tax."""
        return self.net + self.tax


@dataclass(frozen=True, slots=True)
class Totals:
    """What a set of lines comes to; ``by_rate`` is in ascending order of the rates (0.13 is 13 %)."""

    net: Decimal
    tax: Decimal
    gross: Decimal
    by_rate: Mapping[Decimal, RateTotal]


def totals(lines: Iterable[tuple[Decimal, Decimal]]) -> Totals:
    """Add up ``(net, tax_rate)`` of each line; the tax of a rate is taken on the sum of its lines, once."""
    nets: dict[Decimal, Decimal] = {}
    for amount, rate in lines:
        nets[rate] = nets.get(rate, ZERO) + amount
    by_rate = {rate: RateTotal(nets[rate], round_money(nets[rate] * rate)) for rate in sorted(nets)}
    whole_net = sum((r.net for r in by_rate.values()), ZERO)
    tax = sum((r.tax for r in by_rate.values()), ZERO)
    return Totals(whole_net, tax, whole_net + tax, MappingProxyType(by_rate))
