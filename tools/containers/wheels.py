"""The wheels of the departments' image, fetched by this machine's pip: the build itself fetches nothing."""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.native.processes import NotStarted
from tools.root import ROOT
from tools.setup import uv_environment

FOLDER = ROOT / "var" / "image"  # in the build's context
LOCK = ROOT / "requirements.lock"
PYTHON = "3.13"
"""Of the image, official or from Debian's packages; the machine's own may be another."""
_GLIBC = range(17, 42)  # manylinux_2_x that Debian 13 can run
_PINNED = re.compile(r"^([\w.-]+)==[^\n]*\n(?:    [^\n]*\n?)*", re.MULTILINE)


def fetch() -> None:
    """Bring ``var/image`` up to date: ``requirements.txt``, locked with hashes, and its wheels."""
    wanted = _fingerprint()
    stamp = FOLDER / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    wheels = FOLDER / "wheels"
    wheels.mkdir(parents=True)
    requirements = FOLDER / "requirements.txt"
    requirements.write_text(_running_only())
    machine = platform.machine()
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in _GLIBC] + [f"manylinux2014_{machine}"]
    _run(
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
        *("--require-hashes", "--only-binary=:all:", "--python-version", PYTHON, "--dest", str(wheels)),
        *(part for name in platforms for part in ("--platform", name)),
        *("--requirement", str(requirements)),
    )
    stamp.write_text(wanted)


def _fingerprint() -> str:
    told = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(told + f"{PYTHON} {platform.machine()}".encode()).hexdigest()


def _running_only() -> str:
    """Of the lock, word for word, what a running department needs: nothing of the development tools."""
    said = _run(
        *(str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "pyproject.toml"),
        *("--constraint", str(LOCK), "--python-version", PYTHON, "--python-platform", "linux"),
        *("--no-header", "--no-annotate", "--no-emit-index-url"),
    )
    locked = {found[1]: found[0] for found in _PINNED.finditer(LOCK.read_text())}
    names = [line.split("==")[0].strip() for line in said.splitlines() if "==" in line]
    return "".join(locked[name] for name in names)


def _run(*argv: str) -> str:
    done = subprocess.run(
        argv, cwd=ROOT, env=uv_environment(Path(sys.executable)), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotStarted(f"the wheels cannot be had: {done.stderr.strip()[-1500:]}")
    return done.stdout
