"""The endpoints of a shop in one process: calls go straight in, messages arrive when the test lets them."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import httpx
from scenarios.shop_client import Person, ShopClient, read_answer

from contracts.roles import ROLES
from testkit.in_memory_broker import Killed
from testkit.shop import Shop

_LIGHT = 2
"""So many looks wait only for what is under way; later ones turn every wheel of the shop."""
_PATIENCE = 24


class InProcessClient(ShopClient):
    """The departments of one process. A process that dies under a call is started anew, and asked again."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.withholding = False

    async def ask(
        self, department: str, method: str, path: str, *, who: Person | None, json: Any = None
    ) -> Any:
        key = str(uuid4())
        answer = await self._alive(lambda: self.send(department, method, path, who=who, json=json, key=key))
        return _read(answer, f"{method} /api/{department}{path}")

    async def send(
        self,
        department: str,
        method: str,
        path: str,
        *,
        who: Person | None,
        json: Any = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """One request as it is, for stories about refusals."""
        sent = dict(headers or {})
        if key is not None and method != "GET":
            sent["Idempotency-Key"] = key
        signed: dict[str, Any] = {}
        if who is not None:
            signed = {"who": ROLES[who.role], "employee": who.employee_id, "name": who.name}
        return await self._shop[department].call(method, path, json=json, headers=sent, **signed)

    async def by_link(self, url: str, json: Any) -> Any:
        headers = {"Accept": "application/json", "Idempotency-Key": str(uuid4())}
        path = httpx.URL(url).path

        async def post() -> httpx.Response:
            return await self._shop["reception"].call("POST", path, json=json, headers=headers, root=True)

        return _read(await self._alive(post), "POST a customer's link")

    async def wait(self, turn: int) -> bool:
        """Let what is under way arrive; when that was not enough, turn every wheel."""
        if turn <= _LIGHT or self.withholding:
            await self.deliver()
        else:
            await self.quiet()
        return turn < _PATIENCE

    async def deliver(self) -> None:
        """Publish what was committed and hand it over, without timers, sweeps and backfills."""
        departments = self._shop.departments.values()
        before: list[tuple[int, ...]] | None = None
        while before != (now := [department.progress() for department in departments]):
            before = now
            for department in departments:
                if not department.connection.dead:
                    await department.publisher_drained()
            await self._shop.broker.idle()
        await self._revive()

    async def quiet(self) -> None:
        """Everything that can happen has happened, in processes that live."""
        while True:
            try:
                await self._revive()
                await self._shop.quiet()
            except Killed:
                continue
            if not await self._revive():
                return

    async def _alive(self, send: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        while True:
            try:
                answer = await send()
            except Killed:
                await self._revive()
                continue
            if not await self._revive() or answer.status_code < 500:
                return answer

    async def _revive(self) -> bool:
        """Start the dead anew, also those that die while they start; whether there were any."""
        dead = False
        while any(department.connection.dead for department in self._shop.departments.values()):
            dead = True
            with suppress(Killed):
                await self._shop.revive()
        return dead


def _read(answer: httpx.Response, request: str) -> Any:
    return read_answer(answer.status_code, answer.content, request)
