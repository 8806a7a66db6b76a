"""What staff publishes: who works here and what they can do."""

from typing import ClassVar

from pydantic import Field

from contracts.base import Event
from contracts.fields import EmployeeId
from contracts.values import Skill


class _EmployeeEvent(Event):
    KEY: ClassVar[str] = "employee_id"

    employee_id: EmployeeId


class _EmployeeState(_EmployeeEvent):
    employee_no: str = Field(description="number that the shop gave")
    display_name: str = Field(description="name as colleagues and papers show it")
    skills: tuple[Skill, ...] = Field(default=(), description="what the employee can do (STAF-13)")
    active: bool = Field(default=True, description="whether work may be given")


class EmployeeHired(_EmployeeState):
    """An administrator took an employee on; workshop keeps technicians by it."""

    TYPE: ClassVar[str] = "staff.employee.hired"


class EmployeeChanged(_EmployeeState):
    """Name, skills or availability changed; whole state, workshop overwrites its copy."""

    TYPE: ClassVar[str] = "staff.employee.changed"


class EmployeeLeft(_EmployeeEvent):
    """An employee left; workshop no longer dispatches work to them."""

    TYPE: ClassVar[str] = "staff.employee.left"
