"""Commands of bays: the first ones of a new shop, add, change."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select

from servicekit import Tx, new_id
from workshop.domain import Bay
from workshop.domain.bay import BayNameTaken

_FIRST_BAYS = 6  # WORK-12: the source's example shop works with six technicians


async def add_first_bays(tx: Tx) -> None:
    """A new shop finds bays to begin with; it may rename, close and add."""
    if not await tx.session.scalar(select(func.count()).select_from(Bay)):
        tx.add(*(Bay(id=new_id(), name=f"Bay {n}") for n in range(1, _FIRST_BAYS + 1)))


async def add_bay(tx: Tx, *, name: str, equipment: Sequence[str]) -> Bay:
    """A new bay (WORK-48)."""
    await _must_be_free(tx, name, None)
    bay = Bay(id=new_id(), name=name, equipment=tuple(equipment))
    tx.add(bay)
    return bay


async def change_bay(tx: Tx, *, bay_id: UUID, name: str, equipment: Sequence[str], in_use: bool) -> Bay:
    """Rename, equip, open or close a bay."""
    bay = await tx.get(Bay, bay_id)
    await _must_be_free(tx, name, bay_id)
    bay.change(name=name, equipment=tuple(equipment), in_use=in_use)
    return bay


async def _must_be_free(tx: Tx, name: str, bay_id: UUID | None) -> None:
    taken = await tx.session.scalar(select(Bay.id).where(Bay.name == name))
    if taken is not None and taken != bay_id:
        raise BayNameTaken(bay_id=str(taken))
