"""What the HTTP side needs of the process that it answers for."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine

from servicekit.service import Service
from servicekit.settings import ServiceSettings
from servicekit.tx import Tx


class Poller(Protocol):
    """Looks after deferred events."""

    def wake(self) -> None:
        """There is work: look now."""
        ...


class Runtime(Protocol):
    """One process of a department, as its routes see it (``app.state.runtime``)."""

    @property
    def service(self) -> Service: ...
    @property
    def settings(self) -> ServiceSettings: ...
    @property
    def engine(self) -> AsyncEngine: ...
    @property
    def metrics_registry(self) -> CollectorRegistry: ...
    @property
    def poller(self) -> Poller: ...

    def begin(self, *, reading: bool = ...) -> AbstractAsyncContextManager[Tx]:
        """A transaction, committed at the end of the block."""
        ...

    async def ready(self) -> dict[str, Any]:
        """What was checked, by name; raises when the database is away. ``broker`` may be false,
        ``draining`` true."""
        ...
