"""Every endpoint of every department asks who calls, and but for a few requires a permission by name."""

import json
from pathlib import Path
from typing import Any

import pytest
from tools.departments import DEPARTMENTS

from contracts.roles import ROLES

DOCUMENTS = Path(__file__).resolve().parent.parent / "contracts" / "openapi"
FOR_EVERYONE = {"/l/{token}", "/sessions", "/sessions/refresh", "/sessions/end", "/jwks"}
"""Customers have their link; who signs in has no token yet; public keys are public."""
FOR_EVERY_EMPLOYEE = {"/me", "/me/password", "/changes", "/house-rules", "/house-rules/history"}
"""Oneself, that something has changed (not what), and the shop's numbers."""


def operations(department: str) -> list[tuple[str, dict[str, Any]]]:
    """Path below the department and what is documented of it, for every operation."""
    document = json.loads((DOCUMENTS / f"{department}.json").read_text(encoding="utf-8"))
    return [
        (path.removeprefix(f"/api/{department}"), operation)
        for path, operations in document["paths"].items()
        for operation in operations.values()
    ]


@pytest.mark.req("DATA-04")
@pytest.mark.parametrize("department", DEPARTMENTS)
def test_every_endpoint_names_its_permission(department: str) -> None:
    public = {path for path, asked in operations(department) if not asked.get("security")}
    without_permission = {path for path, asked in operations(department) if not asked.get("x-permissions")}

    assert public <= FOR_EVERYONE
    assert without_permission <= FOR_EVERYONE | FOR_EVERY_EMPLOYEE


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_every_permission_belongs_to_a_role(department: str) -> None:
    given = frozenset[str]().union(*ROLES.values())

    for path, asked in operations(department):
        assert given.issuperset(asked.get("x-permissions", ())), path
