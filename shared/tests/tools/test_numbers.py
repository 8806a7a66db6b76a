"""Numbers that people use are written one way, and read in any."""

from datetime import date
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.ids import new_id
from servicekit.refusal import Invalid
from shopkit.numbers import (
    normal_request_no,
    parse_request_no,
    record_no,
    request_id_of,
    request_no,
    search_key,
)

THE_DAY = date(2025, 3, 7)
SHOP = UUID("6b8f3a52-7f0e-5d0b-9a53-0d7b8b1e6c01")


def test_a_request_number_gives_the_same_id_in_every_department() -> None:
    assert request_id_of(SHOP, "B-250307-0042") == uuid5(SHOP, "B-250307-0042")
    assert request_id_of(SHOP, "B-250307-0043") != request_id_of(SHOP, "B-250307-0042")
    assert request_id_of(uuid5(SHOP, "another"), "B-250307-0042") != request_id_of(SHOP, "B-250307-0042")


class TestRequestNumbers:
    def test_name_department_day_and_number(self) -> None:
        assert request_no("B", THE_DAY, 42) == "B-250307-0042"

    @given(
        st.from_regex(r"[A-Z]{1,3}", fullmatch=True),
        st.dates(date(2000, 1, 1), date(2068, 12, 31)),
        st.integers(0, 10**6),
    )
    def test_are_read_as_they_were_written(self, prefix: str, on: date, n: int) -> None:
        assert parse_request_no(request_no(prefix, on, n)) == (prefix, on, n)

    def test_are_understood_however_they_were_typed(self) -> None:
        assert normal_request_no("  w-250307-0007 ") == "W-250307-0007"
        assert normal_request_no("B-250307-00042") == "B-250307-0042"

    @pytest.mark.parametrize(
        "text", ["", "B-250307", "B-251307-0001", "B-250307-42", "B2503070042", "4-250307-0042"]
    )
    def test_are_refused_when_they_are_none(self, text: str) -> None:
        with pytest.raises(Invalid):
            parse_request_no(text)


@pytest.mark.req("F-28")
class TestArchiveNumbers:
    def test_count_per_customer_kind_and_date(self) -> None:
        assert record_no("C000123", "RP", THE_DAY, 1) == "C000123-RP-20250307-001"
        assert record_no("C000123", "RP", THE_DAY, 2) == "C000123-RP-20250307-002"
        assert record_no("C000123", "MT", THE_DAY, 1) == "C000123-MT-20250307-001"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("粤a·123 45", "粤A12345"),
        ("粤Ａ－１２３４５", "粤A12345"),
        ("Li　Lei", "LILEI"),
        ("-", "-"),
        ("%", "%"),
    ],
)
def test_what_people_type_is_compared_in_one_spelling(typed: str, key: str) -> None:
    assert search_key(typed) == key


def test_ids_are_version_7_and_sorted_by_their_making() -> None:
    ids = [new_id() for _ in range(100)]

    assert {made.version for made in ids} == {7}
    assert len(set(ids)) == 100
    assert [made.int >> 80 for made in ids] == sorted(made.int >> 80 for made in ids)
