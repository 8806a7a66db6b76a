"""Processor time and memory of every process of the shop, by process id; the driver's share apart."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import psutil
from tools.departments import DEPARTMENTS
from tools.native.running import Shop

DRIVER = "driver"
_BACKENDS = "select pid, coalesce(datname, '') from pg_stat_activity where backend_type = 'client backend'"


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds by process at one moment; PostgreSQL's also by the department it works for."""

    seconds: Mapping[str, float]
    databases: Mapping[str, float]

    def since(self, earlier: "Spent") -> "Spent":
        """What was spent between two moments."""
        return Spent(_less(self.seconds, earlier.seconds), _less(self.databases, earlier.databases))

    @property
    def shop(self) -> float:
        """All of the shop's processes together, without the driver."""
        return sum(value for name, value in self.seconds.items() if name != DRIVER)


class Meter:
    """Reads the processes of one shop; ``mine`` are the driver's own database processes."""

    def __init__(self, shop: Shop, mine: Collection[int]) -> None:
        self._shop = shop
        self._mine = frozenset(mine)

    def spent(self) -> Spent:
        """Since the processes began."""
        seconds = {name: _seconds(self._department(name)) for name in DEPARTMENTS}
        gateway, broker = self._shop.gateway.process(), self._shop.broker.pid
        assert gateway is not None
        assert broker is not None
        seconds["gateway"] = _family(gateway)
        seconds["rabbitmq"] = _family(psutil.Process(broker))
        databases = self._databases()
        # Reaped children (autovacuum) stay on the postmaster's bill; the driver's own processes on its own.
        mine = sum(map(_seconds_of, self._mine))
        seconds["postgresql"] = _family(self._postmaster(), without=self._mine)
        seconds[DRIVER] = _seconds(psutil.Process(os.getpid())) + mine
        return Spent(seconds, databases)

    def megabytes(self) -> dict[str, float]:
        """Memory of each process's own, servers with their children; what is shared is not counted twice."""
        roots = {name: self._department(name) for name in DEPARTMENTS} | {"postgresql": self._postmaster()}
        gateway, broker = self._shop.gateway.process(), self._shop.broker.pid
        assert gateway is not None
        assert broker is not None
        roots |= {"gateway": gateway, "rabbitmq": psutil.Process(broker)}
        return {name: round(_memory(root) / 1e6, 1) for name, root in roots.items()}

    def _databases(self) -> dict[str, float]:
        listed = self._shop.postgres.sql(_BACKENDS)
        spent: dict[str, float] = {}
        for line in listed.splitlines():
            pid, _, database = line.partition("|")
            if int(pid) not in self._mine:
                name = database.removeprefix("bayline_")
                spent[name] = spent.get(name, 0.0) + _seconds_of(int(pid))
        return {name: value for name, value in spent.items() if name in DEPARTMENTS}

    def _department(self, name: str) -> psutil.Process:
        return psutil.Process(self._shop.pid(name))

    def _postmaster(self) -> psutil.Process:
        pid_file = self._shop.postgres.folder / "cluster" / "postmaster.pid"
        return psutil.Process(int(pid_file.read_text().splitlines()[0]))


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _seconds_of(pid: int) -> float:
    try:
        return _seconds(psutil.Process(pid))
    except psutil.NoSuchProcess:  # ended since it was listed: its time is on its parent's bill
        return 0.0


def _family(root: psutil.Process, without: Collection[int] = ()) -> float:
    times = root.cpu_times()
    total = float(times.user + times.system + times.children_user + times.children_system)
    for child in root.children(recursive=True):
        if child.pid not in without:
            total += _seconds_of(child.pid)
    return total


def _memory(root: psutil.Process) -> int:
    total = 0
    for process in (root, *root.children(recursive=True)):
        try:
            total += int(process.memory_full_info().uss)
        except psutil.AccessDenied:
            total += int(process.memory_info().rss)
        except psutil.NoSuchProcess:
            continue
    return total


def _less(now: Mapping[str, float], before: Mapping[str, float]) -> dict[str, float]:
    return {name: value - before.get(name, 0.0) for name, value in now.items()}
