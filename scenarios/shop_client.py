"""The departments' endpoints as a person uses them: request, be refused, wait for an event of another's."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import orjson

T = TypeVar("T")
Json = dict[str, Any]

PATIENCE = 60.0
"""Seconds after which an event that has not arrived counts as lost."""
_PAGE = 200
_NOT_IN_A_MESSAGE = frozenset({"type", "title", "status", "code"})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works in the shop: name, the role of the account, and who they are in tokens."""

    name: str
    role: str
    login: str
    employee_id: UUID


class Refused(Exception):
    """A department refused a request; ``problem`` is its problem document. One line as a message."""

    def __init__(self, status: int, problem: Json, request: str) -> None:
        members = (f"{name} {value}" for name, value in problem.items() if name not in _NOT_IN_A_MESSAGE)
        why = ", ".join(members).replace("\n", " ")
        super().__init__(f"{request}: {status} {problem.get('code', '')}" + (f" ({why})" if why else ""))
        self.status = status
        self.problem = problem

    @property
    def code(self) -> str:
        """Stable name of the refusal."""
        return str(self.problem.get("code", ""))

    @property
    def waits(self) -> bool:
        """Whether the event that is missing is on its way from another department."""
        return self.status == 409 and bool(self.problem.get("waiting_for"))


class NotInTime(Exception):
    """What was waited for did not happen while patience lasted."""


def read_answer(status: int, body: bytes, request: str) -> Any:
    """The decoded answer, ``None`` if it is empty. Raises ``Refused`` for any other status than 2xx."""
    if 200 <= status < 300:
        return orjson.loads(body) if body else None
    try:
        problem = orjson.loads(body)
    except orjson.JSONDecodeError:  # a proxy's page
        problem = None
    raise Refused(status, problem if isinstance(problem, dict) else {"code": f"http_{status}"}, request)


class ShopClient(ABC):
    """All departments behind one call; over the gateway in the demo, in one process in tests."""

    @abstractmethod
    async def ask(
        self, department: str, method: str, path: str, *, who: Person | None, json: Any = None
    ) -> Any:
        """One request under ``/api/<department>``; the decoded answer. Raises ``Refused``."""

    @abstractmethod
    async def by_link(self, url: str, json: Any) -> Any:
        """What a customer sends by the link that a desk gave. Raises ``Refused``."""

    @abstractmethod
    async def wait(self, turn: int) -> bool:
        """Let events travel before look number ``turn``; ``False`` when patience is over."""

    async def get(self, department: str, path: str, *, who: Person) -> Any:
        """Read something."""
        return await self.ask(department, "GET", path, who=who)

    async def get_all(self, department: str, path: str, *, who: Person) -> list[Json]:
        """The items of all pages of a list."""
        base = f"{path}{'&' if '?' in path else '?'}limit={_PAGE}"
        page = await self.get(department, base, who=who)
        found: list[Json] = page["items"]
        while page["next"]:
            page = await self.get(department, f"{base}&cursor={page['next']}", who=who)
            found += page["items"]
        return found

    async def post(self, department: str, path: str, json: Any = None, *, who: Person) -> Any:
        """Do something."""
        return await self.ask(department, "POST", path, who=who, json=json)

    async def eventually(self, look: Callable[[], Awaitable[T | None]], what: str) -> T:
        """What ``look`` finds, as soon as it finds something. Raises ``NotInTime``."""
        turn = 0
        while True:
            if (found := await look()) is not None:
                return found
            turn += 1
            if not await self.wait(turn):
                raise NotInTime(f"{what} did not come")

    async def when_possible(
        self, attempt: Callable[[], Awaitable[T]], what: str, *, also: frozenset[str] = frozenset()
    ) -> T:
        """The answer to ``attempt`` as soon as the events that it waits for are there.

        A refusal that names ``waiting_for`` is tried again, as are the codes in ``also`` (a technician or a
        bay that is taken) and what is not known there yet (404). Raises ``NotInTime`` with the last refusal.
        """
        turn = 0
        while True:
            try:
                return await attempt()
            except Refused as refused:
                if not (refused.waits or refused.code in also or refused.status == 404):
                    raise
                last = refused
            turn += 1
            if not await self.wait(turn):
                raise NotInTime(f"{what} not possible in time: {last}") from last
