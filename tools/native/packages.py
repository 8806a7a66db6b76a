"""Installs the servers from the distribution when they are missing, without letting any package start one."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.native.processes import NotStarted, program

PACKAGES = {  # program that shows it is there: Debian package
    "initdb": "postgresql",
    "rabbitmq-server": "rabbitmq-server",
    "nginx": "nginx-light",
}
FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/lib/rabbitmq/bin")
INSTALL = ["install", "-y", "-q", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold"]
POLICY = Path("/usr/sbin/policy-rc.d")
CLUSTER_POLICY = Path("/etc/postgresql-common/createcluster.conf")


def missing(packages: Mapping[str, str] = PACKAGES) -> list[str]:
    """Packages whose programs are not on this machine."""
    return [package for name, package in packages.items() if not _there(name)]


def _there(name: str) -> bool:
    try:
        program(name, *FOLDERS)
    except NotStarted:
        return False
    return True


def install(packages: Mapping[str, str] = PACKAGES) -> None:
    """Install what is missing; without root or apt, ``NotStarted`` names the one command that would."""
    wanted = missing(packages)
    if not wanted:
        return
    apt = shutil.which("apt-get")
    command = f"apt-get install -y --no-install-recommends {' '.join(wanted)}"
    if apt is None or os.geteuid() != 0:
        raise NotStarted(f"missing on this machine: {', '.join(wanted)}; run: sudo {command}")
    print(f"setup: {command}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _apt(["update", "-q"], environment)
    with _file(POLICY, "#!/bin/sh\nexit 101\n", 0o755):  # to invoke-rc.d 101 means: starting is forbidden
        if "postgresql" in wanted:  # brings the settings that would make a first cluster
            _apt([*INSTALL, "postgresql-common"], environment)
        with _file(CLUSTER_POLICY, _cluster_policy(), 0o644):
            _apt([*INSTALL, *wanted], environment)
    still = missing(packages)
    if still:
        raise NotStarted(f"apt-get installed no {', '.join(still)}")


def _apt(arguments: list[str], environment: dict[str, str]) -> None:
    waiting = ["-o", "DPkg::Lock::Timeout=120"]  # another installation may be under way
    done = subprocess.run(
        ["apt-get", *waiting, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise NotStarted(f"apt-get {arguments[0]} failed: {done.stderr.strip()[-1500:]}")


def _cluster_policy() -> str:
    """The machine's own settings, if any, with the making of a first cluster forbidden."""
    kept = CLUSTER_POLICY.read_text().splitlines() if CLUSTER_POLICY.exists() else []
    others = [line for line in kept if not line.strip().startswith("create_main_cluster")]
    return "\n".join([*others, "create_main_cluster = false", ""])


@contextlib.contextmanager
def _file(path: Path, text: str, mode: int) -> Iterator[None]:
    """Put ``text`` at ``path`` for a while; what stood there before comes back."""
    before = (path.read_bytes(), path.stat().st_mode & 0o7777) if path.exists() else None
    if before is None and not path.parent.exists():  # nothing there that would read it
        yield
        return
    path.write_text(text)
    path.chmod(mode)
    try:
        yield
    finally:
        if before is not None:
            path.write_bytes(before[0])
            path.chmod(before[1])
        else:
            path.unlink(missing_ok=True)
