"""What staff decides: who works here, who may sign in, and what their work has shown."""

from staff.domain.account import Account
from staff.domain.base import Base
from staff.domain.employee import Employee
from staff.domain.rules import HouseRules
from staff.domain.work_record import WorkRecord

__all__ = ["Account", "Base", "Employee", "HouseRules", "WorkRecord"]
