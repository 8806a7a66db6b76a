"""The happy path while broker and departments fail: nothing is lost, nothing happens twice, all agree."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from uuid import UUID

import pytest
from demo.desks import parts, workshop
from demo.floor import Floor
from demo.narratives import Fault
from demo.visits import (
    additional_work,
    appointments,
    back_order,
    complaint,
    declined,
    happy,
    promise,
    rework,
)
from demo.visits.course import Course

from chassis.messaging.broker import Control
from chassis.messaging.envelope import Envelope
from chassis.tx import Tx
from contracts.base import Event
from contracts.parts import PartsIssued, PartsReturned
from contracts.reception import EstimateAnswered, IntakeCompleted, VisitOpened
from contracts.roles import ROLES
from contracts.streams import DEPARTMENTS
from tests.integration.conftest import SERVICES
from tests.integration.story import is_repaired
from tests.integration.town import GONE, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

Script = Callable[[Floor, Fault, bool], Awaitable[Any]]
_DEATHS = 4
"""Crash points that are tried in one visit of one department; all of them would take many minutes."""
_STEPS = {
    "booking": 80,
    "reception": 180,
    "workshop": 140,
    "parts": 110,
    "billing": 110,
    "crm": 120,
    "complaints": 90,
    "staff": 40,
}
"""About how many crash points each department passes while a happy path lasts."""
_SCRIPTS: tuple[Script, ...] = (
    happy.with_service,
    happy.by_link,
    additional_work.agreed,
    additional_work.declined,
    back_order.stays,
    rework.failed_inspection,
    promise.revised,
    promise.refused,
    appointments.changed,
    declined.declined,
    complaint.refund,
    complaint.discount,
    complaint.rework,
)


def _part(script: Script) -> str:
    return str(script.__module__).rsplit(".", 1)[1]


async def _happy(town: Town) -> Course:
    course = town.course()
    await is_repaired(course)
    await course.settle_and_leave()
    return course


async def _ended_well(town: Town, course: Course) -> bool:
    """Closed everywhere, and billed once: half an hour's diagnosis and the brakes."""
    town.calm()
    states = await town.states(course)
    assert states == GONE | {"booking": "kept"}
    return bool((await town.invoice(course))["payable"] == "707.72")


@pytest.mark.fault("stories while messages are lost, doubled, reordered, unconfirmed", "messages")
class TestABrokerThatMisbehaves:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    async def test_by_any_order_between_streams_changes_nothing(self, town: Town, seed: int) -> None:
        town.shop.hub.random = Random(seed)
        town.shop.hub.shuffle, town.shop.hub.delay = True, 8

        assert await _ended_well(town, await _happy(town))

    async def test_by_losing_doubling_and_not_confirming_changes_nothing(self, town: Town) -> None:
        hub = town.shop.hub
        before = hub.count.copy()
        hub.random = Random(4)
        hub.duplicate, hub.lose, hub.unconfirmed, hub.shuffle, hub.delay = 0.2, 0.1, 0.1, True, 5

        assert await _ended_well(town, await _happy(town))
        seen = hub.count - before
        assert seen["lost"] > 0
        assert seen["duplicated"] > 0

    @pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: f"{_part(script)}-{script.__name__}")
    async def test_changes_the_end_of_no_story(self, town: Town, script: Script) -> None:
        """Each story of the demo until the car has left; then all departments must agree."""
        hub = town.shop.hub
        hub.random = Random(_part(script))
        hub.duplicate, hub.lose, hub.shuffle, hub.delay = 0.1, 0.01, True, 8

        await script(town.floor, town.fault(), True)

        town.calm()
        await town.settled()
        assert await town.waiting() == []

    @pytest.mark.parametrize(
        "event", [VisitOpened, IntakeCompleted, EstimateAnswered, PartsIssued, PartsReturned]
    )
    async def test_by_telling_billing_last_what_it_bills_by_makes_no_other_invoice(
        self, town: Town, event: type[Event]
    ) -> None:
        """Billing hears of it only when the desk stands still for want of an invoice, and asks again."""
        lost: set[UUID] = set()

        def lose_once(listener: str, what: Envelope | Control) -> bool:
            if listener != "billing" or not isinstance(what, Envelope) or what.type != event.TYPE:
                return False
            first = what.id not in lost
            lost.add(what.id)
            return first

        town.shop.hub.lose = lose_once

        await happy.with_service(town.floor, town.fault(), False)

        await town.settled()
        assert lost
        assert await town.waiting() == []

    async def test_by_being_away_stops_no_command(self, town: Town) -> None:
        course = town.course()
        await course.register()
        await town.settled()
        town.shop.hub.down = True
        await course.book()
        await course.arrive()
        assert await parts.reservation_of(town.doors, course.keeper, course.request_id) is None
        assert await workshop.job_of(town.doors, course.supervisor, course.visit_id) is None

        town.shop.hub.down = False
        await course.diagnose()
        await course.repair(await course.agree())
        await course.inspect()
        await course.settle_and_leave()

        assert await _ended_well(town, course)


@pytest.mark.fault("departments killed at crash points of a visit", "publisher")
class TestADepartmentThatDies:
    @pytest.mark.parametrize("department", DEPARTMENTS)
    async def test_loses_and_doubles_nothing(self, town: Town, department: str) -> None:
        """Killed at crash points that a fixed seed picks among all that it passes on a happy path."""
        points = Random(department).sample(range(1, _STEPS[department]), _DEATHS)
        before = town.shop.hub.count["killed"]
        town.shop.hub.kill_at(department, *points)

        assert await _ended_well(town, await _happy(town))
        assert town.shop.hub.count["killed"] > before


@pytest.mark.fault("poison among innocents", "messages")
class TestAPoisonMessage:
    async def test_is_parked_and_holds_up_only_its_visit(
        self, town: Town, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        poisoned, other = town.course(walk_in=True), town.course(walk_in=True)
        reactions = next(service for service in SERVICES if service.name == "workshop").reactions
        kind, open_job = reactions[IntakeCompleted.TYPE, IntakeCompleted.VERSION]

        async def fail_for_one(tx: Tx, event: Any) -> None:
            if event.visit_id == UUID(poisoned.visit_id):
                raise ZeroDivisionError
            await open_job(tx, event)

        monkeypatch.setitem(reactions, (kind.TYPE, kind.VERSION), (kind, fail_for_one))
        await poisoned.come()
        await other.come()
        (parked,) = await town.doors.eventually(lambda: _parked(town), "the event to be parked")
        await other.diagnose()
        assert parked["key"] == poisoned.visit_id
        assert await workshop.job_of(town.doors, other.supervisor, poisoned.visit_id) is None

        monkeypatch.undo()
        place = f"{parked['stream']}/{parked['key']}/{parked['sequence']}"
        who = ROLES["admin"]
        replayed = await town.shop["workshop"].call("POST", f"/operations/parked/{place}/replay", who=who)
        await town.settled()

        assert replayed.status_code == 204
        assert (await town.job_of(poisoned))["state"] == "waiting"


async def _parked(town: Town) -> list[dict[str, Any]] | None:
    """What lies parked in the workshop, if anything does."""
    answer = await town.shop["workshop"].call("GET", "/operations/parked", who=ROLES["admin"])
    found: list[dict[str, Any]] = answer.json()
    return found or None
