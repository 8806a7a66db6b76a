"""``make check``: everything that can be said about the code without running the shop, two at a time."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tools.departments import DEPARTMENTS
from tools.root import ROOT

BIN = Path(sys.executable).parent
TYPED = [
    "contracts/contracts",
    "shared/servicekit",
    "shared/shopkit",
    "shared/testkit",
    *(f"services/{name}/{name}" for name in DEPARTMENTS),
    "tools",
    "deploy",
    "scenarios",
    "demo",
    "bench",
]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that must hold, and the command that tells."""

    name: str
    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a part said."""

    part: Part
    ok: bool
    seconds: float
    said: str


def parts() -> list[Part]:
    """Longest first, so that the two cores finish together."""
    python = sys.executable
    return [
        Part("types", (str(BIN / "mypy"), *TYPED)),
        Part("migrations", (python, "-m", "tools.migrations", "check")),
        Part("openapi", (python, "-m", "tools.openapi", "--check")),
        Part("contracts", (python, "-m", "tools.contracts", "--check")),
        Part("promises", (python, "-m", "tools.contracts", "breaking")),
        Part("imports", (str(BIN / "lint-imports"), "--no-logo")),
        Part("lint", (str(BIN / "ruff"), "check", "--quiet", "--output-format=concise", ".")),
        Part("words", (python, "-m", "tools.words")),
        Part("format", (str(BIN / "ruff"), "format", "--check", "--quiet", "--output-format=concise", ".")),
        Part("generated", (python, "-m", "tools.generate", "--check")),
    ]


def judge(part: Part) -> Verdict:
    """Run one part."""
    began = time.monotonic()
    done = subprocess.run(
        part.argv, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    said = (done.stdout + done.stderr).strip()
    return Verdict(part, done.returncode == 0, time.monotonic() - began, said)


def main() -> int:
    """Say how each part went, and what a failing one said; 1 if any failed."""
    began = time.monotonic()
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for done in as_completed([pool.submit(judge, part) for part in parts()]):
            verdict = done.result()
            mark = "ok  " if verdict.ok else "FAIL"
            print(f"{mark} {verdict.part.name} ({verdict.seconds:.1f} s)", flush=True)
            if not verdict.ok:
                failed.append(verdict)
    for verdict in failed:
        print(f"\n--- {verdict.part.name}: {' '.join(verdict.part.argv)}\n{verdict.said}")
    print(f"{'check failed' if failed else 'check passed'} in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
