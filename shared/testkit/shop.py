"""The whole shop in one process: every department on its own database, one in-memory broker, one clock."""

from testkit.clock import ManualClock
from testkit.department import Department
from testkit.in_memory_broker import InMemoryBroker


class Shop:
    """Departments by name (``shop["workshop"]``), a broker with its switches, a clock the test moves."""

    def __init__(
        self, departments: dict[str, Department], broker: InMemoryBroker, clock: ManualClock
    ) -> None:
        self.departments = departments
        self.broker = broker
        self.clock = clock

    def __getitem__(self, name: str) -> Department:
        return self.departments[name]

    async def quiet(self) -> None:
        """Turn all wheels until nothing has moved twice: an ask and its answer are two turns.

        Watermarks are sent only when all is still: what they prove is found in the next turn."""
        still, before = 0, self._progress()
        while still < 2:
            if still:
                for department in self.departments.values():
                    await department.runtime.backfill.publish_watermark()
                await self.broker.pump()
            for department in self.departments.values():
                await department.turn()
            await self.broker.pump()
            now = self._progress()
            still = still + 1 if now == before else 0
            before = now

    def _progress(self) -> list[tuple[int, ...]]:
        return [department.progress() for department in self.departments.values()]

    async def revive(self) -> None:
        """Start every department anew whose process was killed."""
        for department in self.departments.values():
            if department.connection.dead:
                await department.restart()

    async def close(self) -> None:
        """Give back connections early, when a test makes many shops."""
        for department in self.departments.values():
            await department.stop()

    async def passes(self, **span: float) -> None:
        """Shop time goes on, everything that follows from it happens."""
        self.clock.move(**span)
        await self.quiet()
