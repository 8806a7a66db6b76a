"""Builders of shared values: everything has a default, and prices add up as they do in the shop."""

from decimal import Decimal

from testkit.builders import a_line, a_need, priced


class TestALine:
    def test_has_ids_of_its_own_and_the_parts_that_are_given(self) -> None:
        need = a_need("OF-1", "2.000")

        one, other = a_line(need), a_line(labour_minutes=30)

        assert one.line_id != other.line_id
        assert (one.parts, other.parts, other.labour_minutes) == ((need,), (), 30)

    def test_is_priced_with_tax_by_rate(self) -> None:
        line = priced(a_line(a_need(quantity="2.000")), hourly_rate="200.00", unit_price="85.00")

        assert (line.labour_net, line.parts[0].net) == (Decimal("200.00"), Decimal("170.00"))
        assert line.gross == Decimal("404.10")  # 200.00 + 6 %, 170.00 + 13 %
