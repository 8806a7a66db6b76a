"""The reconciliation of a running shop, as an operator reads it."""

import asyncio
from collections.abc import Callable, Mapping

from deploy.reconcile import QUESTIONS, Discrepancy, open_books

AGAIN_AFTER = 5.0
"""Seconds until a second look: what is on its way between departments differs for a moment."""

Answers = dict[str, list[Discrepancy]]


async def answers(urls: Mapping[str, str]) -> Answers:
    """What does not hold right now, by question."""
    async with open_books(urls) as books:
        return {name: await question(books) for name, question in QUESTIONS.items()}


async def lasting(urls: Mapping[str, str], *, again_after: float = AGAIN_AFTER) -> Answers:
    """What does not hold in each of two looks, ``again_after`` seconds apart; one look if all holds."""
    first = await answers(urls)
    if not any(first.values()):
        return first
    await asyncio.sleep(again_after)
    second = await answers(urls)
    return {name: [one for one in found if one in first[name]] for name, found in second.items()}


def report(
    urls: Mapping[str, str], *, show: Callable[[str], None] = print, again_after: float = AGAIN_AFTER
) -> int:
    """Print every question with what differs; the exit code, 1 if something does."""
    found = asyncio.run(lasting(urls, again_after=again_after))
    for name, question in QUESTIONS.items():
        title = (question.__doc__ or "").strip().partition(": ")[2] or question.__name__.replace("_", " ")
        count = len(found[name])
        show(f"{name:4} {'holds' if not count else f'{count} differ':12} {title.splitlines()[0]}")
        for one in found[name]:
            show(f"     {one.subject}: {one.what}")
    return 1 if any(found.values()) else 0
