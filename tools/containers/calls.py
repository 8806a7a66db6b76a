"""Calls to Compose, which comes with the virtual environment and is told which engine answers."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.containers import engine
from tools.native.processes import NotStarted
from tools.root import ROOT

COMPOSE = (str(Path(sys.executable).with_name("docker-compose")),)


def run(argv: Sequence[str], variables: Mapping[str, str] | None = None, *, quiet: bool = False) -> None:
    """Run it to its end; ``NotStarted`` if it fails, with its last words when they were not shown."""
    done = subprocess.run(
        list(argv),
        cwd=ROOT,
        env={**engine.environment(), **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout or "").splitlines()[-25:])
        raise NotStarted(f"{Path(argv[0]).name} {argv[-1]} failed ({done.returncode})\n{said}")
