"""A shop at work while it is broken: drivers who see one car after the other through until told to stop."""

import asyncio
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from random import Random
from typing import Self

from demo.day import Failure, visits_of_the_day
from scenarios import narratives, samples
from scenarios.context import ScenarioContext, Script
from scenarios.narratives import Fault, whole_vin
from scenarios.visits import additional_work, back_order, complaint, declined, happy, promise, rework

_SCRIPTS: Sequence[Script] = (
    happy.happy,
    happy.happy,
    happy.by_link,
    additional_work.agreed,
    additional_work.declined,
    back_order.stays,
    rework.failed_inspection,
    promise.revised,
    declined.declined,
    complaint.discount,
)
_WALK_INS = 0.8
"""A day has only so many slots."""
_CARS_ON_A_SHELF = 40


def cars() -> Iterator[Fault]:
    """Cars that nobody has seen before, without end."""
    rows = visits_of_the_day(narratives.read())
    for n in count(1):
        row = rows[n % len(rows)]
        yield replace(
            row,
            number=f"{row.number}-f{n}",
            vin=whole_vin("", row.year, 104_729 * n + 11),
            plate=f"沪F{n:05d}",
            phone=f"137{n:08d}",
        )


class Busy:
    """``async with`` it; afterwards every car has left, and ``failures`` says which did not."""

    def __init__(
        self, context: ScenarioContext, supply: Iterator[Fault], random: Random, *, drivers: int = 4
    ) -> None:
        self.failures: list[Failure] = []
        self.finished = 0
        self._floor = context
        self._supply = supply
        self._random = random
        self._drivers = drivers
        self._closing = False
        self._driving: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        await self._fill_the_shelves()  # others may have emptied them
        self._driving = [asyncio.create_task(self._drive()) for _ in range(self._drivers)]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        await asyncio.gather(*self._driving)

    async def _drive(self) -> None:
        while not self._closing:
            driver, walk_in = self._random.choice(_SCRIPTS), self._random.random() < _WALK_INS
            try:
                await driver(self._floor, next(self._supply), walk_in)
                self.finished += 1
                if self.finished % _CARS_ON_A_SHELF == 0:
                    await self._fill_the_shelves()
            except Exception as error:
                self.failures.append(Failure(driver.__name__, repr(error), traceback.format_exc()))

    async def _fill_the_shelves(self) -> None:
        await samples.create_samples(self._floor.client, self._floor.crew)
