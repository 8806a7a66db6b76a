"""Every route is one transaction: committed before the answer is sent, tried again when another won."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from servicekit.errors import (
    AnsweredBefore,
    is_beyond_limits,
    is_busy,
    is_conflict,
    is_duplicate,
    is_outage,
)
from servicekit.http.auth import permissions_of
from servicekit.http.idempotency import Claim, claim
from servicekit.http.problems import ALREADY_EXISTS, problem, try_again
from servicekit.observe import logger
from servicekit.refusal import Invalid, Refusal
from servicekit.tx import Tx

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_READS = frozenset({"GET", "HEAD"})
_REFUSALS = (Refusal, HTTPException, RequestValidationError, AnsweredBefore)
_TRIES = 5  # the first and four more
_log = logger("servicekit.http")
_running: set[asyncio.Task[Response]] = set()


class ShopRoute(APIRoute):
    """Opens the request's ``Tx``, keeps idempotent answers in it, sets ``ETag``, commits, retries."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if named := permissions_of(self.dependant):
            self.openapi_extra = {**(self.openapi_extra or {}), "x-permissions": named}

    def get_route_handler(self) -> Handler:
        original = super().get_route_handler()
        route = self.path_format

        async def in_one_transaction(request: Request) -> Response:
            # Read before the transaction opens: a slow caller must not hold one open.
            await request.body()
            work = asyncio.create_task(_with_retries(request, original, route))
            # A caller that goes away must not cancel inside the transaction; the set keeps the task alive.
            _running.add(work)
            work.add_done_callback(_running.discard)
            return await asyncio.shield(work)

        return in_one_transaction


async def _with_retries(request: Request, handler: Handler, route: str) -> Response:
    for attempt in range(_TRIES):
        try:
            return await _attempt(request, handler, f"{request.method} {route}")
        except Exception as failure:
            if is_outage(failure):
                _log.warning("database away", reason=type(failure).__name__)
                return try_again(request, 5)
            if is_busy(failure):  # waited for somebody's lock for as long as one may
                return try_again(request, 1)
            if is_beyond_limits(failure):
                _log.warning("beyond limits", reason=type(failure).__name__)
                raise Invalid("request", "dates, numbers and texts that can be kept") from None
            if not (is_conflict(failure) or is_duplicate(failure)):
                raise
            request.state.retries = attempt + 1
            if attempt + 1 == _TRIES and is_duplicate(failure):
                # Not a race after all: nobody checked for this key beforehand.
                _log.warning("unique key taken", constraint=_constraint(failure))
                return problem(*ALREADY_EXISTS)
        await asyncio.sleep(random.uniform(0.5, 1.5) * 0.02 * 2**attempt)
    return try_again(request, 1)


def _constraint(failure: Exception) -> str | None:
    """Its name alone: the message would hold the values, which may be personal."""
    origin = getattr(failure, "orig", None)
    return getattr(origin.__cause__ if origin else None, "constraint_name", None)


async def _attempt(request: Request, handler: Handler, route: str) -> Response:
    claimed = await claim(request, route)
    try:
        return await _in_transaction(request, handler, claimed)
    except Exception as failure:
        # Refused, or a unique key taken, may only mean that it was done before.
        if claimed is not None and (isinstance(failure, _REFUSALS) or is_duplicate(failure)):
            async with request.app.state.runtime.begin(reading=True) as tx:
                earlier = await claimed.earlier_response(tx.session)
            if earlier is not None:
                return earlier
        raise


async def _in_transaction(request: Request, handler: Handler, claimed: Claim | None) -> Response:
    tx: Tx
    async with request.app.state.runtime.begin(reading=request.method in _READS) as tx:
        request.state.tx = tx
        tx.expect_version(_if_match(request))
        response = await handler(request)
        await tx.session.flush()  # for the versions; the events are written with the key, at the end
        if tx.subject is not None and "etag" not in response.headers and response.status_code < 400:
            response.headers["ETag"] = f'"{tx.subject.version}"'
        if tx.session.info.get("confidential"):
            response.headers["Cache-Control"] = "no-store"
        if claimed is not None:
            tx.at_end(response=claimed.with_response(response))
    return response


def _if_match(request: Request) -> int | None:
    """The version that the caller saw. Raises ``Invalid`` when it is not one of ours."""
    stated = request.headers.get("if-match", "*").strip()
    if stated == "*":
        return None
    bare = stated.removeprefix("W/").strip('"')
    if not (bare.isascii() and bare.isdigit() and len(bare) < 10):
        raise Invalid("header.If-Match", "the ETag of an earlier answer")
    return int(bare)


# Dependencies are coroutines throughout: FastAPI sends plain functions through a thread.
async def current_tx(request: Request) -> Tx:
    """The transaction of this request."""
    tx: Tx = request.state.tx
    return tx


async def _shop_time(request: Request) -> datetime:
    tx: Tx = request.state.tx
    return tx.now


TxDep = Annotated[Tx, Depends(current_tx)]
Now = Annotated[datetime, Depends(_shop_time)]


class PublicRouter(APIRouter):
    """Customers' links: served at the root, not under the service's path, and without employees' tokens."""


def router(**options: Any) -> APIRouter:
    """A department's router; served under ``/api/<service>``. Options are ``APIRouter``'s."""
    return APIRouter(route_class=ShopRoute, **options)


def public_router(**options: Any) -> PublicRouter:
    """A router for customers' links, ``/l/{token}`` and below; options are ``APIRouter``'s."""
    return PublicRouter(route_class=ShopRoute, **options)
