"""What a reaction in a process of its own is ordered to do: die, fail, block the loop, take its time.

An order is an empty file; whoever takes it away first carries it out, so that it happens as often as ordered.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.faults.witness import Before

LINGERS = 6.0
"""Seconds that a slow reaction takes; shorter than the time a process gets to end in good order."""
BLOCKS = 32.0
"""Seconds without a turn of the event loop: longer than the broker waits for a heartbeat."""


class OrderedToFail(Exception):
    """The reaction fails, as it was ordered to."""


@dataclass(frozen=True, slots=True)
class Orders:
    """The folder in which orders lie."""

    folder: Path

    def give(self, department: str, what: str, times: int = 1) -> None:
        """Let the next ``times`` reactions of a department ``die``, ``fail``, ``block`` or ``linger``."""
        self.folder.mkdir(parents=True, exist_ok=True)
        numbers = count()
        while times:
            order = self.folder / f"{department}.{what}.{next(numbers)}"
            if not order.exists():
                order.touch()
                times -= 1

    @contextmanager
    def poisoned(self, department: str, key: str) -> Iterator[None]:
        """Every reaction of a department to this aggregate's events fails until the block ends."""
        self.folder.mkdir(parents=True, exist_ok=True)
        order = self.folder / f"{department}.poison.{key}"
        order.touch()
        try:
            yield
        finally:
            order.unlink()

    def left(self) -> list[str]:
        """Orders that nobody has carried out."""
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []

    def obeyed_by(self, department: str) -> Before:
        """What runs before each reaction of this department's process."""
        acts: dict[str, Callable[[], Any]] = {
            "die": lambda: os.kill(os.getpid(), signal.SIGKILL),
            "block": lambda: time.sleep(BLOCKS),
            "linger": lambda: asyncio.sleep(LINGERS),
            "fail": _fail,
        }

        async def obey(event: Any) -> None:
            if (self.folder / f"{department}.poison.{event.key}").exists():
                raise OrderedToFail("poison")
            for what, act in acts.items():
                if self._take(department, what):
                    done = act()
                    if asyncio.iscoroutine(done):
                        await done

        return obey

    def _take(self, department: str, what: str) -> bool:
        if self.folder.exists():
            for order in self.folder.glob(f"{department}.{what}.*"):
                with contextlib.suppress(FileNotFoundError):
                    order.unlink()
                    return True
        return False


def _fail() -> None:
    raise OrderedToFail("once")
