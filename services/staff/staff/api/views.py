"""What several of staff's doors have in common: the employee's view, names, passwords, machine time."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from pydantic import Field

from contracts.values import Skill
from servicekit.http import View
from staff.domain import Account, Employee


async def _machine_now(request: Request) -> datetime:
    """Tokens, locks and sign-ins live by machine time, never by shop time."""
    now: datetime = request.app.state.runtime.clock.machine_now()
    return now


MachineNow = Annotated[datetime, Depends(_machine_now)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Password = Annotated[str, Field(min_length=1, max_length=200)]


class EmployeeView(View):
    """An employee as colleagues see them."""

    id: UUID
    version: int
    employee_no: str
    display_name: str
    skills: list[Skill]
    active: bool
    state: str
    hired_on: date
    left_on: date | None
    login: str | None = None
    roles: list[str] = []

    @classmethod
    def with_account(cls, employee: Employee, account: Account | None) -> "EmployeeView":
        """The employee, and what the account tells others."""
        shown = cls.of(employee)
        if account is None or account.closed_at is not None:
            return shown
        return shown.model_copy(update={"login": account.login, "roles": list(account.roles)})
