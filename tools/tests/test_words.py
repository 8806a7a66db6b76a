"""The check of words finds what docs/naming.md refuses, in every form, and only that."""

import pytest
from tools.root import ROOT
from tools.words import Allowed, Hit, Refused, Words, files, hits, matches

SOLD = Refused("sold", "published", also=("sell",))
PHRASE = Refused("pick up", "consume", also=("picked up",))
NAMES = Refused("fact", "event", names_in="kit")


def words(*refused: Refused, allowed: tuple[Allowed, ...] = ()) -> Words:
    return Words(refused, allowed, ())


@pytest.mark.parametrize(
    "text",
    ["was sold", "Sold:", "sold_at", "_SOLD", "soldAt", "wasSold", "WasSoldTwice", "to sell", "`sold`"],
)
def test_a_word_is_found_in_every_form(text: str) -> None:
    assert [hit.line for hit in hits(words(SOLD), "a.py", f"x = 1\n{text}\n")] == [2]


@pytest.mark.parametrize("text", ["soldier", "unsold", "_SOLDIER", "resold", "Soldiers", "seller"])
def test_a_longer_word_is_another_word(text: str) -> None:
    assert hits(words(SOLD), "a.py", text) == []


@pytest.mark.parametrize(
    "text", ["pick up", "picked the event up", "pick_up", "# pick\n    # up", "PickUp", "pick it up"]
)
def test_a_phrase_is_found_across_lines_and_words(text: str) -> None:
    assert len(hits(words(PHRASE), "a.md", text)) == 1


def test_words_far_apart_are_no_phrase() -> None:
    assert hits(words(PHRASE), "a.md", "pick what the customer will hold up") == []


def test_a_word_refused_in_names_may_stand_in_prose() -> None:
    text = '"""The fact."""\nfact = 1  # a fact\n'

    found = hits(words(NAMES), "kit/a.py", text)

    assert [(hit.line, hit.word) for hit in found] == [(2, "fact")]
    assert hits(words(NAMES), "elsewhere/a.py", text) == []


def test_an_allowed_use_needs_its_path_and_its_words() -> None:
    allowed = Allowed("sold", "shop/**", "the shop sells cars", line="sold_cars")

    found = hits(words(SOLD, allowed=(allowed,)), "shop/a.py", "sold_cars = 1\nsold = 2\n")

    assert [hit.line for hit in found] == [2]


def test_a_hit_names_place_word_and_remedy() -> None:
    assert str(Hit("a.py", 3, "sold", "published")) == "a.py:3: sold (published)"


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("docs/adr/0001.md", "docs/adr/**", True),
        ("docs/faults.md", "docs/adr/**", False),
        ("samples.csv", "**/*.csv", True),
        ("demo/samples.csv", "**/*.csv", True),
        ("a.py", "**", True),
    ],
)
def test_patterns(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) is expected


def test_every_exception_has_a_use() -> None:
    """An entry whose word no longer stands at its path is taken out."""
    listed = Words.read()
    bare = Words(listed.refused, (), ())
    by_word = {refused.word: refused for refused in listed.refused}
    for allowed in listed.allowed:
        texts = {
            name: (ROOT / name).read_text(encoding="utf-8")
            for name in files(ROOT)
            if matches(name, allowed.path) and name != "tools/words.toml"
        }
        one = Words((by_word[allowed.word],), (), bare.exempt)
        lines = (
            text.splitlines()[hit.line - 1] for name, text in texts.items() for hit in hits(one, name, text)
        )
        assert any(allowed.line in line for line in lines), f"nobody needs {allowed}"
