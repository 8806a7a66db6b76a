"""A TCP gate before a server, so that a test can take the server away, cut connections, or silence it."""

import asyncio
import contextlib


class Gate:
    """Forwards one port of 127.0.0.1 to another until it is shut or muted."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._forwarding: set[asyncio.Task[None]] = set()
        self._towards_client = asyncio.Event()
        self._towards_server = asyncio.Event()

    async def open(self) -> None:
        """Let connections in, on the same port as before."""
        self.unmute()
        self._server = await asyncio.start_server(self._let_in, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Refuse connections and cut those that stand."""
        if self._server is not None:
            self._server.close()
            self.cut()
            await asyncio.gather(*self._forwarding, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    def cut(self) -> None:
        """Reset every connection."""
        for writer in self._writers:
            writer.transport.abort()
        for task in self._forwarding:
            task.cancel()

    def mute(self, *, both: bool = False) -> None:
        """Hold back what the server says, with ``both`` also what it is told; no connection closes."""
        self._towards_client.clear()
        if both:
            self._towards_server.clear()

    def unmute(self) -> None:
        """Let everything through, including what was held back."""
        self._towards_client.set()
        self._towards_server.set()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_server = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._writers |= {writer, to_server}
        ways = ((reader, to_server, self._towards_server), (there, writer, self._towards_client))
        for way in ways:
            task = asyncio.create_task(self._forward(*way))
            self._forwarding.add(task)
            task.add_done_callback(self._forwarding.discard)

    async def _forward(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, allowed: asyncio.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(65536):
                await allowed.wait()
                target.write(piece)
                await target.drain()
        target.close()
        self._writers.discard(target)
