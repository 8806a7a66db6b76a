"""Soak: a busy shop, faults picked by a seed, for as long as wanted: ``python -m tests.faults.soak 10m``."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom

import uvloop

from tests.faults.real.busy import Busy, cars
from tests.faults.real.schedule import break_and_mend, rounds
from tests.faults.real.shop import Stage, stage
from tests.integration.real.conftest import PORT_BASE

_UNITS = {"s": 1, "m": 60, "h": 3600}
_PORTS_APART = 400
"""Away from the shops of tests that run meanwhile."""


def seconds_of(span: str) -> int:
    """``90s``, ``10m``, ``2h``."""
    return int(span[:-1]) * _UNITS[span[-1]]


class Soak:
    """One run, and what it has seen so far."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self._stage = stage
        self._random = Random(seed)
        self._began = time.monotonic()
        self._injected: Counter[str] = Counter()
        self._slowest = 0.0

    async def lasts(self, seconds: float) -> bool:
        """Break and mend for so long; whether all departments agree in the end."""
        reporting: asyncio.Task[None] | None = None
        async with Busy(self._stage.context, cars(), self._random) as busy:
            reporting = asyncio.create_task(self._report_every_minute(busy))
            for faults in rounds(self._random):
                if time.monotonic() - self._began > seconds:
                    break
                self._injected.update(fault.name for fault in faults)
                _, recovered = await break_and_mend(self._stage, faults, self._random)
                self._slowest = max(self._slowest, recovered)
        reporting.cancel()
        self._report(busy)
        wrong = [f"{failure.script}: {failure.why}" for failure in busy.failures]
        wrong += await self._stage.disagreements()
        print("\n".join(wrong) or f"all departments agree after {dict(self._injected)}", flush=True)
        return not wrong

    async def _report_every_minute(self, busy: Busy) -> None:
        while True:
            await asyncio.sleep(60)
            self._report(busy)

    def _report(self, busy: Busy) -> None:
        total = self._stage.counts.total
        print(
            f"{time.monotonic() - self._began:6.0f} s  {busy.finished} visits, {len(busy.failures)} failed, "
            f"{self._injected.total()} faults, {total['applied']} applied, {total['duplicates']} duplicates, "
            f"{total['gaps']} gaps, slowest recovery {self._slowest:.1f} s",
            flush=True,
        )


async def _run(span: str, seed: int) -> bool:
    folder = Path(tempfile.mkdtemp(prefix="bayline-soak-", dir="/var/tmp"))
    try:
        async with stage(folder, PORT_BASE + _PORTS_APART) as made:
            return await Soak(made, seed).lasts(seconds_of(span))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Exit code 0 only if nothing was lost, doubled or refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("span", help="90s, 10m, 2h")
    parser.add_argument("--seed", type=int, default=0, help="0: pick one")
    arguments = parser.parse_args()
    seed = arguments.seed or SystemRandom().randrange(1, 1_000_000)
    print(f"soak of {arguments.span} from SEED={seed}", flush=True)
    return 0 if uvloop.run(_run(arguments.span, seed)) else 1


if __name__ == "__main__":
    sys.exit(main())
