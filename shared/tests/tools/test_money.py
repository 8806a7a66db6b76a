"""Money is exact: half up, once per line, once per tax rate."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkit.money import ZERO, labour_net, net, round_money, totals

Lines = list[tuple[Decimal, Decimal]]

CENT = Decimal("0.01")
amounts = st.decimals(Decimal("-100000"), Decimal("100000"), places=2)
rates = st.sampled_from([Decimal("0"), Decimal("0.03"), Decimal("0.06"), Decimal("0.13")])
lines = st.lists(st.tuples(amounts, rates), max_size=20)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("0.005", "0.01"), ("0.0049", "0.00"), ("2.675", "2.68"), ("-2.675", "-2.68"), ("1", "1.00")],
)
def test_money_rounds_half_up(amount: str, rounded: str) -> None:
    assert str(round_money(Decimal(amount))) == rounded


class TestTheWorkedExampleOfEstimateAndBill:
    labour = labour_net(90, Decimal(200))
    parts = net(Decimal(2), Decimal(85))
    sublet, discount = Decimal(100), Decimal(-30)

    def test_comes_to_540(self) -> None:
        assert (self.labour, self.parts) == (Decimal("300.00"), Decimal("170.00"))
        billed = totals((part, ZERO) for part in (self.labour, self.parts, self.sublet, self.discount))

        assert billed.gross == Decimal("540.00")

    def test_comes_to_660_with_additional_work(self) -> None:
        billed = [self.labour, self.parts, self.sublet, self.discount, Decimal(120)]

        assert totals((part, ZERO) for part in billed).gross == Decimal("660.00")


class TestTax:
    def test_is_taken_on_the_sum_of_a_rates_lines_once(self) -> None:
        three = [(Decimal("0.04"), Decimal("0.13"))] * 3  # line by line this would be three times 0.01

        assert totals(three).tax == Decimal("0.02")

    def test_is_kept_apart_by_rate(self) -> None:
        mixed = totals(
            [(Decimal(100), Decimal("0.13")), (Decimal(50), Decimal("0.06")), (Decimal(1), Decimal("0.13"))]
        )

        assert mixed.by_rate[Decimal("0.13")].net == Decimal(101)
        assert mixed.by_rate[Decimal("0.13")].tax == Decimal("13.13")
        assert mixed.by_rate[Decimal("0.06")].gross == Decimal("53.00")
        assert list(mixed.by_rate) == [Decimal("0.06"), Decimal("0.13")]

    def test_of_nothing_is_nothing(self) -> None:
        assert str(totals([]).gross) == "0.00"

    @given(lines)
    def test_adds_up(self, taxed: Lines) -> None:
        found = totals(taxed)

        assert found.gross == found.net + found.tax
        assert found.net == sum((amount for amount, _ in taxed), ZERO)
        assert found.gross == sum((r.gross for r in found.by_rate.values()), ZERO)
        assert all(abs(r.tax - r.net * rate) <= CENT / 2 for rate, r in found.by_rate.items())

    @given(lines.flatmap(lambda taxed: st.tuples(st.just(taxed), st.permutations(taxed))))
    def test_does_not_depend_on_the_order_of_lines(self, both: tuple[Lines, Lines]) -> None:
        assert totals(both[0]) == totals(both[1])

    @given(lines)
    def test_of_a_credit_mirrors_its_charge(self, taxed: Lines) -> None:
        credit = totals((-amount, rate) for amount, rate in taxed)

        assert credit.gross == -totals(taxed).gross


@given(st.integers(0, 100_000), st.decimals(Decimal(0), Decimal(10_000), places=2))
def test_labour_is_within_half_a_cent_of_its_time(minutes: int, rate: Decimal) -> None:
    assert abs(labour_net(minutes, rate) * 60 - minutes * rate) <= CENT / 2 * 60
