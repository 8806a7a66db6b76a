"""A TCP gate before a server, so that a test can take the server away, cut connections, or silence it."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any

Cut = Callable[[bytes], int | None]
"""Looks at what a client sends to the server; how much of it still passes before the connection is cut."""


def in_the_middle(piece: bytes) -> int | None:
    """Half a frame arrives."""
    return len(piece) // 2


def at_the_commit(piece: bytes) -> int | None:
    """PostgreSQL receives the commit, and its answer is lost."""
    return len(piece) if b"COMMIT" in piece else None


class Gate:
    """Forwards one port of 127.0.0.1 to another until it is shut or muted; ``cuts`` counts what it cut."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.cuts = 0
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._forwarding: set[asyncio.Task[None]] = set()
        self._towards_client = asyncio.Event()
        self._towards_server = asyncio.Event()
        self._where: Cut | None = None
        self._times = 0

    async def open(self) -> None:
        """Let connections in, on the same port as before."""
        self.unmute()
        self._server = await asyncio.start_server(self._let_in, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Refuse connections and cut those that exist."""
        if self._server is not None:
            self._server.close()
            self.cut()
            await asyncio.gather(*self._forwarding, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    def cut(self) -> None:
        """Reset every connection."""
        self.cuts += len(self._writers) // 2
        for writer in self._writers:
            writer.transport.abort()
        for task in self._forwarding:
            task.cancel()

    def cut_where(self, where: Cut, times: int) -> None:
        """Cut the next ``times`` connections on which a client sends what ``where`` looks for."""
        self._where, self._times = where, times

    def mute(self, *, client: bool = True, server: bool = False) -> None:
        """Hold back what is sent to the client, or to the server; no connection closes."""
        if client:
            self._towards_client.clear()
        if server:
            self._towards_server.clear()

    def unmute(self) -> None:
        """Let everything through, including what was held back."""
        self._towards_client.set()
        self._towards_server.set()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, to_server = await asyncio.open_connection("127.0.0.1", self._target_port)
        except OSError:  # the server itself is away
            writer.transport.abort()
            return
        self._writers |= {writer, to_server}
        self._start(self._to_server(reader, to_server, writer))
        self._start(self._to_client(there, writer))

    def _start(self, way: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(way)
        self._forwarding.add(task)
        task.add_done_callback(self._forwarding.discard)

    async def _to_server(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, back: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(65536):
                await self._towards_server.wait()
                passes = self._where(piece) if self._where is not None and self._times else None
                if passes is not None:
                    self._times -= 1
                    self.cuts += 1
                    back.transport.abort()
                await _write(target, piece[:passes])
        self._end(target)

    async def _to_client(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(65536):
                await self._towards_client.wait()
                await _write(target, piece)
        self._end(target)

    def _end(self, target: asyncio.StreamWriter) -> None:
        target.close()
        self._writers.discard(target)


async def _write(target: asyncio.StreamWriter, piece: bytes) -> None:
    if target.is_closing():  # cut meanwhile; uvloop's own error for it is no ``OSError``
        raise ConnectionResetError
    target.write(piece)
    await target.drain()
