"""Lanes: work on different keys runs at once, work on one key in the order in which it came."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

Work = Callable[[], Awaitable[None]]


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel them and wait until they have ended: a database that is closed under them keeps a connection."""
    ending = [task for task in tasks if task is not asyncio.current_task()]
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


class Lanes:
    """What a consumer runs its handlers in, so that at most one handler per key is running.

    ``failed`` is called with what escapes a piece of work; the lane goes on with the next piece.
    """

    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        self._failed = failed
        self._waiting: dict[str, deque[Work]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def running(self) -> frozenset[asyncio.Task[None]]:
        """The tasks that have work; empty when nothing is running or waiting."""
        return frozenset(self._running)

    def put(self, key: str, work: Work) -> bool:
        """Start the work, or queue it behind the work of its key; ``False`` when the lanes are closed."""
        if self._closed:
            return False
        lane = self._waiting.get(key)
        if lane is None:
            self._waiting[key] = deque([work])
            task = asyncio.create_task(self._run(key), name=f"lane {key}")
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        else:
            lane.append(work)
        return True

    def shut(self) -> None:
        """Accept nothing more; what runs goes on."""
        self._closed = True
        self.forget_waiting()

    def forget_waiting(self) -> None:
        """Drop what has not started; what runs goes on."""
        for lane in self._waiting.values():
            lane.clear()

    async def close(self, grace: float) -> None:
        """Accept nothing more, let running work finish within ``grace`` seconds, cancel the rest."""
        self.shut()
        current = asyncio.current_task()
        running = {task for task in self._running if task is not current}
        if running:
            _, late = await asyncio.wait(running, timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=grace)

    def cancel(self) -> None:
        """End everything at once, as the death of the process would."""
        self.shut()
        current = asyncio.current_task()
        for task in self._running:
            if task is not current:
                task.cancel()

    async def _run(self, key: str) -> None:
        lane = self._waiting[key]
        try:
            while lane:
                work = lane.popleft()
                try:
                    await work()
                except asyncio.CancelledError:
                    raise
                except BaseException as error:  # a death at a failpoint is no Exception
                    self._failed(error)
        finally:
            del self._waiting[key]
