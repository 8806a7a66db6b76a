"""The departments' doors as a person meets them: ask, be refused, wait for another department's fact."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

T = TypeVar("T")
Json = dict[str, Any]

PATIENCE = 60.0
"""Seconds after which a fact that has not arrived counts as lost."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works in the shop: name, the role of the account, and who they are in tokens."""

    name: str
    role: str
    login: str
    employee_id: UUID


class Refused(Exception):
    """A department said no; ``facts`` is its problem document."""

    def __init__(self, status: int, facts: Json, asked: str) -> None:
        super().__init__(f"{asked}: {status} {facts.get('code', '')} {facts}")
        self.status = status
        self.facts = facts

    @property
    def code(self) -> str:
        """Stable name of the refusal."""
        return str(self.facts.get("code", ""))

    @property
    def waits(self) -> bool:
        """Whether the fact that is missing is on its way from another department."""
        return self.status == 409 and bool(self.facts.get("waiting_for"))


class NothingCame(Exception):
    """A fact did not arrive in time."""


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
        """Let facts travel before look number ``turn``; ``False`` when patience is over."""

    async def get(self, department: str, path: str, *, who: Person) -> Any:
        """Read something."""
        return await self.ask(department, "GET", path, who=who)

    async def post(self, department: str, path: str, json: Any = None, *, who: Person) -> Any:
        """Do something."""
        return await self.ask(department, "POST", path, who=who, json=json)

    async def eventually(self, look: Callable[[], Awaitable[T | None]], what: str) -> T:
        """What ``look`` finds, as soon as it finds something. Raises ``NothingCame``."""
        turn = 0
        while True:
            if (found := await look()) is not None:
                return found
            turn += 1
            if not await self.wait(turn):
                raise NothingCame(what)

    async def when_possible(
        self, attempt: Callable[[], Awaitable[T]], what: str, *, also: frozenset[str] = frozenset()
    ) -> T:
        """The answer to ``attempt`` as soon as the facts that it waits for are there.

        A refusal that names ``waiting_for`` is tried again, as are the codes in ``also`` (a technician or a
        bay that is taken) and what is not heard of yet (404). Raises ``NothingCame`` with the last refusal.
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
                raise NothingCame(f"{what}: {last}") from last
