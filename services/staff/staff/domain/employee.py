"""Employees: hired, changed, gone; what they can do decides which work they get (STAF-13)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Boolean, Date, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.staff import EmployeeChanged, EmployeeHired, EmployeeLeft
from contracts.values import Skill
from servicekit import Aggregate, Refusal
from servicekit.columns import Json
from staff.domain.base import Base


class EmployeeState(StrEnum):
    """Whether somebody works here, and whether work may be given to them now."""

    ACTIVE = "active"
    ABSENT = "absent"
    LEFT = "left"


class EmployeeNoTaken(Refusal):
    """Another employee has this number."""


class HasLeft(Refusal):
    """This employee has left the shop."""


class Employee(Aggregate, Base):
    """A person who works here."""

    __tablename__ = "employees"
    __table_args__ = (Index("ix_employees_display_name", "display_name", "id"),)
    STREAM: ClassVar[str | None] = "staff.employee"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    employee_no: Mapped[str] = mapped_column(Text, unique=True)
    display_name: Mapped[str] = mapped_column(Text)
    skills: Mapped[tuple[Skill, ...]] = mapped_column(Json(tuple[Skill, ...]), default=())
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    hired_on: Mapped[date] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)

    @classmethod
    def hire(
        cls, *, id: UUID, employee_no: str, display_name: str, skills: tuple[Skill, ...], on: date
    ) -> tuple["Employee", EmployeeHired]:
        """Take somebody on; ``on`` is the shop-local date."""
        hired = cls(id=id, employee_no=employee_no, display_name=display_name, skills=skills, hired_on=on)
        return hired, EmployeeHired(
            employee_id=id, employee_no=employee_no, display_name=display_name, skills=skills, active=True
        )

    def change(self, *, display_name: str, skills: tuple[Skill, ...], active: bool) -> EmployeeChanged:
        """Name, skills and availability as they are from now on."""
        self.must_be_here()
        self.display_name, self.skills, self.active = display_name, skills, active
        return EmployeeChanged(
            employee_id=self.id,
            employee_no=self.employee_no,
            display_name=display_name,
            skills=skills,
            active=active,
        )

    def leave(self, *, on: date) -> EmployeeLeft:
        """The last day at work; ``on`` is the shop-local date."""
        self.must_be_here()
        self.active, self.left_on = False, on
        return EmployeeLeft(employee_id=self.id)

    @property
    def state(self) -> EmployeeState:
        """Computed: the last day decides, then the availability."""
        if self.left_on is not None:
            return EmployeeState.LEFT
        return EmployeeState.ACTIVE if self.active else EmployeeState.ABSENT

    def must_be_here(self) -> None:
        """Raise ``HasLeft`` for somebody who no longer works here."""
        if self.left_on is not None:
            raise HasLeft(state=self.state, allowed=[], employee_id=str(self.id))
