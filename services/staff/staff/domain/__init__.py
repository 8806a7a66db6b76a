"""What staff decides: who works here, who may sign in, and what their work has shown."""

from staff.domain.accounts import (
    Account,
    AccountLocked,
    LoginTaken,
    RefreshToken,
    UnknownRole,
    WeakPassword,
    WrongCredentials,
    must_be_roles,
    must_be_strong,
)
from staff.domain.base import Base, HouseRules
from staff.domain.employees import Employee, EmployeeNoTaken, HasLeft
from staff.domain.records import RecordKind, WorkRecord

__all__ = [
    "Account",
    "AccountLocked",
    "Base",
    "Employee",
    "EmployeeNoTaken",
    "HasLeft",
    "HouseRules",
    "LoginTaken",
    "RecordKind",
    "RefreshToken",
    "UnknownRole",
    "WeakPassword",
    "WorkRecord",
    "WrongCredentials",
    "must_be_roles",
    "must_be_strong",
]
