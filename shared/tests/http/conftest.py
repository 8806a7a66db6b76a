"""The counter, running on a real database."""

import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from shared.tests.http import counter

from testkit.department import Department
from testkit.plugin import MakeDepartment

TEMPLATE = """{% extends "base.html" %}
{% block title_zh %}维修单{% endblock %}
{% block title_en %}Ticket{% endblock %}
{% block content %}<p>{{ number }} {{ price | money }} {{ currency }} {{ local(made_at) }}</p>{% endblock %}
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The counter laid out as departments are: a package with templates."""
    folder = tmp_path_factory.mktemp("services")
    (folder / "counter" / "templates").mkdir(parents=True)
    (folder / "counter" / "__init__.py").write_text("")
    (folder / "counter" / "templates" / "ticket.html").write_text(TEMPLATE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setattr(counter.Base, "__module__", "counter.domain")
        yield
    sys.modules.pop("counter", None)


@pytest.fixture
async def desk(department: MakeDepartment, installed: None) -> Department:
    """A running counter."""
    counter.gate.set()
    counter.failures.clear()
    return await department(counter.service)


async def a_ticket(desk: Department, number: int = 1, **more: Any) -> UUID:
    """A ticket that was made at the desk."""
    made = await desk.call("POST", "/tickets", json={"number": number, **more}, who=[counter.WRITE])
    assert made.status_code == 201, made.text
    return UUID(made.json()["id"])
