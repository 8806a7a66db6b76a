"""What goes wrong on this day: the broker is away for some seconds, and a department is killed at work."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tools.shop import AnyShop

from demo.metrics import Messages, Scraper

BROKER_AWAY = 5.0
"""Seconds without a broker, at least."""


@dataclass(slots=True)
class Breaker:
    """Breaks parts of the shop and mends them; keeps the counts of the process that it killed."""

    shop: AnyShop
    scraper: Scraper
    say: Callable[[str], None]
    lost: list[Messages] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    async def take_broker_away(self) -> None:
        """Stop the broker for five seconds: commands go on, events wait."""
        stopped = time.monotonic()  # it closes all connections at once, and takes its time to end
        self.say("the broker goes away")
        await asyncio.to_thread(self.shop.stop_broker)
        await asyncio.sleep(max(0.0, BROKER_AWAY - (time.monotonic() - stopped)))
        away = time.monotonic() - stopped
        await asyncio.to_thread(self.shop.start_broker)
        self._note(f"broker stopped for {away:.1f} s, {time.monotonic() - stopped:.1f} s until it was back")

    async def kill(self, department: str) -> None:
        """End one department's process in the middle of whatever it does, and start it again."""
        self.lost.append(await self.scraper.of(department))
        started = time.monotonic()
        await asyncio.to_thread(lambda: self.shop.stop_service(department, kill=True))
        self.scraper.forget(department)
        self.say(f"{department} was killed")
        await asyncio.to_thread(self.shop.start_service, department)
        self._note(f"{department} killed, ready again after {time.monotonic() - started:.1f} s")

    def _note(self, what: str) -> None:
        self.done.append(what)
        self.say(what)
