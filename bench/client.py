"""One lean keep-alive client through the gateway: the driver must not cost what it measures."""

import asyncio
import time
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

import httptools
import orjson
from scenarios.shop_client import Person, ShopClient, read_answer

_LONGEST = 60.0


class _Connection(asyncio.Protocol):
    """One request at a time over one TCP connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body = b""
        self.usable = True

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._parser, self._body = httptools.HttpResponseParser(self), b""
        self._transport.write(request)
        async with asyncio.timeout(_LONGEST):
            return await self._answer

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.usable = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the gateway closed the connection"))

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._body += body

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self.usable = self.usable and self._parser.should_keep_alive()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((self._parser.get_status_code(), self._body))


class LeanClient(ShopClient):
    """All departments through the gateway. A refusal fails the journey: each is 17 commands, not more.

    Every command carries an ``Idempotency-Key``, as front ends do.
    """

    def __init__(self, public_url: str) -> None:
        address = urlsplit(public_url)
        self._host, self._port = str(address.hostname), address.port or 80
        self._idle: list[_Connection] = []
        self._tokens: dict[str, str] = {}
        self.seconds: list[float] = []
        """How long each command took, from the first byte sent to the last received."""

    async def sign_in(self, who: Person, password: str) -> None:
        """Get a token, good for ten minutes."""
        session = await self.ask(
            "staff", "POST", "/sessions", who=None, json={"login": who.login, "password": password}
        )
        self._tokens[who.login] = session["access_token"]

    async def ask(
        self, department: str, method: str, path: str, *, who: Person | None, json: Any = None
    ) -> Any:
        """One request; commands are timed."""
        body = b"" if json is None else orjson.dumps(json)
        lines = [f"{method} /api/{department}{path} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        if who is not None:
            lines.append(f"Authorization: Bearer {self._tokens[who.login]}")
        if method != "GET":
            lines += [f"Idempotency-Key: {uuid4()}", "Content-Type: application/json"]
        request = "\r\n".join([*lines, f"Content-Length: {len(body)}", "\r\n"]).encode() + body
        began = time.perf_counter()
        status, answer = await self._send(request)
        if method != "GET":
            self.seconds.append(time.perf_counter() - began)
        return read_answer(status, answer, f"{method} /api/{department}{path}")

    async def by_link(self, url: str, json: Any) -> Any:
        """No customer of the bench answers by link."""
        raise NotImplementedError(url)

    async def wait(self, turn: int) -> bool:
        """Look again after 50 ms, for half a minute: only while the shop is set up."""
        await asyncio.sleep(0.05)
        return turn < 600

    def close(self) -> None:
        """Close the connections."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    async def _send(self, request: bytes) -> tuple[int, bytes]:
        connection = await self._connection()
        answer = await connection.ask(request)
        if connection.usable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    async def _connection(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        loop = asyncio.get_running_loop()
        _, fresh = await loop.create_connection(_Connection, self._host, self._port)
        return fresh
