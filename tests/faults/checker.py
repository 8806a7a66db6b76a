"""The one checker: for every stream, key and listener the applied sequences are 1…n, once each, in order.

It believes the witnesses in the reactions' own transactions, not the cursors, and compares them with the
publishers' logs; a second application of an event also shows in what it made its department say.
"""

from collections import defaultdict
from collections.abc import Mapping

from deploy.reconcile import open_books, reconcile
from deploy.reconcile.books import Books, Discrepancy
from tools.departments import DEPARTMENTS
from tools.subscriptions import among, subscribers

from contracts.streams import STREAMS, Stream
from servicekit.run import load
from servicekit.service import Service

Key = tuple[str, str]

_TOLD = "select key, sequence, type, schema_version as version from outbox where stream = '{0}'"
_WITNESSED = "select key, sequence from fault_witness where stream = '{0}' order by position"
_STANDING = """
    select c.key, c.last,
           (select count(*) from deferred d
             where d.stream = c.stream and d.key = c.key and d.sequence > c.last) as aside
      from cursors c where c.stream = '{0}'
"""
_TWICE = """
    select headers ->> 'causation' as id, count(distinct txid) as n from outbox
     where headers ->> 'causation' <> '' group by 1 having count(distinct txid) > 1
"""
_UNPUBLISHED = "select count(*) as n from outbox where published_at is null"
_SAID = "select stream, key, max(sequence) as n from outbox group by stream, key"
_HEARD = "select stream, key, last as n from cursors"


async def disagreements(urls: Mapping[str, str]) -> list[str]:
    """Of a quiet shop: what the departments do not agree about, and what was not applied once, in order."""
    services = {name: load(name) for name in DEPARTMENTS}
    async with open_books(urls) as books:
        found = await misapplied(books, services)
    return [str(one) for one in [*found, *await reconcile(urls)]]


async def misapplied(books: Books, services: Mapping[str, Service]) -> list[Discrepancy]:
    """Between these departments: what was lost, doubled or taken out of order, what is neither applied, nor
    waiting, nor dead letters, and what was never published."""
    found: list[Discrepancy] = []
    of_these = among(services.values())
    for stream in STREAMS.values():
        if stream.publisher in services:
            told = await books.rows(stream.publisher, _TOLD.format(stream.name))
            for listener in of_these[stream.name]:
                found += await _heard(books, stream, services[listener], told)
    for department in services:
        (left,) = await books.rows(department, _UNPUBLISHED)
        if left["n"]:
            found.append(Discrepancy("loss", department, f"{left['n']} unpublished"))
        for row in await books.rows(department, _TWICE):
            what = f"{department} said its consequences in {row['n']} transactions"
            found.append(Discrepancy("once", row["id"], what))
    return found


async def _heard(
    books: Books, stream: Stream, service: Service, told: list[Mapping[str, object]]
) -> list[Discrepancy]:
    listener, reacts = service.name, service.reactions
    standing = {row["key"]: row for row in await books.rows(listener, _STANDING.format(stream.name))}
    wanted: dict[str, list[int]] = defaultdict(list)
    last: dict[str, int] = defaultdict(int)
    for row in told:
        key, n = str(row["key"]), int(str(row["sequence"]))
        last[key] = max(last[key], n)
        applied = key in standing and n <= standing[key]["last"]
        if applied and (row["type"], row["version"]) in reacts:
            wanted[key].append(n)
    witnessed: dict[str, list[int]] = defaultdict(list)
    for row in await books.rows(listener, _WITNESSED.format(stream.name)):
        witnessed[row["key"]].append(row["sequence"])
    found = []
    for key in wanted.keys() | witnessed.keys():
        if witnessed[key] != sorted(wanted[key]):
            what = f"{listener} applied {witnessed[key]} of {stream.name}, not {sorted(wanted[key])}"
            found.append(Discrepancy("order", key, what))
    for key, n in last.items():
        known = standing[key]["last"] + standing[key]["aside"] if key in standing else 0
        if known != n:
            what = f"{listener} has applied or put aside {known} of {n} of {stream.name}"
            found.append(Discrepancy("loss", key, what))
    return found


async def said_so_far(urls: Mapping[str, str]) -> dict[Key, int]:
    """The last number of every aggregate of every stream."""
    async with open_books(urls) as books:
        rows = [row for name in DEPARTMENTS for row in await books.rows(name, _SAID)]
    return {(row["stream"], row["key"]): row["n"] for row in rows}


async def caught_up(urls: Mapping[str, str], said: Mapping[Key, int]) -> bool:
    """Whether every listener has applied at least what was said by then."""
    async with open_books(urls) as books:
        for name in DEPARTMENTS:
            heard = {(row["stream"], row["key"]): row["n"] for row in await books.rows(name, _HEARD)}
            mine = {stream for stream, names in subscribers().items() if name in names}
            if any(heard.get(place, 0) < n for place, n in said.items() if place[0] in mine):
                return False
    return True
