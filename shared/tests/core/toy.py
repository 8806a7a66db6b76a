"""Two small departments for the servicekit's own tests: one hires, the other keeps a list and a counter."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contracts.events.staff import EmployeeChanged, EmployeeHired
from servicekit import Aggregate, Service, Tx, new_id, new_metadata


class HiringBase(DeclarativeBase):
    metadata = new_metadata()


class ListingBase(DeclarativeBase):
    metadata = new_metadata()


class Employee(Aggregate, HiringBase):
    """Who publishes events."""

    __tablename__ = "employees"
    STREAM = "staff.employee"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]


class Listed(ListingBase):
    """What the other department knows of an employee."""

    __tablename__ = "listed"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    names: Mapped[str] = mapped_column(default="")


def fields(employee: Employee, name: str) -> dict[str, Any]:
    """The fields of an employee event."""
    return {
        "employee_id": employee.id,
        "employee_no": "E1",
        "display_name": name,
        "skills": [],
        "active": True,
    }


async def hire(tx: Tx, name: str) -> Employee:
    """A first event."""
    employee = Employee(id=new_id(), name=name)
    tx.add(employee)
    tx.publish(employee, EmployeeHired(**fields(employee, name)))
    return employee


async def rename(tx: Tx, id: UUID, name: str) -> None:
    """A further event."""
    employee = await tx.get(Employee, id)
    employee.name = name
    tx.publish(employee, EmployeeChanged(**fields(employee, name)))


async def note(tx: Tx, event: EmployeeHired | EmployeeChanged) -> None:
    """Appends the name, so that order and number of effects can be read off. `poison` fails."""
    if event.display_name == "poison":
        raise RuntimeError("poison")
    listed = await tx.find(Listed, event.employee_id)
    if listed is None:
        listed = Listed(id=event.employee_id)
        tx.add(listed)
    listed.names += f"{event.display_name} "


def hiring() -> Service:
    """The publisher."""
    return Service("staff", base=HiringBase)


def listing() -> Service:
    """The subscriber."""
    service = Service("workshop", base=ListingBase)
    service.on(EmployeeHired, note)
    service.on(EmployeeChanged, note)
    return service


def greeting() -> Service:
    """A subscriber that reacts to those who come, and to nothing else of their lives."""
    service = Service("workshop", base=ListingBase)
    service.on(EmployeeHired, note)
    return service
