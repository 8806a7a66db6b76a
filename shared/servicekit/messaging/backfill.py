"""Backfill and watermarks: consumers request from publishers' outboxes what they may have missed.

A watermark is a link ``[since, upto)`` in a chain over transaction ids (time or position would miss late
commits): per aggregate the highest sequence recorded by a transaction in it. A consumer moves along the chain
only where links join, else requests the links between. With the link goes a *claim*: the shop time up to
which everything that this publisher will ever record has been recorded.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.streams import STREAMS
from servicekit.messaging import cursors, outbox
from servicekit.messaging.broker import Broker, Control
from servicekit.messaging.envelope import Envelope
from servicekit.process import Process

log = structlog.get_logger("backfill")

PERIOD = 30.0
"""Seconds between two watermarks."""

_PAGE = 200
_LINK = 1000

_BEGIN = text("""
    insert into watermark (id) values (1) on conflict do nothing
""")
_STATE = """
    select upto::text::bigint as upto,
           coalesce(published_at < now() - make_interval(secs => :period), true) as due,
           claim_at, claim_xid::text::bigint as claim_xid,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xmax,
           (select extract(epoch from clock_timestamp() - min(a.xact_start))
              from pg_stat_activity a
             where a.datname = current_database() and a.pid <> pg_backend_pid() and a.xact_start is not null
           )::float8 as oldest
      from watermark where id = 1
"""
_READ_STATE = text(_STATE)
_LOCK_STATE = text(_STATE + " for update skip locked")
_PUBLISHED = text("""
    update watermark set upto = cast(cast(:upto as text) as xid8), published_at = now(), claim_at = :claim_at,
           claim_xid = cast(cast(:claim_xid as text) as xid8)
     where id = 1
""")
_BOUND = text("""
    select max(txid::text::bigint) + 1 as upto, count(*) as n
      from (select txid from outbox
             where txid >= cast(cast(:since as text) as xid8) and txid < cast(cast(:upto as text) as xid8)
             order by txid limit :limit) as page
""")
_LINKED = text("""
    select stream, key, max(sequence) as n from outbox
     where txid >= cast(cast(:since as text) as xid8) and txid < cast(cast(:upto as text) as xid8)
     group by stream, key
""")
_SEEN = text("""
    insert into publisher_watermarks (publisher) values (:publisher)
    on conflict (publisher) do update set received_at = now()
    returning upto::text::bigint as upto,
              coalesce(requested_at < now() - interval '5 seconds', true) as may_request
""")
_RAISE = text("""
    insert into cursors (reader, stream, key, high, gap_since, wake_at)
    select 'main', stream, key, n, now(), now() + make_interval(secs => :grace)
      from unnest(cast(:streams as text[]), cast(:keys as text[]), cast(:ns as bigint[])) as t(stream, key, n)
     order by stream, key
    on conflict (reader, stream, key) do update
       set high = excluded.high,
           gap_since = coalesce(cursors.gap_since, case when excluded.high > cursors.last then now() end),
           wake_at = coalesce(cursors.wake_at,
                              case when excluded.high > cursors.last then excluded.wake_at end)
     where excluded.high > cursors.high
""")
_MOVE = text("""
    update publisher_watermarks
       set upto = cast(cast(:upto as text) as xid8),
           complete_until = greatest(complete_until, cast(:claim as timestamptz))
     where publisher = :publisher
""")
_REQUESTED = text("update publisher_watermarks set requested_at = now() where publisher = :publisher")
_SILENT = text("""
    select p.name from unnest(cast(:publishers as text[])) as p(name)
      left join publisher_watermarks s on s.publisher = p.name
     where coalesce(s.received_at < now() - interval '90 seconds', true)
       and coalesce(s.requested_at < now() - interval '30 seconds', true)
""")
_COMPLETE = text("""
    select coalesce(bool_and(s.complete_until >= :due and s.complete_until is not null), false)
           and count(*) = :n
           and not exists (select 1 from cursors c where c.reader = 'main' and c.high > c.last
                              and c.stream = any(cast(:streams as text[])) and c.wake_at is not null)
      from publisher_watermarks s where s.publisher = any(cast(:publishers as text[]))
""")


class Backfill:
    """Both sides of backfill, for one process of a department that subscribes to ``streams``.

    ``handle`` applies the events that were requested; ``wake_poller`` is called when a gap is known."""

    def __init__(
        self,
        process: Process,
        broker: Broker,
        streams: Sequence[str],
        *,
        handle: Callable[[Sequence[Envelope]], Awaitable[None]],
        wake_poller: Callable[[], None],
    ) -> None:
        self._process = process
        self._broker = broker
        self._name = process.name
        self._streams = frozenset(streams)
        self._handle = handle
        self._wake_poller = wake_poller
        self.publishers = sorted({STREAMS[stream].publisher for stream in self._streams} - {self._name})

    # --- requesting

    async def request(self, stream: str, key: str, first: int, last: int) -> None:
        """Request the events ``first`` to ``last`` of one aggregate from the publisher of its stream."""
        wanted = {"stream": stream, "key": key, "first": first, "last": last}
        await self._send("backfill-request", STREAMS[stream].publisher, wanted)

    async def request_links(self, publishers: list[str] | None = None) -> None:
        """Request the links since the last one from publishers: at start, with a new queue, after silence,
        before a timer concludes."""
        for publisher in self.publishers if publishers is None else publishers:
            async with self._process.begin() as tx:
                seen = (await tx.session.execute(_SEEN, {"publisher": publisher})).one()
                await tx.session.execute(_REQUESTED, {"publisher": publisher})
            await self._send("backfill-request", publisher, {"since": seen.upto})

    async def request_from_silent(self) -> None:
        """Request the links of publishers whose last watermark is 90 seconds old."""
        silent = [
            row.name for row in await self._process.autocommit(_SILENT, {"publishers": self.publishers})
        ]
        if silent:
            await self.request_links(silent)

    async def is_complete(self, session: AsyncSession, streams: tuple[str, ...], due: datetime) -> bool:
        """Whether everything that happened in these streams up to ``due`` is recorded and applied here."""
        publishers = self.publishers_of(streams)
        row = await session.execute(
            _COMPLETE, {"due": due, "n": len(publishers), "streams": list(streams), "publishers": publishers}
        )
        return bool(row.scalar())

    def publishers_of(self, streams: tuple[str, ...]) -> list[str]:
        """Who publishes these streams."""
        return sorted({STREAMS[stream].publisher for stream in streams})

    # --- answering

    async def on_control(self, message: Control) -> None:
        """What other departments' processes send; a failure costs nothing, they request again."""
        try:
            if message.kind == "backfill-request":
                await self._answer(message.sender, message.data)
            elif message.sender in self.publishers:
                await self._receive(message.sender, message.data)
        except Exception as error:
            log.warning("control.failed", kind=message.kind, sender=message.sender, error=repr(error))

    async def _answer(self, requester: str, data: Mapping[str, Any]) -> None:
        if "since" in data:
            await self._send_links(requester, int(data["since"]))
            return
        async with self._process.begin() as tx:
            page = await outbox.between(
                tx.session, data["stream"], data["key"], int(data["first"]), int(data["last"]), _PAGE
            )
        if page:
            await self._send("backfill", requester, {"events": [envelope.to_json() for envelope in page]})

    async def _send_links(self, requester: str, since: int) -> None:
        async with self._process.begin() as tx:
            state = (await tx.session.execute(_READ_STATE, {"period": PERIOD})).one_or_none()
            if state is None:
                await tx.session.execute(_BEGIN)
                return  # the first watermark is on its way
            claim, _ = self._claim(state)
            links = []
            while True:
                link = await _link(tx.session, since, state.xmin)
                links.append(link)
                since = link["upto"]
                if since >= state.xmin or len(links) >= 50:
                    break
        for link in links:
            link["claim"] = claim.isoformat() if claim and link["upto"] >= state.xmin else None
            await self._send("backfill", requester, {"link": link})

    async def publish_watermark(self) -> None:
        """The next watermark, if it is due and no other replica is publishing it (the row is locked then)."""
        async with self._process.begin() as tx:
            state = (await tx.session.execute(_LOCK_STATE, {"period": PERIOD - 1})).one_or_none()
            if state is None:
                await tx.session.execute(_BEGIN)
                return
            if not state.due:
                return
            claim, pending = self._claim(state)
            link = await _link(tx.session, state.upto, state.xmin)
            at, xid = pending
            published = {"upto": str(link["upto"]), "claim_at": at, "claim_xid": str(xid)}
            await tx.session.execute(_PUBLISHED, published)
        link["claim"] = claim.isoformat() if claim and link["upto"] >= state.xmin else None
        await self._send("watermark", "*", {"link": link})

    def _claim(self, state: Any) -> tuple[datetime | None, tuple[datetime, int]]:
        """The claim that holds at this snapshot, and the one to remember for the next.

        All transactions older than ``at`` have ended by now, so their ids are below ``xmax``: the claim holds
        for every link that reaches this ``xmax``. With nothing else running it holds at once.
        """
        now = self._process.clock.now()
        at = now if state.oldest is None else now - timedelta(seconds=state.oldest)
        if state.xmin >= state.xmax:
            return at, (at, state.xmax)
        if state.claim_at is not None and state.claim_xid is not None and state.xmin >= state.claim_xid:
            return state.claim_at, (at, state.xmax)
        return None, (state.claim_at or at, state.claim_xid or state.xmax)

    # --- receiving

    async def _receive(self, publisher: str, data: Mapping[str, Any]) -> None:
        page = [Envelope.from_json(stored) for stored in data.get("events", ())]
        for envelope in page:
            if envelope.service != publisher:
                log.error("backfill.foreign", sender=publisher, type=envelope.type)
        theirs = [e for e in page if e.service == publisher]  # nobody publishes another department's events
        self._process.counts.backfilled += len(theirs)
        await self._handle(theirs)
        if "link" in data:
            await self._follow(publisher, data["link"])
        self._wake_poller()

    async def _follow(self, publisher: str, link: Mapping[str, Any]) -> None:
        broken = False
        async with self._process.begin() as tx:
            seen = (await tx.session.execute(_SEEN, {"publisher": publisher})).one()
            mine = [(s, k, n) for s, k, n in link["keys"] if s in self._streams]
            if mine:
                streams, keys, ns = zip(*sorted(mine), strict=True)
                columns = {
                    "streams": list(streams),
                    "keys": list(keys),
                    "ns": list(ns),
                    "grace": cursors.GRACE,
                }
                await tx.session.execute(_RAISE, columns)
            if link["since"] <= seen.upto:
                claim = datetime.fromisoformat(link["claim"]) if link.get("claim") else None
                moved = {"publisher": publisher, "upto": str(max(link["upto"], seen.upto)), "claim": claim}
                await tx.session.execute(_MOVE, moved)
            else:
                broken = seen.may_request
        if broken:
            await self.request_links([publisher])

    async def _send(self, kind: str, to: str, data: dict[str, Any]) -> None:
        await self._broker.send(Control(kind=kind, sender=self._name, to=to, data=data))


async def _link(session: AsyncSession, since: int, xmin: int) -> dict[str, Any]:
    """One link from ``since`` on, of at most about a thousand events, not beyond ``xmin``."""
    bound = (await session.execute(_BOUND, {"since": str(since), "upto": str(xmin), "limit": _LINK})).one()
    upto = min(bound.upto, xmin) if bound.n == _LINK else xmin
    upto = max(upto, since)
    rows = (await session.execute(_LINKED, {"since": str(since), "upto": str(upto)})).all()
    return {"since": since, "upto": upto, "keys": [(row.stream, row.key, row.n) for row in rows]}
