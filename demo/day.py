"""The plan of the day: which car takes which course, and the drivers who see them through."""

import asyncio
import csv
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from scenarios.context import ScenarioContext, Script, VisitStuck
from scenarios.narratives import Fault, whole_vin
from scenarios.visits import (
    additional_work,
    appointments,
    back_order,
    complaint,
    declined,
    happy,
    promise,
    rework,
)

from demo.counts import LEAST_VISITS

DRIVERS = 14
WALK_INS = 0.4
"""Share of the visits that nobody booked; at least 30 % are asked for."""

VisitCourse = Callable[[ScenarioContext, Fault, bool], Awaitable[object]]
BookingCourse = Callable[[ScenarioContext, Fault], Awaitable[object]]
COURSES: tuple[tuple[VisitCourse, int], ...] = (
    (additional_work.agreed, 4),
    (additional_work.declined, 4),
    (back_order.drives_on, 2),
    (back_order.stays, 3),
    (rework.failed_inspection, 4),
    (promise.revised, 4),
    (promise.refused, 2),
    (appointments.changed, 4),
    (declined.declined, 4),
    (complaint.refund, 2),
    (complaint.discount, 2),
    (complaint.rework, 2),
    (complaint.comes_back, 2),
    (happy.low_score, 4),
    (happy.with_service, 4),
    (happy.by_link, 4),
)
"""How many visits take each exceptional course; all others are happy."""
_BOOKED_ONLY = (appointments.changed, happy.with_service)
_WITHOUT_A_CAR: tuple[tuple[BookingCourse, int], ...] = (
    (appointments.missed, 4),
    (appointments.cancelled, 4),
)
CODES = Path(__file__).parents[1] / "services" / "workshop" / "workshop" / "queries" / "dtc-codes.csv"


@dataclass(frozen=True, slots=True)
class Failure:
    """A script that did not come to its end: ``why`` in one line, and the trace for whoever mends it."""

    script: str
    why: str
    trace: str


def trouble_codes(path: Path = CODES) -> dict[str, list[str]]:
    """Diagnostic trouble codes by their first letter."""
    found: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["code"][:1], []).append(row["code"])
    return found


def visits_of_the_day(faults: Sequence[Fault]) -> list[Fault]:
    """Every row once, and again with other cars until there are enough visits."""
    rows = list(faults)
    while len(rows) < LEAST_VISITS:
        again = faults[len(rows) % len(faults)]
        rows.append(_another_car(again, len(rows)))
    return rows


@dataclass(frozen=True, slots=True)
class Planned:
    """A car, and what happens to it; with ``walk_in`` unknown it only books and does not come."""

    course: VisitCourse | BookingCourse
    fault: Fault
    walk_in: bool | None

    def script(self, context: ScenarioContext) -> tuple[str, Script]:
        """Its name, and what a driver runs. The script raises ``VisitStuck``."""
        rest = () if self.walk_in is None else (self.walk_in,)
        run = partial(self.course, context, self.fault, *rest)
        return self.course.__name__, partial(context.see_through, self.fault, run)


def plan(faults: Sequence[Fault]) -> list[Planned]:
    """The cars of the day, exceptions spread among the happy; then bookings to which nobody comes."""
    rows = visits_of_the_day(faults)
    courses = _spread([course for course, number in COURSES for _ in range(number)], len(rows))
    walk_ins = _walk_ins(courses)
    planned = [
        Planned(course, fault, n in walk_ins)
        for n, (course, fault) in enumerate(zip(courses, rows, strict=True))
    ]
    extra = [course for course, number in _WITHOUT_A_CAR for _ in range(number)]
    for n, course in enumerate(extra):
        car = _another_car(rows[n], len(rows) + n)
        planned.insert(n * len(planned) // len(extra), Planned(course, car, None))
    return planned


def _spread(exceptions: list[VisitCourse], number: int) -> list[VisitCourse]:
    """The exceptional courses and as many happy ones as are missing, mixed alike on every day."""
    courses = exceptions + [happy.happy] * (number - len(exceptions))
    stride = next(stride for stride in (7, 11, 13, 17, 1) if len(courses) % stride)
    return [courses[n * stride % len(courses)] for n in range(len(courses))]


def _walk_ins(courses: Sequence[VisitCourse]) -> set[int]:
    """The positions of those that nobody booked."""
    possible = [n for n, course in enumerate(courses) if course not in _BOOKED_ONLY]
    return set(possible[:: max(1, round(len(possible) / (len(courses) * WALK_INS)))])


def _another_car(fault: Fault, seed: int) -> Fault:
    """The same words, another owner's car."""
    number = f"{fault.number}-{seed}"
    vin = whole_vin("", fault.year, seed * 7919 + 13)
    phone = f"138{seed * 104_729 % 100_000_000:08d}"
    plate = f"{fault.plate[:3]}{seed % 10_000:04d}"
    return replace(fault, number=number, vin=vin, phone=phone, plate=plate)


async def drive(
    scripts: Sequence[tuple[str, Script]], *, drivers: int = DRIVERS, done: Callable[[], None]
) -> list[Failure]:
    """See all scripts through with so many drivers at once; gives those that failed."""
    queue: asyncio.Queue[tuple[str, Script]] = asyncio.Queue()
    for script in scripts:
        queue.put_nowait(script)
    failures: list[Failure] = []

    async def driver() -> None:
        while not queue.empty():
            name, script = queue.get_nowait()
            try:
                await script()
            except Exception as error:  # one car's trouble must not stop the others
                failures.append(Failure(name, _in_one_line(error), traceback.format_exc()))
            done()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(drivers, len(scripts))):
            group.create_task(driver())
    return failures


def _in_one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, VisitStuck) else f"{type(error).__name__}: {text}"
