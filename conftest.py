"""A private PostgreSQL, the fixtures of testkit, the recorder of requirements: for every test run."""

from collections.abc import Iterator

import pytest
from tests.requirements import Recorder
from tools.native.servers import servers

# Imported before collection: the folder contracts/ would otherwise stand in for the package of that name,
# because pytest's importlib mode names contracts/tests/test_x.py `contracts.tests.test_x`.
import contracts as contracts

pytest_plugins = ["testkit.plugin", "tests.faults.table"]


def pytest_configure(config: pytest.Config) -> None:
    """Register the recorder of requirements."""
    config.pluginmanager.register(Recorder(), "bayline-requirements")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fast first, as written; with several processes the slowest files first, so that all end together."""
    if hasattr(config, "workerinput"):
        items.sort(
            key=lambda item: (not item.nodeid.startswith("tests/integration"), "/real/" not in item.nodeid)
        )


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private PostgreSQL for this run; gone afterwards."""
    with servers(broker=False) as started:
        yield started.postgres.url()
