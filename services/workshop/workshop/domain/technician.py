"""Technicians: whom the workshop can give work to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.values import Skill
from contracts.values import Technician as Worker
from servicekit import Aggregate, Refusal
from servicekit.columns import Json, Utc
from workshop.domain.base import Base


class SkillMissing(Refusal):
    """The technician lacks the skill that this work needs."""


class TechnicianAbsent(Refusal):
    """The technician is absent or has left."""


class Technician(Aggregate, Base):
    """Copy of an employee of staff, and whether the employee is here (WORK-45)."""

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
        begun = self.absent_since is not None and self.absent_since <= at
        return begun and (self.absent_until is None or at < self.absent_until)

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
