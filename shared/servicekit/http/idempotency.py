"""``Idempotency-Key``: a command that is sent twice takes effect once and is answered twice."""

import hashlib
from typing import Annotated, Any, cast

from fastapi import Depends, Header
from sqlalchemy import CursorResult, MetaData, and_, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from servicekit.columns import json_text
from servicekit.http.auth import identify
from servicekit.http.tables import idempotency_table
from servicekit.refusal import Invalid, Refusal

KEPT_HOURS = 48
_LONGEST = 200
_keys = idempotency_table(MetaData())
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_SHOWN = ("content-type", "etag", "location")


class IdempotencyKeyReused(Refusal):
    """This Idempotency-Key was used for another request."""


class IdempotencyKeyRequired(Refusal):
    """This request moves money and needs an Idempotency-Key."""

    status = 428


class Claim:
    """A key that a request came with.

    It is written with the answer, at the end of the command's own transaction: a command that is sent twice
    may run twice, but the second run ends here, or at a refusal, and is answered with the first."""

    def __init__(self, scope: str, route: str, key: str, fingerprint: bytes) -> None:
        self._row = {"scope": scope, "route": route, "key": key}
        self._fingerprint = fingerprint
        self._this = and_(_keys.c.scope == scope, _keys.c.route == route, _keys.c.key == key)

    def with_response(self, response: Response) -> dict[str, Any] | None:
        """What to keep with the changes that the answer reports (the columns of ``work.KEEP_ANSWER``);
        nothing of an answer that must not be stored, or is a refusal."""
        if response.status_code >= 400 or is_confidential(response) or not hasattr(response, "body"):
            return None
        headers = {name: response.headers[name] for name in _SHOWN if name in response.headers}
        return {
            "response_scope": self._row["scope"],
            "response_route": self._row["route"],
            "response_key": self._row["key"],
            "response_fingerprint": self._fingerprint,
            "response_status": response.status_code,
            "response_headers": json_text(headers),
            "response_body": bytes(response.body),
        }

    async def earlier_response(self, session: AsyncSession) -> Response | None:
        """The answer that was given to the same request before, if there is one.

        Raises ``IdempotencyKeyReused`` when the earlier request was another one."""
        row = (await session.execute(select(_keys).where(self._this))).one_or_none()
        if row is None:
            return None
        if row.fingerprint != self._fingerprint:
            raise IdempotencyKeyReused()
        return Response(row.body, row.status, {**row.headers, "Idempotent-Replay": "true"})


def is_confidential(response: Response) -> bool:
    """Whether an answer holds a secret (a token, a customer's link) and must not be kept anywhere."""
    return "no-store" in response.headers.get("cache-control", "")


async def claim(request: Request, route: str) -> Claim | None:
    """The claim of a request that came with a key. Raises ``Invalid`` for a key that is none."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method not in _CHANGES:
        return None
    if not 1 <= len(key) <= _LONGEST:
        raise Invalid("header.Idempotency-Key", f"1 to {_LONGEST} characters")
    return Claim(await _scope(request), route, key, await _fingerprint(request))


async def _scope(request: Request) -> str:
    who = await identify(request)
    if who is not None:
        return str(who.employee_id)
    token = request.path_params.get("token")
    return f"link:{hashlib.sha256(token.encode()).hexdigest()}" if token else "anyone"


async def _fingerprint(request: Request) -> bytes:
    digest = hashlib.sha256()
    for part in (request.url.path.encode(), request.url.query.encode(), await request.body()):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()


async def _required(
    request: Request, idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None
) -> None:
    if idempotency_key is None:
        raise IdempotencyKeyRequired()


key_required: Any = Depends(_required)
"""``dependencies=[key_required]`` of routes that move money."""


async def sweep(session: AsyncSession) -> int:
    """Forget answers older than 48 h of machine time; gives how many. The caller commits."""
    old = _keys.c.kept_at < func.now() - text(f"interval '{KEPT_HOURS} hours'")
    return cast(CursorResult[Any], await session.execute(delete(_keys).where(old))).rowcount
