"""Q9: every fact that was told has been heard, in order, by everyone who listens."""

from contracts.streams import DEPARTMENTS, STREAMS, Stream
from deploy.reconcile.books import Books, Discrepancy

_TOLD = "select key, max(sequence) as last, count(*) as n from outbox where stream = '{0}' group by key"
_HEARD = "select key, last from cursors where stream = '{0}' and last > 0"
_LEFT = """
    select (select count(*) from outbox where published_at is null) as unpublished,
           (select count(*) from deferred where status = 'waiting') as deferred,
           (select count(*) from deferred where status = 'dead_letter') as dead_letters,
           (select count(*) from unsorted_deliveries) as unsorted_deliveries,
           (select count(*) from skipped) as skipped,
           (select count(*) from unreadable) as unreadable
"""


async def every_listener_heard_everything(books: Books) -> list[Discrepancy]:
    """For every stream, key and listener the applied sequences are 1 to n, n the publisher's last."""
    found: list[Discrepancy] = []
    for stream in STREAMS.values():
        found += await _stream(books, stream)
    for department in DEPARTMENTS:
        (left,) = await books.rows(department, _LEFT)
        found += [Discrepancy("Q9", department, f"{count} {what}") for what, count in left.items() if count]
    return found


async def _stream(books: Books, stream: Stream) -> list[Discrepancy]:
    told: dict[str, int] = {}
    found: list[Discrepancy] = []
    for row in await books.rows(stream.publisher, _TOLD.format(stream.name)):
        told[row["key"]] = row["last"]
        if row["n"] != row["last"]:
            what = f"{row['n']} events of {stream.name} up to number {row['last']}"
            found.append(Discrepancy("Q9", row["key"], what))
    for listener in stream.listeners:
        rows = await books.rows(listener, _HEARD.format(stream.name))
        heard = {row["key"]: row["last"] for row in rows}
        for key in sorted(told.keys() | heard.keys()):
            if told.get(key, 0) != heard.get(key, 0):
                what = f"{listener} heard {heard.get(key, 0)} of {told.get(key, 0)} events of {stream.name}"
                found.append(Discrepancy("Q9", key, what))
    return found
