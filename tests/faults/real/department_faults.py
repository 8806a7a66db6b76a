"""What can happen to departments' processes: death, standstill, company, succession."""

import asyncio
import os
import signal
from functools import partial
from random import Random

from tools.departments import DEPARTMENTS
from tools.native.processes import Daemon

from tests.faults.real.fault import Fault
from tests.faults.real.shop import Stage
from tests.faults.real.until import until

_DIES = 30.0
"""Seconds within which a process ordered to die in a reaction gets one to run."""
_WORKING = ("booking", "reception", "workshop", "parts", "billing", "crm")
"""Departments that react to something in every visit."""


async def killed(stage: Stage, random: Random) -> int:
    for department in random.choices(DEPARTMENTS, k=8):
        await stage.kill(department)
        await stage.start(department)
    return 8


async def dies_in_a_reaction(stage: Stage, random: Random) -> int:
    """The message at hand ends the process; its neighbours must not be blamed for it."""
    victims = random.sample(_WORKING, 3)
    for department in victims:
        await stage.counts.look()
        stage.shop.orders.give(department, "die")
        daemon = stage.shop.departments.daemon(department)
        await until(partial(_dead, daemon), within=_DIES)
        await stage.start(department)
    return len(victims)


async def fails(stage: Stage, _: Random) -> int:
    for department in _WORKING:
        stage.shop.orders.give(department, "fail", 3)
    await until(partial(_carried_out, stage), within=90)
    return 3 * len(_WORKING)


async def asked_to_end_in_a_long_reaction(stage: Stage, _: Random) -> int:
    """It ends in good order: that a reaction was under way is the only trace."""
    for department in ("workshop", "reception", "billing"):
        stage.shop.orders.give(department, "linger", 2)
        await until(partial(_carried_out, stage), within=90)
        await stage.stop(department)
        await stage.start(department)
    return 3


async def blocked(stage: Stage, _: Random) -> int:
    """The event loop stands still for longer than the broker waits; a second replica goes on."""
    await stage.start("workshop", 2)
    stage.shop.orders.give("workshop", "block")
    await asyncio.sleep(40)
    await stage.stop("workshop", 2)
    return 1


async def zombies(stage: Stage, _: Random) -> int:
    """Processes stand still, their work goes to successors, and then they go on where they were."""
    victims = ("workshop", "reception", "parts")
    for department in victims:
        await stage.start(department, 2)
        stage.shop.orders.give(department, "linger", 2)
    await asyncio.sleep(1)
    pids = [stage.shop.pid(department) for department in victims]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(40)
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
    for department in victims:
        await stage.stop(department, 2)
    return len(victims)


async def two_replicas(stage: Stage, _: Random) -> int:
    await stage.scaled([2])
    await asyncio.sleep(20)
    return len(DEPARTMENTS)


async def four_replicas(stage: Stage, _: Random) -> int:
    await stage.scaled([2, 3, 4])
    await asyncio.sleep(20)
    for department in DEPARTMENTS:
        for replica in (3, 4):
            await stage.kill(department, replica)
    for department in DEPARTMENTS:
        await stage.stop(department, 2)
    return 3 * len(DEPARTMENTS)


async def rolling_restart(stage: Stage, _: Random) -> int:
    """Each department's new process comes before its old one goes."""
    await stage.scaled([2])
    for department in DEPARTMENTS:
        await stage.stop(department)
        await stage.start(department)
        await stage.stop(department, 2)
    return 2 * len(DEPARTMENTS)


async def _dead(daemon: Daemon) -> bool:
    return not daemon.alive


async def _carried_out(stage: Stage) -> bool:
    return not stage.shop.orders.left()


FAULTS = [
    Fault("subscriber", "processes killed", killed),
    Fault("subscriber", "a reaction that ends the process", dies_in_a_reaction),
    Fault("subscriber", "reactions that fail", fails, ()),
    Fault("subscriber", "asked to end during a long reaction", asked_to_end_in_a_long_reaction, ()),
    Fault("subscriber", "event loop blocked", blocked),
    Fault("subscriber", "zombies", zombies),
    Fault("subscriber", "two replicas of every service", two_replicas),
    Fault("subscriber", "rolling restart of every service", rolling_restart),
    Fault("subscriber", "four replicas of every service, half of them killed", four_replicas),
]
