"""Journeys at a given concurrency, and what they took."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench.costs import Meter, Spent
from bench.figures import Times
from bench.journey import Journey
from bench.shop import BenchShop
from bench.watch import Watch


@dataclass(slots=True)
class Load:
    """What was driven in one stretch."""

    began: datetime
    journeys: int = 0
    rate: float = 0.0
    """Journeys a second: each driver's own, added up, so that the last stragglers do not count against it."""
    journey: Times = field(default_factory=Times)
    command: Times = field(default_factory=Times)
    spent: Spent = field(default_factory=lambda: Spent({}, {}))
    seconds: float = 0.0


class Drivers:
    """Drives the bench journey through one shop."""

    def __init__(self, shop: BenchShop, watch: Watch, meter: Meter) -> None:
        self._shop = shop
        self._watch = watch
        self._meter = meter

    async def at_once(self, concurrency: int, seconds: float) -> Load:
        """So many drivers, each beginning one journey after another until the time is over."""
        self._watch.look_every(_pause(concurrency))
        taken: list[float] = []

        async def driver(place: int) -> float:
            began, done = time.perf_counter(), 0
            while time.perf_counter() - began < seconds:
                taken.append(await self._one(place))
                done += 1
            return done / (time.perf_counter() - began)

        load = self._begin()
        before, began = self._meter.spent(), time.perf_counter()
        load.rate = sum(await asyncio.gather(*map(driver, range(concurrency))))
        return self._end(load, before, began, taken)

    async def _one(self, place: int) -> float:
        began = time.perf_counter()
        shop = self._shop
        await Journey(shop.client, self._watch, shop.teams[place], shop.clock.now).drive(shop.next_car())
        return time.perf_counter() - began

    def _begin(self) -> Load:
        self._shop.client.seconds.clear()
        return Load(datetime.now(UTC))

    def _end(self, load: Load, before: Spent, began: float, taken: list[float]) -> Load:
        load.seconds = time.perf_counter() - began
        load.spent = self._meter.spent().since(before)
        load.journeys = len(taken)
        load.journey, load.command = Times.of(taken), Times.of(self._shop.client.seconds)
        return load


def _pause(concurrency: int) -> float:
    """Seconds between looks: quick when one waits, less often when many do."""
    return 0.002 if concurrency == 1 else 0.004 if concurrency <= 4 else 0.008
