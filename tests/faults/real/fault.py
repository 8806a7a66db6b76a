"""What a fault is: a name, how it is done to a busy shop, and what must have been seen if it really hit."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from tests.faults.real.shop import Stage

Inject = Callable[[Stage, Random], Awaitable[int]]
"""Breaks the shop and mends it again; how many times it was broken. Its effects end with it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of the catalogue. ``traces`` are counts of which at least one must have risen;
    without any, the injection itself sees to it that it hit."""

    group: str
    name: str
    inject: Inject
    traces: tuple[str, ...] = ("duplicates", "gaps")
    possible: Callable[[Stage], bool] = lambda _: True
    """Whether it can be done to this shop on this machine."""

    @property
    def slug(self) -> str:
        """How it is named on a command line."""
        return self.name.replace(" ", "-")
