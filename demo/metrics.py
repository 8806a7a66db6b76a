"""What each process counted: messages from its metrics, memory and processor time from the machine."""

import re
from dataclasses import dataclass, fields

import httpx
from tools.departments import DEPARTMENTS
from tools.shop import AnyShop

_COUNT = re.compile(r"^bayline_messages_(\w+?)_total\S* (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages of one process, or of several together."""

    published: int = 0
    applied: int = 0
    duplicates: int = 0
    gaps: int = 0
    backfilled: int = 0

    def __add__(self, other: "Messages") -> "Messages":
        return self._each(other, 1)

    def __sub__(self, other: "Messages") -> "Messages":
        return self._each(other, -1)

    def _each(self, other: "Messages", sign: int) -> "Messages":
        sums = {f.name: getattr(self, f.name) + sign * getattr(other, f.name) for f in fields(Messages)}
        return Messages(**sums)


@dataclass(frozen=True, slots=True)
class ProcessCost:
    """What one process or container used."""

    name: str
    megabytes: int
    cpu_seconds: float


class Scraper:
    """Reads the processes' own ports, and remembers each count at the beginning of the demo."""

    def __init__(self, shop: AnyShop) -> None:
        self._shop = shop
        self._before: dict[str, Messages] = {}
        self._spent: dict[str, float] = {}

    async def begin(self) -> None:
        """Count from here on: an earlier demo's messages and seconds are not this one's."""
        self._before = {name: await self._read(name) for name in DEPARTMENTS}
        self._spent = {part.life: part.cpu_seconds for part in self._shop.spending().values()}

    async def of(self, department: str) -> Messages:
        """What a process has counted since ``begin``."""
        return await self._read(department) - self._before.get(department, Messages())

    async def all(self) -> Messages:
        """All living processes together."""
        total = Messages()
        for name in DEPARTMENTS:
            total += await self.of(name)
        return total

    def forget(self, department: str) -> None:
        """Its process is gone; the next one counts from nothing."""
        self._before.pop(department, None)

    def costs(self) -> list[ProcessCost]:
        """Memory now, and processor time since ``begin``, of every part that lives."""
        return [
            ProcessCost(name, part.megabytes, part.cpu_seconds - self._spent.get(part.life, 0.0))
            for name, part in self._shop.spending().items()
        ]

    async def _read(self, department: str) -> Messages:
        address = f"{self._shop.address(department)}/metrics"
        async with httpx.AsyncClient(timeout=10) as http:
            text = (await http.get(address)).text
        counts = {name: int(float(value)) for name, value in _COUNT.findall(text)}
        return Messages(**{f.name: counts.get(f.name, 0) for f in fields(Messages)})
