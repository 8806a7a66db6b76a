"""What a running shop can be asked for, whether its parts are processes of this machine or containers."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from tools.native.keys import Keys
from tools.part_status import PartStatus, Spent


class AnyShop(Protocol):
    """Up, looked at, and broken on purpose by the demo and the tests."""

    @property
    def keys(self) -> Keys:
        """Its id, keys and first password."""

    @property
    def public_url(self) -> str:
        """Where people and front ends reach it."""

    @property
    def clock_file(self) -> Path:
        """How far shop time is ahead of machine time."""

    def up(self, *, say: Callable[[str], None] = print) -> None:
        """Bring up what is not up. Raises ``NotStarted``."""

    def start_service(self, name: str, replica: int = 1) -> None:
        """Start one process of a department; returns when it is ready."""

    def stop_service(self, name: str, replica: int = 1, *, kill: bool = False) -> None:
        """Stop it: draining, or with ``kill`` in the middle of whatever it does."""

    def start_broker(self) -> None:
        """Start RabbitMQ; returns when it speaks AMQP."""

    def stop_broker(self, *, kill: bool = False) -> None:
        """Stop RabbitMQ, in good order or as a power cut would."""

    def start_database(self) -> None:
        """Start PostgreSQL; returns when it accepts connections."""

    def stop_database(self, *, kill: bool = False) -> None:
        """Stop PostgreSQL, in good order or as a crash would."""

    def status(self) -> list[PartStatus]:
        """Every part; ``dead`` is what was started and is gone without being stopped."""

    def address(self, department: str) -> str:
        """Of a department's first process, past the gateway."""

    def database_url(self, department: str) -> str:
        """A department's database as the superuser reads it."""

    def reading_url(self, department: str) -> str:
        """A department's database as its read-only login."""

    def spending(self) -> dict[str, Spent]:
        """What every living part uses, by its name."""
