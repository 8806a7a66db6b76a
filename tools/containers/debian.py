"""A small Debian in the engine, from this machine's own archive: what the air-gapped images are made on."""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

from docker.errors import ImageNotFound

from tools.containers import engine
from tools.containers.calls import run
from tools.native.packages import install
from tools.native.processes import NotStarted
from tools.root import ROOT

SUITE = "trixie"
IMAGE = f"bayline/debian:{SUITE}"
_FINISH = ROOT / "tools" / "images" / "finish.sh"
_RECIPE = "bayline.recipe"


def is_made() -> bool:
    """Whether the engine has it, made as this file makes it."""
    with engine.asked() as client:
        try:
            return bool(client.images.get(IMAGE).labels.get(_RECIPE) == _recipe())
        except ImageNotFound:
            return False


def make() -> None:
    """Make it anew. It knows this machine's archive and package settings; the images built on it leave both
    behind, as their recipes copy the finished files into an empty image."""
    install({"debootstrap": "debootstrap"})
    with tempfile.TemporaryDirectory(prefix="bayline-debian-", dir="/var/tmp") as folder:
        root = Path(folder, "root")
        mirrors = _mirrors()
        made = ["debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, str(root), mirrors[0]]
        run(made, quiet=True)
        sources = [f"deb {address} {suite} main\n" for address, suite in _suites(mirrors)]
        (root / "etc/apt/sources.list").write_text("".join(sources))
        (root / "etc/apt/apt.conf.d/99machine").write_text(_settings_of_apt())
        for told in ("etc/resolv.conf", "etc/hostname", "etc/machine-id"):
            (root / told).unlink(missing_ok=True)
        finish = root / "usr/local/sbin/finish-image"
        finish.write_bytes(_FINISH.read_bytes())
        finish.chmod(0o755)
        _import(root)


def _recipe() -> str:
    return hashlib.sha256(Path(__file__).read_bytes() + _FINISH.read_bytes()).hexdigest()[:16]


def _import(root: Path) -> None:
    name, _, tag = IMAGE.partition(":")
    packing = subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE)
    with packing, engine.asked() as client:
        client.api.import_image(
            src=packing.stdout,
            stream_src=True,
            repository=name,
            tag=tag,
            changes=[f"LABEL {_RECIPE}={_recipe()}"],
        )
    if packing.returncode != 0:
        raise NotStarted("packing the small Debian failed")


def _mirrors() -> list[str]:
    """Where this machine has its Debian from: ``DEBIAN_MIRROR``, else as apt is set up; updates last."""
    if os.environ.get("DEBIAN_MIRROR"):
        return [os.environ["DEBIAN_MIRROR"]]
    argv = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", "Origin: Debian"]
    said = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    found = sorted({line.rstrip("/") for line in said.splitlines()}, key=lambda at: "security" in at)
    if not found:
        raise NotStarted("this machine's apt knows no Debian archive; set DEBIAN_MIRROR")
    return found


def _suites(mirrors: list[str]) -> list[tuple[str, str]]:
    """Each archive with its suite: that of the updates is named otherwise."""
    return [(at, f"{SUITE}-security" if "security" in at else SUITE) for at in mirrors]


def _settings_of_apt() -> str:
    """How this machine's apt fetches (proxies, certificates, checks), and nothing else of its settings."""
    said = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    return "".join(
        f"{line}\n" for line in said.splitlines() if line.startswith("Acquire::") and '""' not in line
    )
