"""The gateway as people's front ends use it: sign-in, one key per command, patience with a busy shop."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from scenarios.shop_client import PATIENCE, Person, Refused, ShopClient, read_answer

_LONGEST_PAUSE = 1.0
_AWAY = (502, 503, 504)  # a department restarts, or is too busy for now
_EARLY = 60  # seconds before its end that a token is renewed


@dataclass(slots=True)
class _SignIn:
    access: str
    refresh: str
    until: float


@dataclass(slots=True)
class Traffic:
    """Requests sent, and how often the same had to be sent again."""

    requests: int = 0
    retries: int = 0
    refusals: Counter[str] = field(default_factory=Counter)


class GatewayClient(ShopClient):
    """Every request goes through the shop's one public address."""

    def __init__(self, public_url: str, passwords: dict[str, str], *, patience: float = PATIENCE) -> None:
        """``passwords`` by login; more may be put in while it works. ``patience`` in seconds."""
        limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
        self._http = httpx.AsyncClient(base_url=public_url, timeout=30, limits=limits)
        self.passwords = passwords
        self._patience = patience
        self.traffic = Traffic()
        self._signed_in: dict[str, _SignIn] = {}
        self._signing: dict[str, asyncio.Lock] = {}

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def wait(self, turn: int) -> bool:
        """A fifth of a second, then longer and longer up to a second, until patience is over."""
        pauses = [min(0.2 * 1.6**n, _LONGEST_PAUSE) for n in range(turn)]
        if sum(pauses) > self._patience:
            return False
        await asyncio.sleep(pauses[-1])
        return True

    async def ask(
        self, department: str, method: str, path: str, *, who: Person | None, json: Any = None
    ) -> Any:
        """One request, repeated with the same Idempotency-Key while the department is away."""
        url = f"/api/{department}{path}"
        headers = {} if method == "GET" else {"Idempotency-Key": str(uuid4())}
        return await self._until_answered(method, url, headers, who, json, f"{method} {url}")

    async def by_link(self, url: str, json: Any) -> Any:
        """What a customer's browser sends; a department that is away is tried again."""
        headers = {"Accept": "application/json", "Idempotency-Key": str(uuid4())}
        return await self._until_answered("POST", url, headers, None, json, "POST a customer's link")

    async def _until_answered(
        self, method: str, url: str, headers: dict[str, str], who: Person | None, json: Any, request: str
    ) -> Any:
        turn = 0
        while True:
            answer = await self._send(method, url, headers, who, json)
            if answer is not None and answer.status_code not in _AWAY:
                return self._read(answer, request)
            self.traffic.retries += 1
            turn += 1
            if not await self.wait(turn):
                raise Refused(503, {"code": "away"}, request)

    async def _send(
        self, method: str, url: str, headers: dict[str, str], who: Person | None, json: Any
    ) -> httpx.Response | None:
        self.traffic.requests += 1
        try:
            signed = {} if who is None else {"Authorization": f"Bearer {await self._token(who)}"}
            return await self._http.request(method, url, json=json, headers=headers | signed)
        except httpx.TransportError:
            return None

    def _read(self, answer: httpx.Response, request: str) -> Any:
        try:
            return read_answer(answer.status_code, answer.content, request)
        except Refused as refused:
            self.traffic.refusals[refused.code] += 1
            raise

    async def _token(self, who: Person) -> str:
        async with self._signing.setdefault(who.login, asyncio.Lock()):
            held = self._signed_in.get(who.login)
            if held is None or held.until < time.monotonic():
                held = self._signed_in[who.login] = await self._sign_in(who, held)
            return held.access

    async def _sign_in(self, who: Person, held: _SignIn | None) -> _SignIn:
        if held is not None:
            try:
                return await self._session("/sessions/refresh", {"refresh_token": held.refresh})
            except Refused:
                pass  # the refresh token ran out: sign in anew
        return await self._session("/sessions", {"login": who.login, "password": self.passwords[who.login]})

    async def _session(self, path: str, json: dict[str, str]) -> _SignIn:
        answer = await self.ask("staff", "POST", path, who=None, json=json)
        until = time.monotonic() + answer["expires_in"] - _EARLY
        return _SignIn(answer["access_token"], answer["refresh_token"], until)
