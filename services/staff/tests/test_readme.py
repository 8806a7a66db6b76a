"""Staff's README names what there is: its files and its routes."""

import re
from pathlib import Path

from fastapi.routing import APIRoute

from staff.main import service

FOLDER = Path(__file__).parent.parent
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_names_files_that_exist() -> None:
    named = set(re.findall(r"`(staff/[\w/.]+)`", README))

    assert len(named) > 5
    assert [path for path in named if not (FOLDER / path).exists()] == []


def test_names_the_last_word_of_every_route() -> None:
    routes = [
        route.path for router in service.routers for route in router.routes if isinstance(route, APIRoute)
    ]

    assert len(routes) > 10
    assert [path for path in routes if path.rsplit("/", 1)[-1] not in README] == []
