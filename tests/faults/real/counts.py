"""What all processes counted, also those that died meanwhile: read often, remembered by process id."""

import asyncio
import contextlib
import re
from collections import Counter
from typing import Self

import httpx
from tools.departments import DEPARTMENTS
from tools.native.layout import REPLICAS
from tools.native.running import Shop

_COUNT = re.compile(r"^bayline_messages_(\w+?)_total\S* (\S+)$", re.MULTILINE)
_EVERY = 1.0


class Sampler:
    """``async with`` it; ``total`` is what was counted since the shop opened."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._seen: dict[tuple[str, int, int], Counter[str]] = {}
        self._http = httpx.AsyncClient(timeout=2)
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._looking = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._looking is not None
        self._looking.cancel()
        await asyncio.gather(self._looking, return_exceptions=True)
        await self._http.aclose()

    @property
    def total(self) -> Counter[str]:
        """Of all processes, living and dead; and how often a listener found its database away."""
        return sum(self._seen.values(), Counter[str]())

    async def look(self) -> None:
        """Read every process that answers."""
        every = [(name, n) for name in DEPARTMENTS for n in REPLICAS]
        await asyncio.gather(*(self._read(name, n) for name, n in every))

    async def _go_on(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(_EVERY)

    async def _read(self, name: str, replica: int) -> None:
        process = self._shop.departments.daemon(name, replica).process()
        if process is None:
            return
        address = f"{self._shop.departments.url(name, replica)}/metrics"
        with contextlib.suppress(httpx.HTTPError):
            text = (await self._http.get(address)).text
            counts = Counter({what: int(float(value)) for what, value in _COUNT.findall(text)})
            self._seen[name, replica, process.pid] = counts
