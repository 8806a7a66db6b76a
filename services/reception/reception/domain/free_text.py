"""Free text as reception stores and publishes it: without numbers that could be a person's (DATA-03)."""

from collections.abc import Iterable

from servicekit.personal_data import mask_free_text


def masked(text: str) -> str:
    """The text, trimmed, with phone and identity numbers masked."""
    return mask_free_text(text.strip())


def all_masked(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text masked; empty ones are dropped."""
    return tuple(masked(text) for text in texts if text.strip())
