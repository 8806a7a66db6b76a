"""``make check``: everything that can be checked without running the shop, two parts at a time."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from tools.departments import DEPARTMENTS
from tools.root import ROOT

BIN = Path(sys.executable).parent
CODE = [
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
TESTS = [
    "conftest.py",
    "contracts/tests",
    "shared/tests",
    *(f"services/{name}/tests" for name in DEPARTMENTS),
    "tests",
]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that must hold, and the command that checks it; ``environment`` adds to the caller's."""

    name: str
    argv: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a part went, and what its command printed."""

    part: Part
    ok: bool
    seconds: float
    output: str


def parts() -> list[Part]:
    """Longest first, so that the two cores finish together."""
    python, mypy, ruff = sys.executable, str(BIN / "mypy"), str(BIN / "ruff")
    return [
        Part("types", (mypy, "--no-warn-unused-configs", *CODE)),
        # Many folders have a conftest: with the root as the only base each has a name of its own, and what
        # the tests import is found as it is installed.
        Part(
            "types of tests",
            (mypy, "--explicit-package-bases", "--cache-dir=.mypy_cache/tests", *TESTS),
            {"MYPYPATH": str(ROOT)},
        ),
        Part("migrations", (python, "-m", "tools.migrations", "check")),
        Part("openapi", (python, "-m", "tools.openapi", "--check")),
        Part("contracts", (python, "-m", "tools.contracts", "--check")),
        Part("imports", (str(BIN / "lint-imports"), "--no-logo")),
        Part("promises", (python, "-m", "tools.contracts", "breaking")),
        Part("words", (python, "-m", "tools.words")),
        Part("lint", (ruff, "check", "--quiet", "--output-format=concise", ".")),
        Part("format", (ruff, "format", "--check", "--quiet", "--output-format=concise", ".")),
        Part("docs", (python, "-m", "tools.docs", "--check")),
        Part("generated", (python, "-m", "tools.generate", "--check")),
    ]


def check(part: Part) -> Outcome:
    """Run one part."""
    began = time.monotonic()
    done = subprocess.run(
        part.argv,
        cwd=ROOT,
        env={**os.environ, **part.environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    output = (done.stdout + done.stderr).strip()
    return Outcome(part, done.returncode == 0, time.monotonic() - began, output)


def main() -> int:
    """Print how each part went, and the output of those that failed; 1 if any failed."""
    began = time.monotonic()
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for done in as_completed([pool.submit(check, part) for part in parts()]):
            outcome = done.result()
            mark = "ok  " if outcome.ok else "FAIL"
            print(f"{mark} {outcome.part.name} ({outcome.seconds:.1f} s)", flush=True)
            if not outcome.ok:
                failed.append(outcome)
    for outcome in failed:
        print(f"\n--- {outcome.part.name}: {' '.join(outcome.part.argv)}\n{outcome.output}")
    print(f"{'check failed' if failed else 'check passed'} in {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
