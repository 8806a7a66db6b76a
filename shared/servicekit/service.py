"""How a department declares itself: its endpoints, subscriptions and timers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from fastapi import APIRouter
from sqlalchemy.orm import DeclarativeBase

from contracts.base import Event
from contracts.streams import STREAMS
from servicekit.house_rules import HouseRules
from servicekit.settings import ServiceSettings
from servicekit.tx import Tx

E = TypeVar("E", bound=Event)
Reaction = Callable[[Tx, Any], Awaitable[None]]
Reactions = Mapping[tuple[str, int], tuple[type[Event], Reaction]]
"""By type and version of the event: its contract and what is done."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A deadline that has come: one per (kind, key)."""

    kind: str
    key: str
    due_at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TimerHandler:
    """What runs when a timer of a kind is due, and from whose silence it concludes."""

    handler: Callable[[Tx, Timer], Awaitable[None]]
    silence_of: tuple[str, ...]


@dataclass
class Service:
    """One department, declared in its ``main.py``. Building it does no I/O."""

    name: str
    base: type[DeclarativeBase]
    settings: type[ServiceSettings] = ServiceSettings
    rules: type[HouseRules] = HouseRules
    routers: Sequence[APIRouter] = ()
    title: str = ""
    reactions: dict[tuple[str, int], tuple[type[Event], Reaction]] = field(default_factory=dict)
    timers: dict[str, TimerHandler] = field(default_factory=dict)
    seeds: list[Callable[[Tx], Awaitable[None]]] = field(default_factory=list)

    def on(self, event: type[E], reaction: Callable[[Tx, E], Awaitable[None]]) -> None:
        """When another department publishes ``event``, do this. One reaction per event type."""
        if event.stream() not in STREAMS:
            raise ValueError(f"{event.TYPE} belongs to no stream of the contracts")
        if (event.TYPE, event.VERSION) in self.reactions:
            raise ValueError(f"{self.name} already reacts to {event.TYPE}")
        self.reactions[event.TYPE, event.VERSION] = (event, reaction)

    def at(
        self,
        kind: str,
        handler: Callable[[Tx, Timer], Awaitable[None]],
        *,
        silence_of: Sequence[str] = (),
    ) -> None:
        """When a timer of ``kind`` is due, do this; with ``silence_of``, only once those streams'
        publishers have nothing more to publish up to the due time (the silence rule)."""
        self.timers[kind] = TimerHandler(handler, tuple(silence_of))

    def seed(self, commands: Callable[[Tx], Awaitable[None]]) -> None:
        """Run at every start in a transaction of its own, under a lock: must find its own work."""
        self.seeds.append(commands)

    @property
    def streams(self) -> tuple[str, ...]:
        """The streams subscribed to, bound whole."""
        return tuple(sorted({event.stream() for event, _ in self.reactions.values()}))
