"""The glossary names what exists in the contracts, and knows every stream and role."""

import inspect
import re
from pathlib import Path

from contracts import values
from contracts.base import Fact
from contracts.events import EVENTS
from contracts.roles import ROLES
from contracts.streams import STREAMS

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
VALUES = [member for _, member in inspect.getmembers(values, inspect.isclass) if issubclass(member, Fact)]


def _words_in_code() -> set[str]:
    rows = [line for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("|")]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row.rstrip("| ").rsplit("|", 1)[1])}


class TestTheGlossary:
    def test_names_only_what_the_contracts_know(self) -> None:
        classes = [*EVENTS.values(), *VALUES]
        known = {member.__name__ for member in classes} | STREAMS.keys() | ROLES.keys()
        known |= {name for member in classes for name in member.model_fields}

        assert _words_in_code() - known == set()

    def test_explains_every_stream_and_every_role(self) -> None:
        assert (STREAMS.keys() | ROLES.keys()) - _words_in_code() == set()

    def test_gives_every_word_in_both_languages(self) -> None:
        rows = [line for line in GLOSSARY.read_text("utf-8").splitlines() if line.startswith("|")]
        words = [row.split("|")[2].strip() for row in rows if not row.startswith(("|---", "| English"))]

        assert all(re.search(r"[\u4e00-\u9fff]", word) for word in words)
