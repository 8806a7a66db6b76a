"""Bays and technicians: who and what the workshop can give work to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.values import Skill
from contracts.values import Technician as Worker
from servicekit import Aggregate
from servicekit.columns import Json, Utc
from workshop.domain.base import Base
from workshop.domain.refusals import BayInUse, BayOccupied, SkillMissing, TechnicianAbsent


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


class Technician(Aggregate, Base):
    """Copy of an employee as staff tells it, and whether the employee is here (WORK-45)."""

    __tablename__ = "technicians"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_no: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str] = mapped_column(Text, index=True, default="")
    skills: Mapped[tuple[Skill, ...]] = mapped_column(Json(tuple[Skill, ...]), default=tuple)
    active: Mapped[bool] = mapped_column(default=True)
    absent_since: Mapped[datetime | None] = mapped_column(Utc)
    absent_until: Mapped[datetime | None] = mapped_column(Utc)
    absence_reason: Mapped[str] = mapped_column(Text, default="")
    free_since: Mapped[datetime] = mapped_column(Utc)

    def as_worker(self) -> Worker:
        """How events name the technician."""
        return Worker(technician_id=self.id, technician_name=self.name)

    def absent_at(self, at: datetime) -> bool:
        """Whether the technician is away at that instant."""
        initial = self.absent_since is not None and self.absent_since <= at
        return initial and (self.absent_until is None or at < self.absent_until)

    def must_be_here(self, at: datetime) -> None:
        """Raises ``TechnicianAbsent``."""
        if not self.active or self.absent_at(at):
            raise TechnicianAbsent(technician_id=self.id, reason=self.absence_reason, active=self.active)

    def must_be_skilled(self, skill: str, level: int) -> None:
        """Raises ``SkillMissing``; a line that names no skill may be done by anybody (WORK-08)."""
        wanted = skill.strip().casefold()
        has = max((s.level for s in self.skills if s.skill.casefold() == wanted), default=0)
        if wanted and has < level:
            raise SkillMissing(technician_id=self.id, skill=skill, level=level, has_level=has)

    def go_absent(self, *, since: datetime, until: datetime | None, reason: str) -> None:
        """The technician is away from ``since``."""
        self.absent_since, self.absent_until, self.absence_reason = since, until, reason

    def come_back(self, at: datetime) -> None:
        """The technician is here again."""
        self.absent_since = self.absent_until = None
        self.absence_reason, self.free_since = "", at
