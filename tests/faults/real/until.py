"""Waiting for something that happens in other processes, which do not report it."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], Awaitable[bool]], *, within: float, every: float = 0.2) -> float:
    """Look again and again; the seconds that it took. Raises ``TimeoutError``."""
    clock = asyncio.get_running_loop().time
    began = clock()
    while not await condition():
        if clock() - began > within:
            raise TimeoutError
        await asyncio.sleep(every)
    return clock() - began
