"""Generated parts of documents: what is between two markers is replaced, the rest stays."""

import pytest
from tools.architecture import picture
from tools.generated_text import UnknownPart, filled, first_sentence, names_in, table
from tools.subscriptions import derived

_TEXT = "Before.\n\n<!-- generated: rules -->\nold\n<!-- end -->\n\nAfter.\n"


class TestAGeneratedPart:
    def test_is_replaced_and_the_rest_stays(self) -> None:
        text = filled(_TEXT, {"rules": "new"})

        assert text == "Before.\n\n<!-- generated: rules -->\n\nnew\n\n<!-- end -->\n\nAfter.\n"

    def test_is_the_same_when_it_is_filled_again(self) -> None:
        once = filled(_TEXT, {"rules": "new"})

        assert filled(once, {"rules": "new"}) == once

    def test_that_nothing_generates_is_refused(self) -> None:
        with pytest.raises(UnknownPart):
            filled(_TEXT, {})

    def test_is_found_by_its_name(self) -> None:
        assert names_in(_TEXT) == ["rules"]


class TestATable:
    def test_has_a_head_and_a_line_for_each_row(self) -> None:
        assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"

    def test_escapes_bars(self) -> None:
        assert "x \\| y" in table(("a",), [("x | y",)])

    def test_without_rows_is_a_word(self) -> None:
        assert table(("a",), []) == "None."


def test_the_first_paragraph_of_a_docstring_becomes_one_line() -> None:
    assert first_sentence("What it\n    is for ``x``.\n\n    More.") == "What it is for `x`"


def test_the_picture_has_a_ring_for_every_subscription() -> None:
    subscribed = derived()

    drawn = picture(subscribed)

    assert drawn.count('<circle class="subscriber"') == sum(map(len, subscribed.values())) + 1
    assert drawn.count('<circle class="publisher"') == len(subscribed) + 1
