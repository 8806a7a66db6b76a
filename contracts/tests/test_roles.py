"""Roles are made of permissions that exist, and keep duties apart."""

from importlib import import_module
from types import ModuleType

import pytest
from tools.departments import DEPARTMENTS

from contracts.permissions import billing, complaints, everywhere, staff, workshop
from contracts.roles import ROLES

MODULES = [import_module(f"contracts.permissions.{name}") for name in DEPARTMENTS]
KNOWN = everywhere.ALL.union(*(module.ALL for module in MODULES))


class TestPermissions:
    @pytest.mark.parametrize("module", [*MODULES, everywhere], ids=lambda module: module.__name__)
    def test_are_all_listed_and_unique(self, module: ModuleType) -> None:
        constants = [value for name, value in vars(module).items() if name.isupper() and name != "ALL"]

        assert sorted(constants) == sorted(module.ALL)

    @pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
    def test_start_with_their_department(self, module: ModuleType) -> None:
        department = module.__name__.rsplit(".", 1)[1]

        assert all(permission.startswith(f"{department}.") for permission in module.ALL)


class TestRoles:
    def test_exist_for_everyone_who_works_in_a_shop(self) -> None:
        needed = {"technician", "service-advisor", "receptionist", "customer-service", "technical-support"}
        needed |= {"parts-keeper", "workshop-supervisor", "inspector", "quality-supervisor"}
        needed |= {"service-manager", "finance", "archive-keeper", "complaint-officer", "auditor"}

        assert needed <= ROLES.keys()

    def test_hold_only_permissions_that_exist(self) -> None:
        assert frozenset().union(*ROLES.values()) <= KNOWN

    def test_leave_no_permission_without_a_role(self) -> None:
        assert frozenset().union(*ROLES.values()) == KNOWN

    @pytest.mark.req("DATA-04")
    @pytest.mark.parametrize("role", ["technician", "inspector", "parts-keeper", "auditor", "admin"])
    def test_without_customer_contact_do_not_see_personal_data(self, role: str) -> None:
        assert everywhere.PERSONAL_READ not in ROLES[role]

    @pytest.mark.parametrize("role", ["technician", "technical-support", "workshop-supervisor"])
    def test_that_repair_do_not_inspect(self, role: str) -> None:
        assert workshop.INSPECT not in ROLES[role]

    @pytest.mark.req("BILL-18")
    def test_of_finance_have_rights_that_no_desk_has(self) -> None:
        own = {billing.RATES, billing.REFUND, billing.APPROVE_CREDIT}
        desks = ["technician", "service-advisor", "receptionist", "customer-service", "cashier"]

        assert own <= ROLES["finance"]
        assert all(own.isdisjoint(ROLES[desk]) for desk in desks)

    @pytest.mark.req("COMP-02")
    def test_of_the_complaint_officer_handle_and_decide(self) -> None:
        assert {complaints.HANDLE, complaints.DECIDE} <= ROLES["complaint-officer"]

    def test_of_the_auditor_only_read(self) -> None:
        assert {permission.rsplit(".", 1)[1] for permission in ROLES["auditor"]} == {"read"}

    def test_of_the_manager_opens_no_accounts(self) -> None:
        assert staff.ACCOUNTS not in ROLES["service-manager"]
