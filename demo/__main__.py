"""``python -m demo``: set the shop up, drive a working day, and see whether all departments agree."""

import os
import secrets
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from deploy.reconcile import open_books, reconcile
from rich.console import Console
from rich.markup import escape
from scenarios import narratives
from scenarios.gateway_client import GatewayClient
from scenarios.people import POSTS
from scenarios.quiet import NeverQuiet
from scenarios.shop_client import NotInTime, Person, Refused
from tools.containers.shop import shop_of
from tools.departments import DEPARTMENTS
from tools.native.keys import FIRST_ADMIN
from tools.native.layout import Layout
from tools.native.processes import NotStarted
from tools.shop import AnyShop
from uuid_utils.compat import uuid7

from demo.counts import counted, outcomes
from demo.day import Failure
from demo.effects import Event, chains, events_of
from demo.metrics import Scraper
from demo.report import Results, show
from demo.run import Run

_FAILURES = 5
"""So many are shown."""
ADMIN = Person("Administrator", "admin", FIRST_ADMIN, uuid7())


def database_urls(of: AnyShop) -> dict[str, str]:
    """The eight databases, as the superuser reads them."""
    return {name: of.database_url(name) for name in DEPARTMENTS}


def password(of: AnyShop) -> str:
    """The demo's people share one password; it is made up once and kept with the shop's keys."""
    file = of.keys.folder / "demo-password"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(12))
    return file.read_text().strip()


async def run_demo(of: AnyShop, screen: Console, faults: list[narratives.Fault], started: float) -> bool:
    """The day, the days after, and the report; whether everything was as it should be."""
    began = datetime.now(UTC)
    first = of.keys.first_password.read_text().strip()
    client = GatewayClient(of.public_url, {FIRST_ADMIN: first})
    scraper = Scraper(of)
    await scraper.begin()
    run = Run(of, client, scraper, screen, ADMIN, password(of))
    try:
        failures = await run.day(faults)
        show_failures(screen, failures, of.keys.folder.parent / "demo-failures.txt")
        activity = await run.settled()
    finally:
        await client.close()
    urls = database_urls(of)
    async with open_books(urls) as books:
        events = await events_of(books, DEPARTMENTS, since=began)
    visits = run.context.visit_ids
    rows = len({fault.words for fault in faults})
    results = Results(
        counts=counted(events, since=began, visits=visits, rows=rows, scenarios=run.context.done),
        outcomes=outcomes(events, since=began, visits=visits),
        chains=chains(events, since=began),
        messages=sum(run.breaker.lost, await scraper.all()),
        dead_letters=activity.dead_letters,
        discrepancies=await reconcile(urls),
        failures=len(failures),
        faults=run.breaker.done,
        story=_story(events, run.context.eventful),
        costs=scraper.costs(),
        traffic=client.traffic,
        seconds=time.monotonic() - started,
    )
    show(screen, results)
    _invite(screen, of)
    return results.good


def _story(events: list[Event], eventful: list[str]) -> list[Event]:
    """The longest of the stories that are worth showing."""
    stories = [[event for event in events if event.correlation == request] for request in eventful]
    return max(stories, key=len, default=[])


def show_failures(screen: Console, failures: list[Failure], traces: Path) -> None:
    """One line for each of the first visits that did not come to their end; their traces go to a file."""
    traces.unlink(missing_ok=True)
    if not failures:
        return
    for failure in failures[:_FAILURES]:
        screen.print(f"[red]{escape(f'{failure.script}: {failure.why}')}[/]", soft_wrap=True)
    more = f"{len(failures) - _FAILURES} more, and " if len(failures) > _FAILURES else ""
    traces.write_text("\n".join(failure.trace for failure in failures), encoding="utf-8")
    screen.print(f"{more}where in the code each stopped: {traces}", soft_wrap=True)


def _invite(screen: Console, of: AnyShop) -> None:
    screen.rule("look around")
    screen.print(f"the shop: {of.public_url}   each department: /api/<department>/docs")
    roles = {post.role: post.login for post in reversed(POSTS)}
    screen.print("logins: " + ", ".join(f"{login} ({role})" for role, login in sorted(roles.items())))
    screen.print(f"their password: {password(of)}; {FIRST_ADMIN}'s is in {of.keys.first_password}")


def main() -> int:
    """Exit code: 0 when all counts are met and all departments agree."""
    screen = Console(highlight=False)
    started = time.monotonic()
    try:
        faults = narratives.read(Path(os.environ.get("DEMO_INPUT") or narratives.HERE))
        shop = shop_of(Layout.of(os.environ), os.environ.get("MODE") or "auto", say=screen.print)
        shop.up(say=screen.print)
        return 0 if uvloop.run(run_demo(shop, screen, faults, started)) else 1
    except (NotStarted, narratives.NotAnInput, NeverQuiet, NotInTime, Refused, OSError) as failed:
        screen.print(f"[bold red]the demo failed[/]: {failed}", soft_wrap=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
