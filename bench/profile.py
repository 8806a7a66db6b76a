"""Where one department's time goes while journeys are driven: ``make bench PROFILE=reception``.

py-spy reads the stacks of one process from outside, a hundred times a second and without ever stopping it; a
stack that changed while it was read is left out. A process that waits is not counted.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

_PY_SPY = Path(sys.executable).with_name("py-spy")
_RATE = 100
"""Samples a second."""
_SHOWN = 25
_SHARED = ("servicekit", "shopkit", "contracts")


class NotProfiled(Exception):
    """py-spy could not read the process, or it never worked while it was read."""


@dataclass(slots=True)
class Profile:
    """Counts of samples. Frames are ``function (file:line)``, the line that of the function."""

    samples: int = 0
    packages: Counter[str] = field(default_factory=Counter)
    """By the package whose code ran."""
    own: Counter[str] = field(default_factory=Counter)
    """By the function that ran."""
    within: Counter[str] = field(default_factory=Counter)
    """By every function on the stack, so with all that it called."""


async def record(pid: int, seconds: int, drive: Callable[[], Awaitable[object]]) -> Profile:
    """Sample a process for so long while ``drive`` runs. Raises ``NotProfiled``."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "stacks"
        argv = [str(_PY_SPY), "record", "--pid", str(pid), "--duration", str(seconds)]
        argv += [
            "--rate",
            str(_RATE),
            "--nonblocking",
            "--function",
            "--format",
            "raw",
            "--output",
            str(file),
        ]
        pipe = asyncio.subprocess.PIPE
        sampler = await asyncio.create_subprocess_exec(*argv, stdout=pipe, stderr=pipe)
        _, (_, errors) = await asyncio.gather(drive(), sampler.communicate())
        if sampler.returncode:
            raise NotProfiled(errors.decode(errors="replace").strip())
        profile = read(file.read_text(encoding="utf-8").splitlines())
    if not profile.samples:
        raise NotProfiled(f"process {pid} never worked while it was sampled")
    return profile


def read(lines: Iterable[str]) -> Profile:
    """Count py-spy's raw stacks: frames from outermost to innermost, divided by ``;``, and a count."""
    profile = Profile()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        profile.samples += int(count)
        profile.packages[_package(frames[-1])] += int(count)
        profile.own[frames[-1]] += int(count)
        profile.within.update(dict.fromkeys(frames, int(count)))
    return profile


def _package(frame: str) -> str:
    """``servicekit`` of ``handle (servicekit/messaging/consumer.py:88)``; generated code has no folder."""
    package, in_a_folder, _ = frame.rpartition("(")[2].partition("/")
    return package if in_a_folder else "generated or unreadable"


def show(screen: Console, department: str, profile: Profile) -> None:
    """Three tables, in per cent of the samples: packages, functions alone, the shop's functions with what
    they call."""
    ours = {name: n for name, n in profile.within.items() if _package(name) in (department, *_SHARED)}
    screen.print(f"{department}: {profile.samples} samples of it at work, {_RATE} a second")
    parts = {
        "where it was, by package": profile.packages,
        "where it was, by function": profile.own,
        "in or below a function of the shop": Counter(ours),
    }
    for title, counts in parts.items():
        table = Table(title=title, title_justify="left", box=None, pad_edge=False)
        table.add_column("%", justify="right")
        table.add_column("")
        for name, count in counts.most_common(_SHOWN):
            table.add_row(f"{100 * count / profile.samples:.1f}", name)
        screen.print(table)
