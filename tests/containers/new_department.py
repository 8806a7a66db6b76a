"""A department that ``make department`` made, in a shop in containers: a part of ``make containers``."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from docker.errors import ImageNotFound
from tools.containers import engine, wheels
from tools.scaffold.scratch import copy_tree, environment

NAME = "quality"
VERSION = "new-department"
"""The tag of the image, so that the shop's own stays as it is."""


def holds(port_base: str, say: Callable[[str], None]) -> bool:
    """Scaffold one in a copy of the tree, make its image, open the shop with it, and drive a visit.

    The servers' images must be there. Copy, data and image are gone afterwards."""
    copy, data = (
        Path(tempfile.mkdtemp(prefix=f"bayline-{what}-", dir="/var/tmp")) for what in ("copy", "new")
    )
    settings = {
        **engine.environment(),
        "IMAGES": "airgapped",
        "MODE": "compose",
        "BAYLINE_VERSION": VERSION,
        "BAYLINE_DATA": str(data),
        "PORT_BASE": port_base,
    }
    try:
        copy_tree(copy)
        shutil.copytree(wheels.FOLDER, copy / "var" / "image")
        return all(
            _ran(copy, arguments, settings, say)
            for arguments in (
                ["-m", "tools.scaffold", NAME],
                ["-m", "tools", "images", "--airgapped"],
                ["-m", "tools", "up"],
                ["-m", "tools", "status"],
                ["-m", "pytest", "tests/containers/in_a_shop_with_a_new_department.py"],
                ["-m", "tools", "reconcile"],
            )
        )
    finally:
        _ran(copy, ["-m", "tools", "erase", "--yes"], settings, say)
        with engine.asked() as client, contextlib.suppress(ImageNotFound):
            client.images.remove(f"bayline:{VERSION}")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)


def _ran(copy: Path, arguments: list[str], settings: Mapping[str, str], say: Callable[[str], None]) -> bool:
    name = f"with a new department: {' '.join(arguments[1:])}"
    say(name)
    paths = {
        word: path for word, path in environment(copy, NAME).items() if word in ("PYTHONPATH", "MYPYPATH")
    }
    of_the_copy = {**os.environ, **settings, **paths}
    done = subprocess.run([sys.executable, *arguments], cwd=copy, env=of_the_copy, check=False)
    if done.returncode != 0:
        say(f"{name}: exit code {done.returncode}")
    return done.returncode == 0
