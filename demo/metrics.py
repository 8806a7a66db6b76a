"""What each process counted: messages from its metrics, memory and processor time from the machine."""

import re
from dataclasses import dataclass, fields, replace

import httpx
import psutil
from deploy.native.layout import DEPARTMENTS
from deploy.native.running import Shop

_COUNT = re.compile(r"^bayline_messages_(\w+?)_total\S* (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Messages:
    """Messages of one process, or of several together."""

    published: int = 0
    applied: int = 0
    duplicates: int = 0
    gaps: int = 0
    resent: int = 0

    def __add__(self, other: "Messages") -> "Messages":
        return self._each(other, 1)

    def __sub__(self, other: "Messages") -> "Messages":
        return self._each(other, -1)

    def _each(self, other: "Messages", sign: int) -> "Messages":
        sums = {f.name: getattr(self, f.name) + sign * getattr(other, f.name) for f in fields(Messages)}
        return Messages(**sums)


@dataclass(frozen=True, slots=True)
class ProcessCost:
    """What one process used on this machine."""

    name: str
    megabytes: int
    cpu_seconds: float


class Scraper:
    """Reads the processes' own ports, and remembers where each count stood when the demo began."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._before: dict[str, Messages] = {}
        self._spent: dict[int, float] = {}

    async def begin(self) -> None:
        """Count from here on: an earlier demo's messages and seconds are not this one's."""
        self._before = {name: await self._read(name) for name in DEPARTMENTS}
        self._spent = {pid: _cost("", pid).cpu_seconds for pid in self._roots().values()}

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
        """Memory now, and processor time since ``begin``, of every process; servers with their children."""
        found = [(pid, _cost(name, pid)) for name, pid in self._roots().items()]
        return [
            replace(cost, cpu_seconds=cost.cpu_seconds - self._spent.get(pid, 0.0)) for pid, cost in found
        ]

    def _roots(self) -> dict[str, int]:
        roots = {part.name: part.pid for part in self._shop.status() if part.pid}
        cluster = self._shop.postgres.folder / "cluster" / "postmaster.pid"
        roots["postgresql"] = int(cluster.read_text().splitlines()[0])
        return {name: pid for name, pid in roots.items() if psutil.pid_exists(pid)}

    async def _read(self, department: str) -> Messages:
        address = f"{self._shop.departments.url(department)}/metrics"
        async with httpx.AsyncClient(timeout=10) as http:
            text = (await http.get(address)).text
        counts = {name: int(float(value)) for name, value in _COUNT.findall(text)}
        return Messages(**{f.name: counts.get(f.name, 0) for f in fields(Messages)})


def _cost(name: str, pid: int) -> ProcessCost:
    root = psutil.Process(pid)
    memory, seconds = 0, 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            times = process.cpu_times()
            memory += _own_memory(process)
            seconds += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return ProcessCost(name, memory // 1_000_000, seconds)


def _own_memory(process: psutil.Process) -> int:
    """Without what a server's children share; plain memory where the system does not tell."""
    try:
        return int(process.memory_full_info().uss)
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
