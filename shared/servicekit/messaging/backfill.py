"""Retransmission and watermarks: listeners ask publishers' logs, and hear what they may have missed.

A watermark is a link ``[since, upto)`` in a chain over transaction ids (time or position would miss late
commits): per aggregate the highest sequence logged by a transaction in it. A listener moves along the chain
only where links join, else asks. With the link goes a *claim*: the shop time up to which everything that
this publisher will ever say has been told.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.streams import STREAMS
from servicekit.messaging import cursors, outbox
from servicekit.messaging.broker import Control
from servicekit.messaging.envelope import Envelope

if TYPE_CHECKING:
    from servicekit.runtime import Runtime

log = structlog.get_logger("resend")

PERIOD = 30.0
"""Seconds between two watermarks."""

_PAGE = 200
_LINK = 1000

_MINE = text("""
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
_LOOK = text(_STATE)
_TAKE = text(_STATE + " for update skip locked")
_TOLD = text("""
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
              coalesce(requested_at < now() - interval '5 seconds', true) as may_ask
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
_ASKING = text("update publisher_watermarks set requested_at = now() where publisher = :publisher")
_SILENT = text("""
    select p.name from unnest(cast(:publishers as text[])) as p(name)
      left join publisher_watermarks s on s.publisher = p.name
     where coalesce(s.received_at < now() - interval '90 seconds', true)
       and coalesce(s.requested_at < now() - interval '30 seconds', true)
""")
_HEARD = text("""
    select coalesce(bool_and(s.complete_until >= :due and s.complete_until is not null), false)
           and count(*) = :n
           and not exists (select 1 from cursors c where c.reader = 'main' and c.high > c.last
                              and c.stream = any(cast(:streams as text[])) and c.wake_at is not null)
      from publisher_watermarks s where s.publisher = any(cast(:publishers as text[]))
""")


class Backfill:
    """Both sides of retransmission, for one process."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._name = runtime.service.name
        self._streams = frozenset(runtime.service.streams)
        self.publishers = sorted({STREAMS[stream].publisher for stream in self._streams} - {self._name})

    # --- asking

    async def request(self, stream: str, key: str, first: int, last: int) -> None:
        """Ask the publisher of a stream for a part of one aggregate's life."""
        wanted = {"stream": stream, "key": key, "first": first, "last": last}
        await self._send("backfill-request", STREAMS[stream].publisher, wanted)

    async def request_links(self, publishers: list[str] | None = None) -> None:
        """Ask publishers for the links since ours: at start, with a new queue, after silence, before a timer
        concludes."""
        for publisher in self.publishers if publishers is None else publishers:
            async with self._runtime.begin() as tx:
                seen = (await tx.session.execute(_SEEN, {"publisher": publisher})).one()
                await tx.session.execute(_ASKING, {"publisher": publisher})
            await self._send("backfill-request", publisher, {"since": seen.upto})

    async def request_from_silent(self) -> None:
        """Whoever has told no watermark for 90 seconds is asked."""
        silent = [
            row.name for row in await self._runtime.autocommit(_SILENT, {"publishers": self.publishers})
        ]
        if silent:
            await self.request_links(silent)

    async def is_complete(self, session: AsyncSession, streams: tuple[str, ...], due: datetime) -> bool:
        """Whether the publishers of these streams have told everything up to ``due``, and it is applied."""
        publishers = self.publishers_of(streams)
        row = await session.execute(
            _HEARD, {"due": due, "n": len(publishers), "streams": list(streams), "publishers": publishers}
        )
        return bool(row.scalar())

    def publishers_of(self, streams: tuple[str, ...]) -> list[str]:
        """Who publishes these streams."""
        return sorted({STREAMS[stream].publisher for stream in streams})

    # --- answering

    async def on_control(self, message: Control) -> None:
        """What the other runtimes send; a failure costs nothing, they ask again."""
        try:
            if message.kind == "backfill-request":
                await self._answer(message.sender, message.data)
            elif message.sender in self.publishers:
                await self._take(message.sender, message.data)
        except Exception as error:
            log.warning("control.failed", kind=message.kind, sender=message.sender, error=repr(error))

    async def _answer(self, asker: str, data: Mapping[str, Any]) -> None:
        if "since" in data:
            await self._send_links(asker, int(data["since"]))
            return
        async with self._runtime.begin() as tx:
            page = await outbox.between(
                tx.session, data["stream"], data["key"], int(data["first"]), int(data["last"]), _PAGE
            )
        if page:
            await self._send("backfill", asker, {"events": [envelope.to_json() for envelope in page]})

    async def _send_links(self, asker: str, since: int) -> None:
        async with self._runtime.begin() as tx:
            state = (await tx.session.execute(_LOOK, {"period": PERIOD})).one_or_none()
            if state is None:
                await tx.session.execute(_MINE)
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
            await self._send("backfill", asker, {"link": link})

    async def publish_watermark(self) -> None:
        """The next watermark, if it is time and no other replica is telling it (the row is locked then)."""
        async with self._runtime.begin() as tx:
            state = (await tx.session.execute(_TAKE, {"period": PERIOD - 1})).one_or_none()
            if state is None:
                await tx.session.execute(_MINE)
                return
            if not state.due:
                return
            claim, pending = self._claim(state)
            link = await _link(tx.session, state.upto, state.xmin)
            at, xid = pending
            told = {"upto": str(link["upto"]), "claim_at": at, "claim_xid": str(xid)}
            await tx.session.execute(_TOLD, told)
        link["claim"] = claim.isoformat() if claim and link["upto"] >= state.xmin else None
        await self._send("watermark", "*", {"link": link})

    def _claim(self, state: Any) -> tuple[datetime | None, tuple[datetime, int]]:
        """The claim that holds at this snapshot, and the one to remember for the next.

        All transactions older than ``at`` have ended by now, so their ids are below ``xmax``: the claim holds
        for every link that reaches this ``xmax``. With nothing else running it holds at once.
        """
        now = self._runtime.clock.now()
        at = now if state.oldest is None else now - timedelta(seconds=state.oldest)
        if state.xmin >= state.xmax:
            return at, (at, state.xmax)
        if state.claim_at is not None and state.claim_xid is not None and state.xmin >= state.claim_xid:
            return state.claim_at, (at, state.xmax)
        return None, (state.claim_at or at, state.claim_xid or state.xmax)

    # --- taking

    async def _take(self, publisher: str, data: Mapping[str, Any]) -> None:
        page = [Envelope.from_json(stored) for stored in data.get("events", ())]
        for envelope in page:
            if envelope.service != publisher:
                log.error("resent.foreign", sender=publisher, type=envelope.type)
        theirs = [e for e in page if e.service == publisher]  # nobody tells another department's facts
        self._runtime.counts.backfilled += len(theirs)
        await self._runtime.consumer.handle_backfill(theirs)
        if "link" in data:
            await self._follow(publisher, data["link"])
        self._runtime.poller.wake()

    async def _follow(self, publisher: str, link: Mapping[str, Any]) -> None:
        ask = False
        async with self._runtime.begin() as tx:
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
                ask = seen.may_ask
        if ask:
            await self.request_links([publisher])

    async def _send(self, kind: str, to: str, data: dict[str, Any]) -> None:
        await self._runtime.broker.send(Control(kind=kind, sender=self._name, to=to, data=data))


async def _link(session: AsyncSession, since: int, xmin: int) -> dict[str, Any]:
    """One link from ``since`` on, of at most about a thousand events, not beyond ``xmin``."""
    bound = (await session.execute(_BOUND, {"since": str(since), "upto": str(xmin), "limit": _LINK})).one()
    upto = min(bound.upto, xmin) if bound.n == _LINK else xmin
    upto = max(upto, since)
    rows = (await session.execute(_LINKED, {"since": str(since), "upto": str(upto)})).all()
    return {"since": since, "upto": upto, "keys": [(row.stream, row.key, row.n) for row in rows]}
