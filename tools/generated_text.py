"""Texts with generated parts: what stands between two markers is replaced, the rest is written by hand."""

import re
from collections.abc import Mapping, Sequence

_PART = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


class UnknownPart(Exception):
    """A text has markers for a part that nothing generates."""


def names_in(text: str) -> list[str]:
    """The names of the generated parts that a text has markers for, in their order."""
    return [found["name"] for found in _PART.finditer(text)]


def filled(text: str, parts: Mapping[str, str]) -> str:
    """The text with each generated part as it should be. Raises ``UnknownPart``."""

    def part(found: re.Match[str]) -> str:
        if found["name"] not in parts:
            raise UnknownPart(found["name"])
        return f"{found[1]}\n{parts[found['name']].strip()}\n\n{found[3]}"

    return _PART.sub(part, text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; bars inside cells are escaped. *None* where there is no row."""
    if not rows:
        return "None."
    lines = [head, ["---" for _ in head], *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def first_sentence(text: str | None) -> str:
    """The first paragraph of a docstring on one line, without its full stop."""
    paragraph = (text or "").strip().split("\n\n")[0]
    return " ".join(paragraph.replace("``", "`").split()).rstrip(".")
