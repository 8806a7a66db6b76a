"""Commands of technicians: who is away, and who is here again."""

from datetime import datetime
from uuid import UUID

from servicekit import Tx
from workshop.domain import Technician


async def note_absence(
    tx: Tx, *, technician_id: UUID, since: datetime | None, until: datetime | None, reason: str
) -> Technician:
    """A technician is away; what was dispatched stays until the supervisor gives it to another."""
    technician = await tx.get(Technician, technician_id)
    technician.go_absent(since=since or tx.now, until=until, reason=reason)
    return technician


async def note_presence(tx: Tx, *, technician_id: UUID) -> Technician:
    """A technician is here again."""
    technician = await tx.get(Technician, technician_id)
    technician.come_back(tx.now)
    return technician
