"""What can be wrong with time: processes that were away, clocks apart, a deadline that is cancelled."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Integer, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contracts.events.staff import EmployeeHired
from servicekit import Service, Timer, Tx, new_metadata
from testkit.department import Department, employee_id
from testkit.in_memory_broker import InMemoryBroker
from testkit.plugin import MakeDepartment

pytestmark = pytest.mark.asyncio(loop_scope="session")


class ReminderBase(DeclarativeBase):
    metadata = new_metadata()


class Reminded(ReminderBase):
    """One row for each effect."""

    __tablename__ = "reminded"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    what: Mapped[str]


async def _remind(tx: Tx, timer: Timer) -> None:
    tx.add(Reminded(what=timer.key))


async def _hired(tx: Tx, event: EmployeeHired) -> None:
    tx.add(Reminded(what=event.display_name))


def reminding() -> Service:
    """A department with one kind of deadline, that also subscribes to the hired."""
    service = Service("workshop", base=ReminderBase)
    service.at("remind", _remind)
    service.on(EmployeeHired, _hired)
    return service


async def _set(workshop: Department, key: str, **ahead: float) -> None:
    async with workshop.tx() as tx:
        tx.schedule("remind", key, tx.now + timedelta(**ahead))


async def _reminded(workshop: Department) -> list[str]:
    async with workshop.tx() as tx:
        return list((await tx.session.execute(text("select what from reminded order by id"))).scalars())


@pytest.mark.fault("timer due while the process is down", "time")
async def test_a_deadline_that_came_while_nobody_was_there_is_met_once_on_return(
    department: MakeDepartment,
) -> None:
    workshop = await department(reminding())
    await _set(workshop, "a", hours=1)
    workshop.connection.kill()
    workshop.clock.move(hours=5)

    await workshop.restart()
    await workshop.until_quiet()
    await workshop.until_quiet()

    assert await _reminded(workshop) == ["a"]


@pytest.mark.fault("cancelled timer racing its firing", "time")
async def test_a_deadline_fires_or_is_cancelled_and_never_half(department: MakeDepartment) -> None:
    workshop = await department(reminding())
    for n in range(10):
        await _set(workshop, f"a{n}", minutes=1)
    workshop.clock.move(minutes=2)
    cancelled: list[bool] = []

    async def cancel(key: str) -> None:
        async with workshop.tx() as tx:
            here = text("select 1 from timers where key = :key for update")
            cancelled.append(bool((await tx.session.execute(here, {"key": key})).scalar()))
            tx.cancel("remind", key)

    await asyncio.gather(workshop.runtime.timers.run_due(), *(cancel(f"a{n}") for n in range(10)))
    await workshop.until_quiet()

    assert len(await _reminded(workshop)) == 10 - sum(cancelled)
    assert len(set(await _reminded(workshop))) == len(await _reminded(workshop))


@pytest.mark.fault("clock jumps back", "time")
async def test_a_clock_that_jumps_back_makes_nothing_happen_twice(department: MakeDepartment) -> None:
    workshop = await department(reminding())
    await _set(workshop, "a", hours=1)
    await workshop.passes(hours=2)

    workshop.clock._now -= timedelta(hours=2)  # no clock of ours does that; the machine's may
    await _set(workshop, "b", minutes=30)
    await workshop.until_quiet()
    assert await _reminded(workshop) == ["a"]
    await workshop.passes(hours=3)

    assert await _reminded(workshop) == ["a", "b"]


@pytest.mark.fault("clocks an hour apart", "time")
async def test_events_of_a_department_whose_clock_is_ahead_are_applied_in_order(
    department: MakeDepartment,
) -> None:
    workshop = await department(reminding(), broker=InMemoryBroker(1))
    for n, name in enumerate("abc"):
        event = EmployeeHired(employee_id=employee_id(name), employee_no="E1", display_name=name)
        envelope = workshop.envelope(event)
        apart = timedelta(hours=1 if n % 2 else -1)
        await workshop.runtime.consumer.handle(replace(envelope, time=envelope.time + apart))

    assert await _reminded(workshop) == ["a", "b", "c"]
