"""Staff under test: its signing key is the run's own, so that tokens it gives are good."""

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from staff import main
from testkit.department import Department, Keys

PASSWORD = "first-Pass-2025"


@pytest.fixture(scope="session")
def signing_key(keys: Keys) -> Path:
    """The private half, in a file as in a shop."""
    path = keys.jwks_file.parent / "signing-key.pem"
    path.write_text(keys.pair.private_pem)
    return path


@pytest_asyncio.fixture(loop_scope="session")
async def staff(department: Any, signing_key: Path) -> Department:
    """A new shop's staff department, with its first administrator."""
    started: Department = await department(
        main.service,
        auth_private_key=signing_key,
        first_admin_login="admin",
        first_admin_password=PASSWORD,
    )
    return started
