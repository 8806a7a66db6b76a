"""Who is asking, and whether they may: employees' bearer tokens and the permissions that routes name."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, Security
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import Request

from servicekit.http.keys import SigningKeys
from servicekit.refusal import Forbidden, Unauthorised

_REMEMBERED = 2_000  # verified tokens; an access token lives for minutes
_LEEWAY = 30  # seconds that the issuer's clock and ours may differ

_bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="JWT",
    scheme_name="employee",
    description="An access token of the staff department.",
)


@dataclass(frozen=True, slots=True)
class Who:
    """The signed-in employee; ``expires_at`` is machine time."""

    employee_id: UUID
    name: str
    permissions: frozenset[str]
    expires_at: datetime

    def may(self, permission: str) -> bool:
        """Whether the token carries this permission."""
        return permission in self.permissions


class Gate:
    """Reads tokens with the issuer's keys."""

    def __init__(self, keys: SigningKeys, issuer: str | None = None) -> None:
        self._keys = keys
        self._issuer = issuer
        self._known: dict[str, Who] = {}

    async def read(self, token: str) -> Who:
        """The employee that a token names. Raises ``Unauthorised``, which does not say more than it must."""
        known = self._known.get(token)
        if known is not None and datetime.now(UTC) < known.expires_at:
            return known
        who = await self._verify(token)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[token] = who  # the same bytes were verified before: once is enough until they expire
        return who

    async def _verify(self, token: str) -> Who:
        try:
            key = await self._keys.find(str(jwt.get_unverified_header(token).get("kid", "")))
            if key is None:
                raise Unauthorised(reason="unknown_key")
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                issuer=self._issuer,
                leeway=_LEEWAY,
                options={"require": ["exp", "sub"], "verify_aud": False},
            )
            return _who(claims)
        except jwt.ExpiredSignatureError as late:
            raise Unauthorised(reason="expired") from late
        except (jwt.PyJWTError, ValueError, TypeError) as wrong:
            raise Unauthorised(reason="unusable_token") from wrong


def _who(claims: dict[str, Any]) -> Who:
    return Who(
        employee_id=UUID(claims["sub"]),
        name=str(claims.get("name", "")),
        permissions=frozenset(str(permission) for permission in claims.get("permissions", ())),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


async def identify(request: Request) -> Who | None:
    """The employee of this request, or ``None`` without a token; read once a request."""
    if not hasattr(request.state, "who"):
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        gate: Gate = request.app.state.gate
        request.state.who = await gate.read(token.strip()) if kind.lower() == "bearer" and token else None
    who: Who | None = request.state.who
    return who


class _May:
    """The check behind ``may``; a class, so that a route can be asked which permissions it names."""

    def __init__(self, permissions: tuple[str, ...]) -> None:
        self.permissions = permissions

    async def __call__(
        self,
        request: Request,
        _shown_in_docs: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    ) -> Who:
        who = await identify(request)
        if who is None:
            raise Unauthorised(reason="no_token")
        if self.permissions and who.permissions.isdisjoint(self.permissions):
            raise Forbidden(permission=" or ".join(self.permissions))
        tx = getattr(request.state, "tx", None)
        if tx is not None:
            tx.set_by(str(who.employee_id))
        return who


def may(*permissions: str) -> Any:
    """``who: Annotated[Who, may(perm.X)]``: a signed-in employee with any one of these permissions, or with
    none named any employee. 401 without a good token, 403 naming the permission; sets ``tx.by``."""
    return Depends(_May(permissions))


def permissions_of(dependant: Dependant) -> list[str]:
    """The permissions that a route names, for its documentation; any one of them is enough."""
    return [
        permission
        for needed in dependant.dependencies
        if isinstance(needed.call, _May)
        for permission in needed.call.permissions
    ]
