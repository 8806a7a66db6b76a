"""A supervised connection to RabbitMQ: connect, run a session on it, begin again when it ends."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection

log = structlog.get_logger(__name__)

Session = Callable[[AbstractConnection], Awaitable[None]]

LONGEST_WAIT = 1.0
"""Seconds between two attempts to connect, at most."""

REPLY_SECONDS = 5.0
"""How long the broker may take to answer a connection, a declaration or closing."""


def really_cancelled() -> bool:
    """Whether somebody cancelled this task: aio-pika raises ``CancelledError`` for a missed heartbeat too."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def open_channel(connection: AbstractConnection, *, confirms: bool = False) -> AbstractChannel:
    """A channel ready for use; raises when the broker does not answer in time."""
    channel = connection.channel(publisher_confirms=confirms)
    async with asyncio.timeout(REPLY_SECONDS):
        await channel.initialize()
    return channel


async def close_quietly(closing: AbstractChannel | AbstractConnection) -> None:
    """Close what may be broken already."""
    try:
        async with asyncio.timeout(REPLY_SECONDS):
            await closing.close()
    except asyncio.CancelledError:
        if really_cancelled():
            raise
    except Exception as error:
        log.debug("broker.close_failed", error=repr(error))


class Link:
    """Supervises one connection. ``session`` uses it and returns or raises when it is of no use any more.

    ``heartbeat`` is in seconds; three missed ones end the connection.
    """

    def __init__(self, url: str, name: str, session: Session, *, heartbeat: int = 10) -> None:
        self.name = name
        self._url = url
        self._session = session
        self._heartbeat = heartbeat
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin connecting, in the background."""
        self._task = asyncio.create_task(self._supervise(), name=self.name)

    async def stop(self) -> None:
        """End the session and close the connection."""
        task, self._task = self._task, None
        while task is not None and not task.done():
            task.cancel()  # again and again: Python 3.11's wait_for, used below us, may swallow one
            await asyncio.wait({task}, timeout=0.5)

    async def _supervise(self) -> None:
        failures, logged = 0, ""
        while not really_cancelled():
            began = time.monotonic()
            reason = await self._connect()
            lasted = time.monotonic() - began
            failures = 0 if lasted > 2 * LONGEST_WAIT else failures + 1
            wait = min(LONGEST_WAIT, 0.05 * 2**failures) * random.uniform(0.5, 1)  # not all at once
            # an outage is one line, not a stream of them
            level = logging.DEBUG if reason == logged else logging.WARNING
            log.log(level, "broker.link_lost", link=self.name, reason=reason, lasted=round(lasted, 1))
            logged = reason
            await asyncio.sleep(wait)

    async def _connect(self) -> str:
        """One connection from beginning to end; why it ended."""
        try:
            async with asyncio.timeout(REPLY_SECONDS):
                connection = await aio_pika.connect(
                    self._url,
                    heartbeat=self._heartbeat,
                    client_properties={"connection_name": self.name},
                )
            try:
                await self._session(connection)
            finally:
                await close_quietly(connection)
        except asyncio.CancelledError:
            if really_cancelled():
                raise
            return "heartbeat missed"
        except Exception as error:  # whatever it was, the answer is to begin again
            return repr(error)
        return "session ended"
