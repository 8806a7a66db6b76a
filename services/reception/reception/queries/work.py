"""A visit's work: its lines and estimates, loaded by those who decide about them or show them."""

from uuid import UUID

from reception.domain import Visit
from servicekit import Tx
from servicekit.loading import load


async def with_work(tx: Tx, visit_id: UUID) -> Visit:
    """The visit, locked, with all its work. Raises ``NotFound``."""
    return await load_work(tx, await tx.get(Visit, visit_id))


async def load_work(tx: Tx, visit: Visit) -> Visit:
    """The same visit with its lines and estimates."""
    return await load(tx, visit, "lines", "estimates")
