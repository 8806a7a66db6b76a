"""The whole shop in one process: every department on its own database, one hub, one clock."""

from chassis.clock import ManualClock
from chassis.messaging.hub import Hub
from chassis.testing.department import Department


class Shop:
    """Departments by name (``shop["workshop"]``), a hub with its switches, a clock the test moves."""

    def __init__(self, departments: dict[str, Department], hub: Hub, clock: ManualClock) -> None:
        self.departments = departments
        self.hub = hub
        self.clock = clock

    def __getitem__(self, name: str) -> Department:
        return self.departments[name]

    async def quiet(self) -> None:
        """Turn all wheels until nothing moves any more."""
        before: list[tuple[int, ...]] | None = None
        while before != (now := [d._progress() for d in self.departments.values()]):
            before = now
            for department in self.departments.values():
                await department.turn()
            for department in self.departments.values():
                await department.runtime.resend.tell()
            await self.hub.pump()

    async def passes(self, **span: float) -> None:
        """Shop time goes on, everything that follows from it happens."""
        self.clock.move(**span)
        await self.quiet()
        await self.quiet()  # once more: timers that concluded from silence have their answers now
