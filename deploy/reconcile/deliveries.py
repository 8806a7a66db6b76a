"""Q9: every event that was published has been applied, in order, by every subscriber."""

import json
from pathlib import Path

from contracts.streams import STREAMS, Stream
from deploy.reconcile.books import Books, Discrepancy

_SUBSCRIBERS = Path(__file__).resolve().parents[2] / "contracts" / "subscribers.json"
_PUBLISHED = "select key, max(sequence) as last, count(*) as n from outbox where stream = '{0}' group by key"
_APPLIED = "select key, last from cursors where stream = '{0}' and last > 0"
_LEFT = """
    select (select count(*) from outbox where published_at is null) as unpublished,
           (select count(*) from deferred where status = 'waiting') as deferred,
           (select count(*) from deferred where status = 'dead_letter') as dead_letters,
           (select count(*) from unsorted_deliveries) as unsorted_deliveries,
           (select count(*) from skipped) as skipped,
           (select count(*) from unreadable) as unreadable
"""


async def every_subscriber_applied_everything(books: Books) -> list[Discrepancy]:
    """Q9: for every stream, key and subscriber the applied sequences are 1 to n, n the publisher's last."""
    subscribers: dict[str, list[str]] = json.loads(_SUBSCRIBERS.read_text(encoding="utf-8"))
    found: list[Discrepancy] = []
    for stream in STREAMS.values():
        found += await _stream(books, stream, subscribers[stream.name])
    for department in books.departments:
        (left,) = await books.rows(department, _LEFT)
        found += [Discrepancy("Q9", department, f"{count} {what}") for what, count in left.items() if count]
    return found


async def _stream(books: Books, stream: Stream, subscribers: list[str]) -> list[Discrepancy]:
    published: dict[str, int] = {}
    found: list[Discrepancy] = []
    for row in await books.rows(stream.publisher, _PUBLISHED.format(stream.name)):
        published[row["key"]] = row["last"]
        if row["n"] != row["last"]:
            what = f"{row['n']} events of {stream.name} up to number {row['last']}"
            found.append(Discrepancy("Q9", row["key"], what))
    for subscriber in subscribers:
        rows = await books.rows(subscriber, _APPLIED.format(stream.name))
        applied = {row["key"]: row["last"] for row in rows}
        for key in sorted(published.keys() | applied.keys()):
            last, of = applied.get(key, 0), published.get(key, 0)
            if last != of:
                what = f"{subscriber} applied {last} of {of} events of {stream.name}"
                found.append(Discrepancy("Q9", key, what))
    return found
