"""Plates and VINs have one normal form, and a mistyped VIN is found by its check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.refusal import Invalid
from shopkit.vehicles import VIN_CHARACTERS, check_digit, normal_plate, normal_vin, plate_key

VIN = "1M8GDM9AXKP042788"


class TestAPlate:
    @pytest.mark.parametrize("text", ["粤a·12345", " 粤A 12345", "粤A-12345", "粤A12345"])
    def test_has_one_normal_form(self, text: str) -> None:
        assert normal_plate(text) == "粤A12345"

    @pytest.mark.parametrize("text", ["", "-", "粤", "粤A12345678901"])
    def test_that_cannot_be_one_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid) as refused:
            normal_plate(text, field="query.plate")

        assert refused.value.details["errors"][0]["field"] == "query.plate"

    @given(st.text(max_size=20))
    def test_is_compared_in_the_same_form_whatever_was_typed(self, text: str) -> None:
        assert plate_key(plate_key(text)) == plate_key(text)


class TestAVin:
    def test_is_in_capitals(self) -> None:
        assert normal_vin(VIN.lower()) == VIN

    @pytest.mark.parametrize("text", ["1M8GDM9A1KP042788", "LVSHCAMB2CE054249"])
    def test_with_a_wrong_check_digit_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid):
            normal_vin(text)

    @pytest.mark.parametrize("text", ["LVSHCAMB1CE054249", "WVWZZZ1JZ3W386752"])
    def test_needs_the_check_digit_only_where_it_is_prescribed(self, text: str) -> None:
        assert normal_vin(text) == text

    @pytest.mark.parametrize("text", ["SHORT", "1M8GDM9AXKP04278O", "1M8GDM9AXKP0427888"])
    def test_of_wrong_length_or_characters_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid):
            normal_vin(text)

    @pytest.mark.parametrize(("vin", "digit"), [(VIN, "X"), ("11111111111111111", "1")])
    def test_has_a_check_digit_by_the_standard(self, vin: str, digit: str) -> None:
        assert check_digit(vin) == digit

    @given(st.text("".join(sorted(VIN_CHARACTERS)), min_size=17, max_size=17), st.integers(0, 16))
    def test_has_the_same_check_digit_whatever_is_in_its_place(self, vin: str, place: int) -> None:
        changed = vin[:8] + vin[place] + vin[9:]

        assert check_digit(changed) == check_digit(vin)
