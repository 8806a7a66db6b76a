"""One run: the samples, the day with its faults, the evening, the morning, three working days on."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from scenarios import after_care
from scenarios.context import ScenarioContext, Script
from scenarios.gateway_client import GatewayClient
from scenarios.narratives import Fault
from scenarios.people import hire_everybody
from scenarios.quiet import ShopActivity, until_quiet
from scenarios.samples import create_samples
from scenarios.shop_client import Person
from scenarios.shop_time import ShopTime
from tools.shop import AnyShop

from demo.day import Failure, drive, plan, trouble_codes
from demo.faults import Breaker
from demo.metrics import Scraper

_BROKER_GOES_AFTER = 0.25
_KILL_AFTER = 0.6
_KILLED = "workshop"


class Run:
    """Everything between an open shop and a quiet one."""

    context: ScenarioContext

    def __init__(
        self,
        shop: AnyShop,
        client: GatewayClient,
        scraper: Scraper,
        screen: Console,
        operator: Person,
        password: str,
    ) -> None:
        self._client = client
        self._screen = screen
        self._operator = operator
        self._password = password
        self._began = time.monotonic()
        self._time = ShopTime(shop.clock_file)
        self.breaker = Breaker(shop, scraper, self._say)

    async def day(self, faults: list[Fault]) -> list[Failure]:
        """The whole course of events; gives the scripts that failed."""
        await self._move("the morning", self._time.next_opening)
        crew = await hire_everybody(self._client, self._operator, self._client.passwords, self._password)
        supplier_id = await create_samples(self._client, crew)
        self.context = ScenarioContext(self._client, crew, supplier_id, self._time.now, trouble_codes())
        scripts = [planned.script(self.context) for planned in plan(faults)]
        failures = await self._drive("the day", scripts, with_faults=True)
        if not failures:
            failures = await self._next_morning()
        if not failures:
            await self._days_later()
        return failures

    async def _next_morning(self) -> list[Failure]:
        """Promises end in the evening; cars that were to come back come."""
        await self._move("the evening", self._time.this_evening)
        await self._move("the next morning", self._time.next_morning, is_quiet=True)
        await after_care.see_cases_through(self.context, "promise", self.context.done["E4 refused"])
        return await self._drive("the next morning", self.context.next_morning)

    async def _days_later(self) -> None:
        """Surveys and calls are due, and cases that low scores open."""
        await self._move("three working days on", lambda: self._time.working_days_on(3))
        low, _ = await asyncio.gather(
            after_care.answer_surveys(self.context, self.context.visit_ids),
            after_care.make_calls(self.context, self.context.customer_ids),
        )
        self._say(f"surveys answered, {low} of them without joy; follow-up calls made")
        await after_care.see_cases_through(self.context, "survey", low)

    async def _move(self, name: str, moment: Callable[[], datetime], *, is_quiet: bool = False) -> None:
        """Shop time moves only when the shop is quiet, and is quiet again before anything else happens."""
        if not is_quiet:
            await until_quiet(self._client, self._operator)
        self._time.move_to(moment())
        self._say(f"shop time is {self._time.local():%a %d %b %H:%M}: {name}")
        await until_quiet(self._client, self._operator)

    async def _drive(
        self, name: str, scripts: list[tuple[str, Script]], *, with_faults: bool = False
    ) -> list[Failure]:
        finished = 0
        broken: list[asyncio.Task[None]] = []
        pending = [
            (round(len(scripts) * _BROKER_GOES_AFTER), self.breaker.take_broker_away),
            (round(len(scripts) * _KILL_AFTER), lambda: self.breaker.kill(_KILLED)),
        ]

        def done() -> None:
            nonlocal finished
            finished += 1
            advance()
            one_at_a_time = all(task.done() for task in broken)
            if with_faults and one_at_a_time and pending and finished >= pending[0][0]:
                broken.append(asyncio.create_task(pending.pop(0)[1]()))

        with self._progress(name, len(scripts)) as advance:
            failures = await drive(scripts, done=done)
            await asyncio.gather(*broken)
        return failures

    @contextmanager
    def _progress(self, name: str, total: int) -> Iterator[Callable[[], None]]:
        """A bar where somebody looks, plain lines where nobody does."""
        if not self._screen.is_terminal:
            finished = 0

            def line() -> None:
                nonlocal finished
                finished += 1
                if finished % 10 == 0 or finished == total:
                    self._say(f"{name}: {finished} of {total}")

            yield line
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self._screen) as bar:
            task = bar.add_task(name, total=total)
            yield lambda: bar.advance(task)

    async def settled(self) -> ShopActivity:
        """The shop is quiet for the last time."""
        activity = await until_quiet(self._client, self._operator)
        self._say("the shop is quiet")
        return activity

    def _say(self, what: str) -> None:
        self._screen.print(f"{time.monotonic() - self._began:5.0f} s  {what}")
