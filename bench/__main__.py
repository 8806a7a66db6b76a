"""``python -m bench``: open a shop of its own, drive the bench journey, print what it cost, erase the shop.

``QUICK=1``: concurrency 1 and 4 only, shorter, without floors and past visits. ``OUT`` names the JSON
(default ``var/bench-<commit>.json``), ``COMPARE`` an earlier one; ``PAST`` is the number of past visits
(50,000). ``PROFILE=reception`` only drives journeys, and prints where that department's time goes.
"""

import asyncio
import os
import platform
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from rich.console import Console
from scenarios.shop_time import ShopTime
from tools.departments import DEPARTMENTS
from tools.native.processes import NotStarted
from tools.native.running import Shop
from tools.root import ROOT

from bench import floors, messages, profile
from bench.client import LeanClient
from bench.costs import DRIVER, Meter, Spent
from bench.effects import commit_to_effect
from bench.load import Drivers, Load
from bench.past import Past
from bench.profile import NotProfiled
from bench.report import Figures, keep, read, show
from bench.shop import BenchShop, bench_shop
from bench.watch import Watch

_LEVELS = (1, 4, 16)
_IDLE = 5.0
_WARM_UP = 4.0
"""Seconds of journeys that do not count."""
_PAST = 50_000


class Bench:
    """One run against one open shop."""

    def __init__(self, shop: Shop, screen: Console, *, quick: bool) -> None:
        self._shop = shop
        self._screen = screen
        self._quick = quick
        self._levels = _LEVELS[:2] if quick else _LEVELS
        self._seconds = 12.0 if quick else 20.0
        self._urls = {name: shop.postgres.url(f"bayline_{name}") for name in DEPARTMENTS}
        self._began = time.monotonic()

    async def run(self) -> Figures:
        """Everything, in the order in which it does not disturb itself."""
        figures: Figures = {
            "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "commit": _commit(),
            "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        }
        async with self._set_up() as (bench_shop, watch):
            meter = Meter(self._shop, watch.pids)
            drivers = Drivers(bench_shop, watch, meter)
            visit = (
                None if self._quick else await Past.note(self._urls, lambda: bench_shop.whole_visit(watch))
            )
            figures["processes"] = {"MB idle": meter.megabytes(), "CPU % idle": await self._idle(meter)}
            await drivers.at_once(4, _WARM_UP)  # statements prepared, caches warm
            figures["journeys"] = await self._journeys(bench_shop, drivers)
            figures["processes"]["MB busy"] = meter.megabytes()
            if visit is not None:
                figures["past visits"] = await self._age(visit)
                await bench_shop.sign_in()
                await drivers.at_once(4, _WARM_UP)
                figures["journeys after past visits"] = await self._journeys(bench_shop, drivers)
            figures["messages"] = asdict(
                await messages.measure(self._shop, messages=800 if self._quick else 2000)
            )
        figures["start"] = await asyncio.to_thread(self._start)
        if not self._quick:
            figures["floor"] = asdict(await floors.measure(self._shop, seconds=5, messages=5000))
        return figures

    async def profile(self, department: str) -> None:
        """Journeys, four at once, while one department is sampled. Raises ``NotProfiled``."""
        async with self._set_up() as (bench_shop, watch):
            drivers = Drivers(bench_shop, watch, Meter(self._shop, watch.pids))
            await drivers.at_once(4, _WARM_UP)
            pid, seconds = self._shop.pid(department), round(self._seconds)
            found = await profile.record(pid, seconds, lambda: drivers.at_once(4, float(seconds)))
        profile.show(self._screen, department, found)

    @asynccontextmanager
    async def _set_up(self) -> AsyncIterator[tuple[BenchShop, Watch]]:
        client = LeanClient(self._shop.layout.public_url)
        bench_shop = BenchShop(client, ShopTime(self._shop.layout.clock_file))
        await bench_shop.set_up(self._shop.keys.first_password.read_text().strip(), self._levels[-1])
        self._say("the shop is set up")
        watch = await Watch.open(self._urls)
        try:
            yield bench_shop, watch
        finally:
            await watch.close()
            client.close()

    async def _age(self, visit: Past) -> Figures:
        began = time.monotonic()
        visits = int(os.environ.get("PAST") or _PAST)
        await visit.copy(visits)
        self._say(f"{visits:,} past visits of {visit.rows} rows each")
        return {"visits": visits, "rows a visit": visit.rows, "seconds": round(time.monotonic() - began, 1)}

    async def _journeys(self, bench_shop: BenchShop, drivers: Drivers) -> Figures:
        figures: Figures = {}
        for concurrency in self._levels:
            await bench_shop.sign_in()
            load = await drivers.at_once(concurrency, self._seconds)
            figures[f"{concurrency} at once"] = await self._figures(load)
        return figures

    async def _figures(self, load: Load) -> Figures:
        effects = await commit_to_effect(self._urls, load.began)
        per_journey = _each(load.spent.seconds, load.journeys)
        self._say(
            f"{load.journeys} journeys, {load.rate:.2f}/s, {load.spent.shop / load.journeys:.3f} CPU s each; "
            f"p50: command {load.command.p50:.0f} ms, effect {effects.p50:.0f} ms (p99 {effects.p99:.0f})"
        )
        return {
            "journeys": load.journeys,
            "journeys/s": round(load.rate, 3),
            "CPU s/journey": round(load.spent.shop / load.journeys, 4),
            "journey ms": asdict(load.journey),
            "command ms": asdict(load.command),
            "commit→effect ms": asdict(effects),
            "CPU s": {name: value for name, value in per_journey.items() if name != DRIVER},
            "CPU s PostgreSQL for": _each(load.spent.databases, load.journeys),
            "CPU s driver": per_journey[DRIVER],
        }

    async def _idle(self, meter: Meter) -> dict[str, float]:
        before = meter.spent()
        await asyncio.sleep(_IDLE)
        spent: Spent = meter.spent().since(before)
        return {
            name: round(100 * value / _IDLE, 1) for name, value in spent.seconds.items() if name != DRIVER
        }

    def _start(self) -> dict[str, float]:
        """Seconds until one department is ready again, and until all eight are."""
        shop = self._shop
        shop.stop_service("reception")
        alone = _timed(lambda: shop.start_service("reception"))
        for name in DEPARTMENTS:
            shop.stop_service(name)

        def everybody() -> None:
            for name in DEPARTMENTS:
                shop.start_service(name, wait=False)
            for name in DEPARTMENTS:
                shop.departments.await_ready(name)

        return {"one department, s": alone, "all eight, s": _timed(everybody)}

    def _say(self, what: str) -> None:
        self._screen.print(f"{time.monotonic() - self._began:5.0f} s  {what}")


def _each(seconds: Mapping[str, float], journeys: int) -> dict[str, float]:
    return {name: round(value / journeys, 4) for name, value in seconds.items()}


def _timed(work: Callable[[], None]) -> float:
    began = time.monotonic()
    work()
    return round(time.monotonic() - began, 2)


def _commit() -> str:
    argv = ["git", "-C", str(ROOT), "describe", "--always", "--dirty"]
    described = subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip()
    return described or "unknown"


def main() -> int:
    """Exit code 1 when the shop did not come up or could not be profiled."""
    screen = Console(highlight=False, width=None if sys.stdout.isatty() else 140)
    quick, department = bool(os.environ.get("QUICK")), os.environ.get("PROFILE")
    if department and department not in DEPARTMENTS:
        screen.print(f"[bold red]no department {department}[/]: one of {', '.join(DEPARTMENTS)}")
        return 1
    compared = read(Path(os.environ["COMPARE"])) if os.environ.get("COMPARE") else None
    shop = bench_shop()
    shop.erase()  # whatever an earlier run left
    try:
        _open(shop, screen)
        bench = Bench(shop, screen, quick=quick)
        if department:
            uvloop.run(bench.profile(department))
            return 0
        figures = uvloop.run(bench.run())
    except (NotStarted, NotProfiled) as failure:
        screen.print(f"[bold red]failed:[/] {failure}", soft_wrap=True)
        return 1
    finally:
        shop.erase()
    out = Path(os.environ.get("OUT") or ROOT / "var" / f"bench-{figures['commit']}.json")
    keep(figures, out)
    show(screen, figures, compared)
    screen.print(f"kept in {out}")
    return 0


def _open(shop: Shop, screen: Console) -> None:
    shop.layout.make()
    clock = ShopTime(shop.layout.clock_file)
    clock.move_to(clock.next_opening())  # at night every promise would be endangered
    shop.up(say=screen.print)


if __name__ == "__main__":
    sys.exit(main())
