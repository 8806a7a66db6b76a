"""The key figures of parts (F-29)."""

from decimal import Decimal

from parts.domain.figures import mean_minutes, share_percent


class TestKeyFigures:
    def test_follow_the_worked_example_of_f_29(self) -> None:
        assert share_percent(180, 200) == Decimal("90.00")
        assert mean_minutes([5 * 60, 10 * 60, 15 * 60]) == Decimal("10.00")
        assert share_percent(3, 180) == Decimal("1.67")

    def test_are_none_where_nothing_happened(self) -> None:
        assert (share_percent(0, 0), mean_minutes([])) == (None, None)
