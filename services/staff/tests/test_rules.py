"""The rules of accounts and employees; no database, no clock."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from servicekit import Invalid
from staff.domain import Account, Employee, HouseRules
from staff.domain.account import (
    AccountLocked,
    RefreshToken,
    UnknownRole,
    WeakPassword,
    WrongCredentials,
    must_be_roles,
    must_be_strong,
)
from staff.domain.employee import EmployeeState, HasLeft

NOON = datetime(2025, 3, 7, 4, 0, tzinfo=UTC)
RULES = HouseRules()


def an_account() -> Account:
    return Account(id=uuid4(), login="li.wei", password_hash="x", roles=("technician",))


class TestAnAccount:
    def test_locks_with_the_last_failure_allowed(self) -> None:
        account = an_account()
        for _ in range(RULES.failures_before_lock - 1):
            account.note_failure(at=NOON, rules=RULES)
        before = account.refusal_at(NOON)

        account.note_failure(at=NOON, rules=RULES)

        assert before is None
        assert isinstance(account.refusal_at(NOON), AccountLocked)

    def test_opens_again_when_the_time_is_over(self) -> None:
        account = an_account()
        for _ in range(RULES.failures_before_lock):
            account.note_failure(at=NOON, rules=RULES)

        assert account.refusal_at(NOON + timedelta(minutes=RULES.lock_minutes)) is None

    def test_forgets_failures_with_the_right_password(self) -> None:
        account = an_account()
        account.note_failure(at=NOON, rules=RULES)

        account.note_success()

        assert account.failures == 0

    def test_that_is_closed_does_not_show_that_it_exists(self) -> None:
        account = an_account()

        account.close(at=NOON)

        assert isinstance(account.refusal_at(NOON), WrongCredentials)


class TestAPassword:
    @pytest.mark.parametrize("password", ["a-li.wei-password", "aaaaaaaaaaaaaa"])
    def test_must_be_hard_to_guess(self, password: str) -> None:
        with pytest.raises(WeakPassword):
            must_be_strong(password, login="li.wei", rules=RULES)

    def test_must_be_long(self) -> None:
        with pytest.raises(Invalid):
            must_be_strong("short", login="li.wei", rules=RULES)


class TestRoles:
    def test_are_sorted_and_once_each(self) -> None:
        assert must_be_roles(["technician", "admin", "admin"]) == ("admin", "technician")

    def test_are_those_of_the_contracts(self) -> None:
        with pytest.raises(UnknownRole):
            must_be_roles(["king"])


class TestARefreshToken:
    @pytest.mark.parametrize("ending", ["used_at", "revoked_at"])
    def test_is_good_once(self, ending: str) -> None:
        token = RefreshToken(token_hash=b"", family=uuid4(), employee_id=uuid4(), expires_at=NOON)
        before = token.is_good(NOON - timedelta(seconds=1))

        setattr(token, ending, NOON)

        assert (before, token.is_good(NOON - timedelta(seconds=1))) == (True, False)

    def test_ends_with_its_time(self) -> None:
        token = RefreshToken(token_hash=b"", family=uuid4(), employee_id=uuid4(), expires_at=NOON)

        assert not token.is_good(NOON)


class TestAnEmployee:
    def hired(self) -> Employee:
        employee, _ = Employee.hire(
            id=uuid4(), employee_no="E1", display_name="Li Wei", skills=(), on=date(2025, 3, 7)
        )
        return employee

    def test_is_absent_while_no_work_may_be_given(self) -> None:
        employee = self.hired()

        employee.change(display_name="Li Wei", skills=(), active=False)

        assert employee.state == EmployeeState.ABSENT

    def test_that_has_left_does_nothing_more(self) -> None:
        employee = self.hired()
        employee.leave(on=date(2025, 3, 8))

        with pytest.raises(HasLeft):
            employee.leave(on=date(2025, 3, 9))

        assert employee.state == EmployeeState.LEFT
