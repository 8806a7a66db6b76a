"""One altered row in any database, and the reconciliation names the question that no longer holds."""

import asyncpg
import pytest
import pytest_asyncio
from deploy.reconcile import QUESTIONS, reconcile
from scenarios.visits import appointments, complaint, happy

from tests.integration.conftest import OpenStory
from tests.integration.story import Story

_DONE = "(select l.id from job_lines l join jobs j on j.id = l.job_id where l.state = 'done' limit 1)"
_CLOSED_JOB = "(select id from jobs where state in ('closed', 'repairing') limit 1)"
_LABOUR = "(select row_id from invoice_lines where part_line_id is null and net > 10 order by row_id limit 1)"

ALTERED: list[tuple[str, str, str, str]] = [
    (
        "Q1",
        "billing",
        "update authorised_lines set gross = gross + 1 where gross > 0",
        "update authorised_lines set gross = gross - 1 where gross > 0",
    ),
    (
        "Q1",
        "workshop",
        f"update job_lines set authorised = false where id = {_DONE}",
        "update job_lines set authorised = true where state = 'done'",
    ),
    (
        "Q2",
        "billing",
        f"update invoice_lines set net = net - 1 where row_id = {_LABOUR}",
        f"update invoice_lines set net = net + 1 where row_id = {_LABOUR}",
    ),
    (
        "Q3",
        "workshop",
        "update part_lines set used = used - 0.125 where used > 0",
        "update part_lines set used = used + 0.125 where used > 0",
    ),
    (
        "Q3",
        "billing",
        "update invoice_lines set quantity = quantity + 1 where part_line_id is not null",
        "update invoice_lines set quantity = quantity - 1 where part_line_id is not null",
    ),
    (
        "Q4",
        "billing",
        f"update invoice_lines set gross = gross + 9000 where row_id = {_LABOUR}",
        f"update invoice_lines set gross = gross - 9000 where row_id = {_LABOUR}",
    ),
    (
        "Q5",
        "billing",
        "update payments set amount = amount + 1",
        "update payments set amount = amount - 1",
    ),
    (
        "Q5",
        "reception",
        "update visits set state = 'handed_over' where state = 'in_workshop'",
        "update visits set state = 'in_workshop' where state = 'handed_over'",
    ),
    (
        "Q6",
        "parts",
        "update stocks set on_hand = on_hand + 1 where part_no = 'BP-1001'",
        "update stocks set on_hand = on_hand - 1 where part_no = 'BP-1001'",
    ),
    (
        "Q7",
        "workshop",
        f"update jobs set state = 'repairing' where id = {_CLOSED_JOB}",
        "update jobs set state = 'closed' where state = 'repairing' and closed_at is not null",
    ),
    (
        "Q7",
        "crm",
        "update follow_ups set kind = 'retention' where kind = 'after_service'",
        "update follow_ups set kind = 'after_service' where kind = 'retention'",
    ),
    (
        "Q7",
        "booking",
        "update appointments set state = 'missed' where state = 'kept'",
        "update appointments set state = 'kept' where state = 'missed'",
    ),
    (
        "Q8",
        "billing",
        "update measures set state = 'pending'",
        "update measures set state = 'done'",
    ),
    (
        "Q8",
        "complaints",
        "update measures set state = 'decided'",
        "update measures set state = 'completed'",
    ),
    (
        "Q9",
        "billing",
        "update cursors set last = last - 1 where stream = 'workshop.job'",
        "update cursors set last = last + 1 where stream = 'workshop.job'",
    ),
    (
        "Q9",
        "parts",
        "update outbox set published_at = null where stream = 'parts.reservation'",
        "update outbox set published_at = now() where published_at is null",
    ),
    (
        "Q10",
        "booking",
        "update capacity_days set booked_minutes = booked_minutes + 30",
        "update capacity_days set booked_minutes = booked_minutes - 30",
    ),
]
"""Question, whose database, how a row is altered, and how it is put right again."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(stories: OpenStory) -> Story:
    """A shop in which three cars went home, one customer was given a discount, and one car is at work."""
    story = await stories(11)
    await story.morning()
    await happy.happy(story.context, story.fault(), walk_in=True)
    await happy.with_service(story.context, story.fault(), walk_in=False)
    await complaint.discount(story.context, story.fault(), walk_in=True)
    await appointments.cancelled(story.context, story.fault())
    at_work = story.new_visit(walk_in=True)
    await at_work.come()
    await at_work.diagnose()
    await at_work.agree()
    await story.settled()
    return story


class TestReconciliation:
    async def test_finds_nothing_when_all_departments_agree(self, story: Story) -> None:
        assert await reconcile(story.urls()) == []

    @pytest.mark.parametrize(
        ("question", "department", "alter", "put_right"),
        ALTERED,
        ids=[f"{question}-{department}" for question, department, _, _ in ALTERED],
    )
    async def test_fails_when_a_row_is_altered(
        self, story: Story, question: str, department: str, alter: str, put_right: str
    ) -> None:
        await _run(story, department, alter)

        found = await reconcile(story.urls())

        await _run(story, department, put_right)
        assert question in {discrepancy.question for discrepancy in found}
        assert await reconcile(story.urls()) == []

    async def test_every_question_is_tried(self) -> None:
        assert {question for question, *_ in ALTERED} == set(QUESTIONS)


async def _run(story: Story, department: str, statement: str) -> None:
    """As somebody with a database prompt would."""
    connection = await asyncpg.connect(story.urls()[department].replace("+asyncpg", ""))
    try:
        status = await connection.execute(statement)
    finally:
        await connection.close()
    assert status not in ("UPDATE 0",), "no row was altered"
