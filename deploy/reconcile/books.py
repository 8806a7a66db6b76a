"""The databases as the reconciliation reads them: plain SQL, read-only, one moment in time each."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Something on which departments do not agree, or which does not add up."""

    question: str
    subject: str
    what: str

    def __str__(self) -> str:
        return f"{self.question} {self.subject}: {self.what}"


class Books:
    """What every department has recorded."""

    def __init__(self, connections: Mapping[str, Any]) -> None:
        self._connections = connections

    @property
    def departments(self) -> tuple[str, ...]:
        """Those whose books are open."""
        return tuple(self._connections)

    async def rows(self, department: str, statement: str) -> list[Any]:
        """Records of a department's own database."""
        found: list[Any] = await self._connections[department].fetch(statement)
        return found


@asynccontextmanager
async def open_books(urls: Mapping[str, str]) -> AsyncIterator[Books]:
    """Open the databases by the department's name; nothing can be written through these connections."""
    async with AsyncExitStack() as stack:
        connections = {}
        for department, url in urls.items():
            connection = await asyncpg.connect(url.replace("+asyncpg", ""))
            stack.push_async_callback(connection.close)
            await connection.execute(
                "set idle_in_transaction_session_timeout = 0"
            )  # others are read meanwhile
            await connection.execute("begin isolation level repeatable read read only")
            connections[department] = connection
        yield Books(connections)
