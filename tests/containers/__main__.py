"""``make containers``: the shop and the tests in containers, on an engine of our own where none answers.

Makes the air-gapped images, brings the whole shop up with Compose, drives the demo's day in it, tries what
only containers have, takes it down with its data, and runs the tests of real servers on servers in
containers.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tools.containers import engine, images
from tools.native.processes import NotStarted
from tools.root import ROOT

from tests.containers import new_department

ON_SERVERS_IN_CONTAINERS = (
    "tests/integration/real",
    "tools/tests/test_servers.py",
    "shared/tests/messaging",
)
_PORT_BASE = "26500"  # away from a shop that is open, and from the tests' own

_began = time.monotonic()


def main() -> int:
    """Exit code: 0 when everything held."""
    try:
        with engine.running(_say):
            images.make_airgapped(_say)
            with_one_more = partial(new_department.holds, os.environ.get("PORT_BASE") or _PORT_BASE, _say)
            return 0 if _shop() and with_one_more() and _tests() else 1
    except NotStarted as failure:
        _say(f"failed: {failure}")
        return 1


def _shop() -> bool:
    """The day, and what only containers have, in a shop that is erased afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bayline-compose-", dir="/var/tmp"))
    port_base = os.environ.get("PORT_BASE") or _PORT_BASE
    settings = {"MODE": "compose", "BAYLINE_DATA": str(folder), "PORT_BASE": port_base}
    try:
        return (
            _step("the day in containers", ["-m", "demo"], settings)
            and _step("their status", ["-m", "tools", "status"], settings)
            and _step(
                "only in containers", ["-m", "pytest", "tests/containers/only_in_containers.py"], settings
            )
        )
    finally:
        _step("down", ["-m", "tools", "erase", "--yes"], settings)
        shutil.rmtree(folder, ignore_errors=True)


def _tests() -> bool:
    """The same tests as on native servers."""
    argv = [
        "-m",
        "pytest",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
        *ON_SERVERS_IN_CONTAINERS,
    ]
    return _step("tests on servers in containers", argv, {"TEST_SERVERS": "containers"})


def _step(name: str, argv: list[str], settings: dict[str, str]) -> bool:
    _say(name)
    environment = {**engine.environment(), "IMAGES": "airgapped", **settings}
    done = subprocess.run([sys.executable, *argv], cwd=ROOT, env=environment, check=False)
    if done.returncode != 0:
        _say(f"{name}: exit code {done.returncode}")
        if settings.get("MODE") == "compose":
            subprocess.run([sys.executable, "-m", "tools", "logs"], cwd=ROOT, env=environment, check=False)
    return done.returncode == 0


def _say(what: str) -> None:
    print(f"containers {time.monotonic() - _began:5.0f} s  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
