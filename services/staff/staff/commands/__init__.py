"""What people ask of staff."""

from staff.commands.accounts import (
    change_password,
    close_account,
    create_first_admin,
    open_account,
    reset_password,
    set_roles,
    unlock_account,
)
from staff.commands.employees import change_employee, hire_employee, let_employee_go
from staff.commands.sessions import SignedIn, log_in, log_out, refresh

__all__ = [
    "SignedIn",
    "change_employee",
    "change_password",
    "close_account",
    "create_first_admin",
    "hire_employee",
    "let_employee_go",
    "log_in",
    "log_out",
    "open_account",
    "refresh",
    "reset_password",
    "set_roles",
    "unlock_account",
]
