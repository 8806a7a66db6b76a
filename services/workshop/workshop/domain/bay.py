"""Bays: where a car is worked on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from servicekit import Aggregate, Refusal
from servicekit.columns import Json, Utc
from workshop.domain.base import Base


class BayOccupied(Refusal):
    """Another car stands in this bay."""


class NoBayFree(Refusal):
    """Every bay is occupied."""


class BayNameTaken(Refusal):
    """There is already a bay of this name."""


class BayInUse(Refusal):
    """A car stands in this bay."""


class Bay(Aggregate, Base):
    """A place where a car is worked on (WORK-48); ``job_id`` is the job whose car stands in it."""

    __tablename__ = "bays"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    equipment: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=tuple)
    in_use: Mapped[bool] = mapped_column(default=True)
    job_id: Mapped[UUID | None] = mapped_column(unique=True)
    occupied_since: Mapped[datetime | None] = mapped_column(Utc)

    def occupy(self, job_id: UUID, at: datetime) -> None:
        """The car stands here now. Raises ``BayOccupied`` if another does."""
        if self.job_id == job_id:
            return
        if self.job_id is not None or not self.in_use:
            raise BayOccupied(bay=self.name, job_id=self.job_id, in_use=self.in_use)
        self.job_id, self.occupied_since = job_id, at

    def free(self) -> None:
        """The car is gone."""
        self.job_id = self.occupied_since = None

    def change(self, *, name: str, equipment: tuple[str, ...], in_use: bool) -> None:
        """Rename, equip, open or close the bay. Raises ``BayInUse`` when a car stands in it."""
        if not in_use and self.job_id is not None:
            raise BayInUse(job_id=self.job_id)
        self.name, self.equipment, self.in_use = name, equipment, in_use
