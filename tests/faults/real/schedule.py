"""Faults in an order and company that a seed picks: what nobody thought of trying together."""

import asyncio
from collections.abc import Iterator
from random import Random

from tests.faults.real import broker_faults, database_faults, department_faults
from tests.faults.real.fault import Fault
from tests.faults.real.shop import Stage

CATALOGUE = [*broker_faults.FAULTS, *department_faults.FAULTS, *database_faults.FAULTS]
_TOGETHER = 0.4
"""How often two faults of different groups come at once."""


def rounds(random: Random) -> Iterator[tuple[Fault, ...]]:
    """One fault, or two that break different things, without end; every fault once before any comes twice."""
    while True:
        left = random.sample(CATALOGUE, len(CATALOGUE))
        while left:
            first = left.pop()
            others = [fault for fault in left if fault.group != first.group]
            if others and random.random() < _TOGETHER:
                left.remove(others[0])
                yield first, others[0]
            else:
                yield (first,)


async def break_and_mend(stage: Stage, faults: tuple[Fault, ...], random: Random) -> tuple[int, float]:
    """Do it; how many times something was broken, and the seconds until all had recovered."""
    possible = [fault for fault in faults if fault.possible(stage)]
    injected = await asyncio.gather(*(fault.inject(stage, random) for fault in possible))
    seconds = await stage.recovers()
    await stage.single()
    return sum(injected), seconds
