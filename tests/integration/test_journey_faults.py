"""The happy path while broker and departments fail: nothing is lost, nothing happens twice, all agree."""

from collections.abc import Awaitable, Callable
from random import Random
from typing import Any
from uuid import UUID

import pytest
from scenarios.context import ScenarioContext
from scenarios.desks import parts, workshop
from scenarios.narratives import Fault
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
from scenarios.visits.driver import VisitDriver
from tools.departments import DEPARTMENTS

from contracts.base import Event
from contracts.events.parts import PartsIssued, PartsReturned
from contracts.events.reception import EstimateAnswered, IntakeCompleted, VisitOpened
from contracts.roles import ROLES
from servicekit.messaging.broker import Control
from servicekit.messaging.envelope import Envelope
from servicekit.tx import Tx
from tests.integration.conftest import SERVICES
from tests.integration.story import GONE, Story
from tests.integration.story_steps import is_repaired

pytestmark = pytest.mark.asyncio(loop_scope="session")

Script = Callable[[ScenarioContext, Fault, bool], Awaitable[Any]]
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


async def _happy(story: Story) -> VisitDriver:
    driver = story.new_visit()
    await is_repaired(driver)
    await driver.settle_and_leave()
    return driver


async def _ended_well(story: Story, driver: VisitDriver) -> bool:
    """Closed everywhere, and billed once: half an hour's diagnosis and the brakes."""
    story.calm()
    states = await story.states(driver)
    assert states == GONE | {"booking": "kept"}
    return bool((await story.invoice(driver))["payable"] == "707.72")


@pytest.mark.fault("stories while messages are lost, doubled, reordered, unconfirmed", "messages")
class TestABrokerThatMisbehaves:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    async def test_by_any_order_between_streams_changes_nothing(self, story: Story, seed: int) -> None:
        story.shop.broker.random = Random(seed)
        story.shop.broker.shuffle, story.shop.broker.delay = True, 8

        assert await _ended_well(story, await _happy(story))

    async def test_by_losing_doubling_and_not_confirming_changes_nothing(self, story: Story) -> None:
        broker = story.shop.broker
        before = broker.count.copy()
        broker.random = Random(4)
        broker.duplicate, broker.lose, broker.unconfirmed, broker.shuffle, broker.delay = (
            0.2,
            0.1,
            0.1,
            True,
            5,
        )

        assert await _ended_well(story, await _happy(story))
        seen = broker.count - before
        assert seen["lost"] > 0
        assert seen["duplicated"] > 0

    @pytest.mark.parametrize("script", _SCRIPTS, ids=lambda script: f"{_part(script)}-{script.__name__}")
    async def test_changes_the_end_of_no_story(self, story: Story, script: Script) -> None:
        """Each story of the demo until the car has left; then all departments must agree."""
        broker = story.shop.broker
        broker.random = Random(_part(script))
        broker.duplicate, broker.lose, broker.shuffle, broker.delay = 0.1, 0.01, True, 8

        await script(story.context, story.fault(), True)

        story.calm()
        await story.settled()
        assert await story.waiting() == []

    @pytest.mark.parametrize(
        "event", [VisitOpened, IntakeCompleted, EstimateAnswered, PartsIssued, PartsReturned]
    )
    async def test_by_giving_billing_last_what_it_bills_by_makes_no_other_invoice(
        self, story: Story, event: type[Event]
    ) -> None:
        """Billing learns of it only when the desk stands still for want of an invoice, by a backfill."""
        lost: set[UUID] = set()

        def lose_once(subscriber: str, what: Envelope | Control) -> bool:
            if subscriber != "billing" or not isinstance(what, Envelope) or what.type != event.TYPE:
                return False
            first = what.id not in lost
            lost.add(what.id)
            return first

        story.shop.broker.lose = lose_once

        await happy.with_service(story.context, story.fault(), False)

        await story.settled()
        assert lost
        assert await story.waiting() == []

    async def test_by_being_away_stops_no_command(self, story: Story) -> None:
        driver = story.new_visit()
        await driver.register()
        await story.settled()
        story.shop.broker.down = True
        await driver.book()
        await driver.arrive()
        assert await parts.reservation_of(story.client, driver.keeper, driver.request_id) is None
        assert await workshop.job_of(story.client, driver.supervisor, driver.visit_id) is None

        story.shop.broker.down = False
        await driver.diagnose()
        await driver.repair(await driver.agree())
        await driver.inspect()
        await driver.settle_and_leave()

        assert await _ended_well(story, driver)


@pytest.mark.fault("departments killed at crash points of a visit", "publisher")
class TestADepartmentThatDies:
    @pytest.mark.parametrize("department", DEPARTMENTS)
    async def test_loses_and_doubles_nothing(self, story: Story, department: str) -> None:
        """Killed at crash points that a fixed seed picks among all that it passes on a happy path."""
        points = Random(department).sample(range(1, _STEPS[department]), _DEATHS)
        before = story.shop.broker.count["killed"]
        story.shop.broker.kill_at(department, *points)

        assert await _ended_well(story, await _happy(story))
        assert story.shop.broker.count["killed"] > before


@pytest.mark.fault("poison among innocents", "messages")
class TestAPoisonMessage:
    async def test_becomes_a_dead_letter_and_holds_up_only_its_visit(
        self, story: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        poisoned, other = story.new_visit(walk_in=True), story.new_visit(walk_in=True)
        reactions = next(service for service in SERVICES if service.name == "workshop").reactions
        kind, open_job = reactions[IntakeCompleted.TYPE, IntakeCompleted.VERSION]

        async def fail_for_one(tx: Tx, event: Any) -> None:
            if event.visit_id == UUID(poisoned.visit_id):
                raise ZeroDivisionError
            await open_job(tx, event)

        monkeypatch.setitem(reactions, (kind.TYPE, kind.VERSION), (kind, fail_for_one))
        await poisoned.come()
        await other.come()
        (dead_letter,) = await story.client.eventually(
            lambda: _dead_letter(story), "the event to become a dead letter"
        )
        await other.diagnose()
        assert dead_letter["key"] == poisoned.visit_id
        assert await workshop.job_of(story.client, other.supervisor, poisoned.visit_id) is None

        monkeypatch.undo()
        place = f"{dead_letter['stream']}/{dead_letter['key']}/{dead_letter['sequence']}"
        who = ROLES["admin"]
        replayed = await story.shop["workshop"].call(
            "POST", f"/operations/dead-letters/{place}/replay", who=who
        )
        await story.settled()

        assert replayed.status_code == 204
        assert (await story.job_of(poisoned))["state"] == "waiting"


async def _dead_letter(story: Story) -> list[dict[str, Any]] | None:
    """The dead letters of the workshop, if there are any."""
    answer = await story.shop["workshop"].call("GET", "/operations/dead-letters", who=ROLES["admin"])
    found: list[dict[str, Any]] = answer.json()
    return found or None
