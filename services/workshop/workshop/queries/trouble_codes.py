"""Diagnostic trouble codes: the list that a diagnosis is checked against, read when first asked."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import islice

from contracts.values import DiagnosticCode


@cache
def all_codes() -> Mapping[str, str]:
    """Description by code, sorted by code."""
    with files("workshop.queries").joinpath("dtc-codes.csv").open(encoding="utf-8") as rows:
        listed = {row["code"].upper(): row["description"] for row in csv.DictReader(rows)}
    return dict(sorted(listed.items()))


def search(words: str, *, after: str, limit: int) -> list[DiagnosticCode]:
    """Codes that begin with ``words`` or whose description has all of them, from the one after ``after``."""
    wanted = words.casefold().split()
    found = (
        DiagnosticCode(code=code, description=description)
        for code, description in all_codes().items()
        if code > after and _matches(code, description, words.strip().upper(), wanted)
    )
    return list(islice(found, limit))


def _matches(code: str, description: str, prefix: str, wanted: list[str]) -> bool:
    text = description.casefold()
    return code.startswith(prefix) or all(word in text for word in wanted)
