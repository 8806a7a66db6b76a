"""Makes the virtual environment from the lock, with the standard library alone: nothing else is there yet."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".bayline-stamp"
LOCK = ROOT / "requirements.lock"
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


def members() -> list[Path]:
    """The packages of the workspace: contracts, the servicekit and every department."""
    found = [ROOT / "contracts", ROOT / "shared", *sorted((ROOT / "services").iterdir())]
    return [folder for folder in found if (folder / "pyproject.toml").exists()]


def fingerprint() -> str:
    """Changes when the lock, a member or the interpreter changes."""
    digest = hashlib.sha256(sys.version.encode())
    for path in (LOCK, *(folder / "pyproject.toml" for folder in members())):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def run(*argv: str, env: dict[str, str] | None = None) -> None:
    """Run a step of the set-up; its failure ends the set-up with its own words."""
    done = subprocess.run(argv, env=env, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        sys.exit(f"setup: this failed: {' '.join(argv)}")


def make_venv() -> None:
    """An empty environment with pip, also where the distribution keeps ensurepip in another package."""
    python = VENV / "bin" / "python"
    if python.exists() and _has_pip(python):
        return
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    for attempt in ([], ["--without-pip"]):
        made = subprocess.run([sys.executable, "-m", "venv", *attempt, str(VENV)], check=False, **quiet)  # type: ignore[call-overload]
        if made.returncode == 0 and (_has_pip(python) or _lend_pip(python)):
            return
    if os.geteuid() == 0 and Path("/usr/bin/apt-get").exists():
        run("apt-get", "update", "-q")
        run("apt-get", "install", "-y", "-q", "--no-install-recommends", "python3-venv")
        run(sys.executable, "-m", "venv", "--clear", str(VENV))
        return
    sys.exit("setup: Python cannot make virtual environments here; run: sudo apt-get install python3-venv")


def _has_pip(python: Path) -> bool:
    argv = [str(python), "-m", "pip", "--version"]
    return python.exists() and subprocess.run(argv, capture_output=True, check=False).returncode == 0


def _lend_pip(python: Path) -> bool:
    """Install pip with the caller's own pip, if there is one."""
    argv = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "pip"]
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def uv_environment(python: Path) -> dict[str, str]:
    """uv downloads no Pythons, and asks the package index that pip is configured for."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    # Like pip, take a version from whichever index has it: the lock's hashes say that it is the right one.
    environment.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    listed = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    for line in listed.stdout.splitlines():
        found = re.fullmatch(r"(?:global|install|:env:)\.([\w-]+)='(.*)'", line.strip())
        if found and found[1] in PIP_TO_UV:
            environment.setdefault(PIP_TO_UV[found[1]], found[2])
    return environment


def install(python: Path) -> None:
    """The locked packages with their hashes, then the workspace itself in place."""
    if not (VENV / "bin" / "uv").exists():
        _install_uv(python)
    environment = uv_environment(python)
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(python)]
    run(*uv, "--require-hashes", "-r", str(LOCK), env=environment)
    editable = [part for folder in members() for part in ("-e", str(folder))]
    run(*uv, "--no-deps", "--no-build-isolation", *editable, env=environment)


def _install_uv(python: Path) -> None:
    pinned = re.search(r"^uv==.*(?:\n +--hash.*)+", LOCK.read_text(), re.MULTILINE)
    if pinned is None:
        sys.exit("setup: requirements.lock does not pin uv")
    alone = VENV / "uv.lock"
    alone.write_text(pinned[0].rstrip(" \\") + "\n")
    run(str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(alone))


def main() -> None:
    """Bring the environment up to date; prints nothing when it is."""
    if sys.version_info < (3, 11):  # noqa: UP036  # whoever calls this may have an older one
        sys.exit(f"setup: Python 3.11 or later is needed, this is {sys.version.split()[0]}; set PYTHON=…")
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted and (VENV / "bin" / "python").exists():
        return
    print("setup: installing the locked packages into .venv", flush=True)
    make_venv()
    install(VENV / "bin" / "python")
    STAMP.write_text(wanted)


if __name__ == "__main__":
    main()
