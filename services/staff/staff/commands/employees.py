"""Employees: hire, change, let go."""

from datetime import datetime
from uuid import UUID

from contracts.values import Skill
from servicekit import Tx, new_id
from staff.commands.sessions import end_sign_ins
from staff.domain import Account, Employee
from staff.domain.employee import EmployeeNoTaken


async def hire_employee(
    tx: Tx, *, employee_no: str | None, display_name: str, skills: tuple[Skill, ...]
) -> Employee:
    """Take somebody on; without a number the next free ``E00001`` is given."""
    if employee_no is None:
        employee_no = await _free_number(tx)
    elif (taken := await tx.find_by(Employee, employee_no=employee_no)) is not None:
        raise EmployeeNoTaken(employee_no=employee_no, existing_id=str(taken.id))
    employee, hired = Employee.hire(
        id=new_id(), employee_no=employee_no, display_name=display_name, skills=skills, on=tx.today
    )
    tx.add(employee)
    tx.publish(employee, hired)
    return employee


async def change_employee(
    tx: Tx, *, employee_id: UUID, display_name: str, skills: tuple[Skill, ...], active: bool
) -> Employee:
    """Name, skills and availability from now on."""
    employee = await tx.get(Employee, employee_id)
    tx.publish(employee, employee.change(display_name=display_name, skills=skills, active=active))
    return employee


async def let_employee_go(tx: Tx, *, employee_id: UUID, machine_now: datetime) -> Employee:
    """The last day: the account closes with it."""
    employee = await tx.get(Employee, employee_id)
    tx.publish(employee, employee.leave(on=tx.today))
    account = await tx.find(Account, employee_id)
    if account is not None:
        account.close(at=machine_now)
        await end_sign_ins(tx, employee_id=employee_id, machine_now=machine_now)
    return employee


async def _free_number(tx: Tx) -> str:
    while True:
        number = f"E{await tx.next_number('employee'):05d}"
        if await tx.find_by(Employee, employee_no=number) is None:  # somebody may have chosen it by hand
            return number
