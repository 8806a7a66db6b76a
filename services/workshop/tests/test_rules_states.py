"""The states of jobs and lines: what is allowed in each, and which state follows."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from services.workshop.tests.builders import a_job, a_line, a_need, a_technician, dispatch

from contracts.values import Technician as Worker
from servicekit import IllegalTransition, Refusal
from testkit.plugin import FRIDAY
from workshop.domain import (
    JOB,
    LINE,
    HouseRules,
    Job,
    JobLine,
    JobState,
    LineState,
    diagnosing,
    inspecting,
    interrupting,
    visiting,
    working,
)
from workshop.domain.progress import recompute_state, state_of
from workshop.domain.values import Interruption

RULES = HouseRules()
NOON = datetime(2025, 3, 7, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, when the lunch break begins


def a_job_in(state: JobState) -> Job:
    """A job of which everything that is known makes this state, with one line beyond the diagnosis."""
    job = a_job(a_line("rework" if state == JobState.REWORK else "repair", parts=[a_need()]))
    [line] = job.lines
    match state:
        case JobState.DIAGNOSING:
            job.lines.append(JobLine.of(a_line("diagnosis"), 1, offered_in=0))
            job.lines[1].state = LineState.DONE.value
            job.lines[0].state = LineState.NOT_AUTHORISED.value
        case JobState.REPAIRING | JobState.REWORK:
            line.start(Worker(technician_id=uuid4(), technician_name="Li"), FRIDAY)
        case JobState.INTERRUPTED:
            job.open_up(Interruption(cause="A", since=FRIDAY))
        case JobState.AWAITING_ANSWER:
            line.state, job.presented_revision = LineState.NOT_AUTHORISED.value, 1
        case JobState.AWAITING_PARTS:
            job.parts[0].short = job.parts[0].expected
        case JobState.WAITING:
            pass
        case _:
            _finish(job, line, state)
    recompute_state(job, wash_required=state == JobState.WASHING, at=FRIDAY)
    assert job.state == state
    return job


def _finish(job: Job, line: JobLine, state: JobState) -> None:
    line.state = LineState.DONE.value
    line.workers = (Worker(technician_id=uuid4(), technician_name="Li"),)
    if state == JobState.INSPECTING:
        job.inspector_id = uuid4()
    if state in (JobState.WASHING, JobState.READY, JobState.CLOSED):
        job.inspector_id, job.inspected_at = uuid4(), FRIDAY
    if state == JobState.CLOSED:
        visiting.close(job, FRIDAY)


@pytest.mark.parametrize("state", JobState)
class TestEveryState:
    def test_follows_from_what_is_known_of_the_job(self, state: JobState) -> None:
        job = a_job_in(state)
        wash = state == JobState.WASHING

        again = recompute_state(job, wash_required=wash, at=NOON)

        assert (job.state, again) == (state, [])
        assert state_of(job, wash_required=wash) == state

    def test_does_not_depend_on_the_state_before(self, state: JobState) -> None:
        for before in JobState:
            job = a_job_in(state)
            job.state = before.value

            recompute_state(job, wash_required=state == JobState.WASHING, at=NOON)

            assert job.state == state

    @pytest.mark.parametrize("command", JOB.commands)
    def test_refuses_an_illegal_command_and_names_what_is_allowed(
        self, state: JobState, command: str
    ) -> None:
        job = a_job_in(state)

        refusal = _ask(job, command)

        illegal = isinstance(refusal, IllegalTransition)
        assert illegal == (command not in JOB.allowed(state))
        if illegal:
            assert refusal is not None
            assert (refusal.state, refusal.allowed) == (state, JOB.allowed(state))

    @pytest.mark.parametrize("command", JOB.commands)
    def test_is_one_that_follows_after_every_command(self, state: JobState, command: str) -> None:
        job = a_job_in(state)
        _ask(job, command)

        recompute_state(job, wash_required=False, at=NOON)
        after = job.state

        assert recompute_state(job, wash_required=False, at=NOON) == []
        assert job.state == after == state_of(job, wash_required=False)


class TestALine:
    @pytest.mark.parametrize("state", LineState)
    @pytest.mark.parametrize("command", LINE.commands)
    def test_follows_its_machine(self, state: LineState, command: str) -> None:
        line = a_job().lines[0]
        line.state = state.value

        if command in LINE.allowed(state):
            line.go(command)
            assert line.state in {s.value for s in LineState}
        else:
            with pytest.raises(IllegalTransition):
                line.go(command)


def _ask(job: Any, command: str) -> Refusal | None:
    line = job.lines[0]
    technician = a_technician()
    line.technician_id = technician.id
    nothing: Any = {"line_ids": [], "findings": [], "items": [], "test_drive": False}
    asks: dict[str, Any] = {
        "dispatch": lambda: dispatch(job),
        "start_line": lambda: working.start_line(job, line.id, technician=technician, running=None, at=NOON),
        "complete_line": lambda: working.complete_line(
            job,
            line.id,
            technician=technician,
            labour_minutes=None,
            used={},
            result_text="",
            at=NOON,
        ),
        "report_diagnosis": lambda: diagnosing.report_diagnosis(
            job,
            technician_id=technician.id,
            steps=[],
            instruments=[],
            codes=[],
            findings=[],
            lines=[],
            at=NOON,
        ),
        "review_diagnosis": lambda: diagnosing.review_diagnosis(
            job, reviewer_id=uuid4(), approved=True, remarks="", at=NOON
        ),
        "report_additional_work": lambda: diagnosing.report_additional_work(
            job,
            technician_id=None,
            lines=[],
            why="",
            benefit="",
            blocks_line_ids=[],
            vehicle_parked=False,
            at=NOON,
        ),
        "interrupt": lambda: interrupting.interrupt(
            job, cause="A", line_ids=[], reason="", moved_to_parking=False, at=NOON
        ),
        "resume": lambda: interrupting.resume(job, cause="A", at=NOON),
        "correct_usage": lambda: working.correct_usage(job, line.id, {}),
        "begin_inspection": lambda: inspecting.begin_inspection(job, inspector_id=uuid4()),
        "pass_inspection": lambda: inspecting.pass_inspection(
            job, inspector_id=uuid4(), items=[], test_drive=False, at=NOON
        ),
        "fail_inspection": lambda: inspecting.fail_inspection(
            job, inspector_id=uuid4(), rules=RULES, at=NOON, **nothing
        ),
        "finish_wash": lambda: inspecting.finish_wash(job, at=NOON),
        "declare_ready": lambda: inspecting.declare_ready(job, at=NOON),
    }
    if command == "complete_line":  # a line that runs, so that only the job's state can forbid its completion
        line.state, line.running_since = LineState.RUNNING.value, NOON
    try:
        asks[command]()
    except Refusal as refusal:
        return refusal
    return None
