"""Bodies that are too large are refused before they are read, with a problem document like every error."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.http.problems import TOO_LARGE, too_large

LARGEST_BODY = 2 * 1024 * 1024
"""Bytes of a request's body."""


class BodyLimit:
    """ASGI middleware: 413 by the stated length at once, without one as soon as the limit is passed."""

    def __init__(self, app: ASGIApp, limit: int = LARGEST_BODY) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = Headers(scope=scope).get("content-length", "")
        if stated.isdecimal() and int(stated) > self._limit:
            await too_large(Request(scope))(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._limit:
                raise HTTPException(TOO_LARGE.status)
            return message

        await self._app(scope, counted, send)
