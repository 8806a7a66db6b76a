"""The workshop's rules without a database: states, latest start, risk, skills, diagnosis, readiness."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.events.workshop import JobReady, PromiseEndangered
from contracts.values import DiagnosticCode, InspectionItem, Technician
from servicekit import IllegalTransition, Refusal
from shopkit.calendar import DEFAULT_CALENDAR
from workshop import trouble_codes
from workshop.domain import (
    JOB,
    LINE,
    HouseRules,
    JobLine,
    JobState,
    LineState,
    diagnosing,
    inspecting,
    interrupting,
    working,
)
from workshop.domain.job import PEOPLES_COMMANDS
from workshop.domain.promise import watch
from workshop.domain.refusals import (
    DiagnosisIncomplete,
    InspectionNotPassed,
    PlanBackwards,
    SkillMissing,
    TechnicianBusy,
    UnknownTroubleCode,
    WorkNotAuthorised,
)
from workshop.domain.standing import settle
from workshop.domain.values import Step, StepResult

RULES = HouseRules()
NOON = datetime(2025, 3, 7, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, when the lunch break begins


def at(clock: str) -> datetime:
    """That time on Friday, 7 March 2025, in Shanghai."""
    hours, minutes = clock.split(":")
    return NOON.replace(hour=0) + timedelta(hours=int(hours) - 8, minutes=int(minutes))


@pytest.mark.req("F-18", "WORK-13")
class TestTheLatestStart:
    @pytest.mark.parametrize(("promised", "latest"), [("12:00", "10:00"), ("14:00", "11:00")])
    def test_is_counted_back_from_the_promise(self, make: Any, promised: str, latest: str) -> None:
        job = make.job(make.line(minutes=90), promise_revision=1, promised_at=at(promised))

        seen = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("08:30"))

        assert job.latest_start == at(latest)
        assert seen.look_again_at == at(latest) + timedelta(seconds=1)

    def test_counts_a_wash_only_where_cars_are_washed(self, make: Any) -> None:
        job = make.job(make.line(minutes=90), promise_revision=1, promised_at=at("12:00"))
        rules = HouseRules(wash_required=True, wash_minutes=15)

        watch(job, calendar=DEFAULT_CALENDAR, rules=rules, at=at("08:30"))

        assert job.latest_start == at("9:45")


@pytest.mark.req("F-19")
class TestAPromiseAtRisk:
    def _late(self, make: Any) -> Any:
        return make.job(make.line(minutes=75), promise_revision=1, promised_at=at("16:00"))

    def test_is_told_with_the_minutes_it_will_be_late(self, make: Any) -> None:
        job = self._late(make)

        [event] = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("14:30")).events

        assert (event.late_minutes, event.forecast_at, event.cause) == (15, at("16:15"), "late_start")

    def test_is_told_once_for_a_revision_and_cause(self, make: Any) -> None:
        job = self._late(make)
        watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("14:30"))

        again = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("14:40"))
        job.promise_revision = 2
        revised = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("14:40"))

        assert again.events == ()
        assert [event.promise_revision for event in revised.events] == [2]

    def test_ends_with_ready(self, make: Any) -> None:
        job = self._late(make)
        job.state = JobState.READY.value

        assert watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("17:00")).events == ()

    @given(minutes=st.integers(0, 600), now=st.integers(0, 900))
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_is_told_exactly_when_the_forecast_is_later(self, make: Any, minutes: int, now: int) -> None:
        job = make.job(make.line(minutes=minutes), promise_revision=1, promised_at=at("16:00"))
        moment = at("08:00") + timedelta(minutes=now)

        told = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=moment).events

        assert job.forecast_at is not None
        assert bool(told) == (job.forecast_at > at("16:00") or moment > at("16:00"))
        assert all(isinstance(e, PromiseEndangered) for e in told)


class TestDispatch:
    def _dispatch(self, make: Any, job: Any, **more: Any) -> Any:
        facts: dict[str, Any] = {
            "line_ids": [],
            "technician": make.technician(),
            "bay": make.bay(),
            "planned_start": at("10:00"),
            "planned_end": None,
            "elsewhere": None,
            "calendar": DEFAULT_CALENDAR,
            "rules": RULES,
            "at": at("10:00"),
        }
        return working.dispatch(job, **facts | more)

    def test_plans_the_end_by_labour_and_working_time(self, make: Any) -> None:
        told = self._dispatch(make, make.job(make.line(minutes=150)))

        assert told.planned_end == at("13:30")

    @pytest.mark.req("WORK-08")
    def test_asks_for_the_level_of_the_house(self, make: Any) -> None:
        rules = HouseRules(minimum_skill_level=2)

        with pytest.raises(SkillMissing) as no:
            self._dispatch(make, make.job(), technician=make.technician(1), rules=rules)

        assert no.value.details["has_level"] == 1
        assert self._dispatch(make, make.job(), technician=make.technician(2), rules=rules)

    def test_refuses_work_that_is_not_authorised(self, make: Any) -> None:
        job = make.job(make.line(), authorised=False)

        with pytest.raises(WorkNotAuthorised):
            self._dispatch(make, job, line_ids=[job.lines[0].id])

    @pytest.mark.req("WORK-09", "WORK-11")
    def test_takes_a_busy_technician_only_for_afterwards(self, make: Any) -> None:
        running = JobLine(id=uuid4(), job_id=uuid4(), planned_end=at("11:00"))

        with pytest.raises(TechnicianBusy):
            self._dispatch(make, make.job(), elsewhere=running, planned_start=at("10:59"))
        assert self._dispatch(make, make.job(), elsewhere=running, planned_start=at("11:00"))

    def test_does_not_plan_backwards(self, make: Any) -> None:
        with pytest.raises(PlanBackwards):
            self._dispatch(make, make.job(), planned_end=at("09:00"))


class TestPartsThatAreShort:
    def test_hold_each_line_only_until_its_own_have_come(self, make: Any) -> None:
        job = make.job(*(make.line(parts=[make.need()]) for _ in range(2)))
        for part in job.parts:
            part.short = part.expected
        first, second = job.lines
        interrupting.interrupt(
            job, cause="C", line_ids=[x.id for x in job.lines], reason="", moved_to_parking=False, at=NOON
        )
        job.parts_of(first)[0].short = Decimal(0)

        told = settle(job, wash_required=RULES.wash_required, at=NOON)

        assert told == []
        assert [line.state for line in (first, second)] == ["authorised", "interrupted"]

    def test_do_not_free_a_line_that_was_stopped_by_hand(self, make: Any) -> None:
        job = make.job(make.line(), make.line(parts=[make.need()]))
        by_hand, short = job.lines
        interrupting.interrupt(
            job, cause="C", line_ids=[by_hand.id], reason="gasket", moved_to_parking=False, at=NOON
        )
        job.parts_of(short)[0].short = Decimal(1)

        for _ in range(2):
            settle(job, wash_required=RULES.wash_required, at=NOON)

        assert by_hand.state == "interrupted"


class TestADiagnosis:
    @pytest.mark.req("WORK-02")
    @pytest.mark.parametrize("missing", list(Step))
    def test_needs_all_five_steps(self, make: Any, missing: Step) -> None:
        line = make.line("diagnosis")
        job = make.job(line)
        job.lines[0].technician_id = technician = uuid4()
        job.lines[0].start(Technician(technician_id=technician, technician_name="Li"), at("10:00"))
        steps = [StepResult(step=s, result="seen") for s in Step if s != missing]

        with pytest.raises(DiagnosisIncomplete) as no:
            diagnosing.report_diagnosis(
                job,
                technician_id=technician,
                steps=steps,
                instruments=[],
                codes=[],
                findings=["x"],
                lines=[],
                at=at("10:30"),
            )
        assert no.value.details["missing"] == [missing.value]

    def test_knows_the_listed_trouble_codes(self) -> None:
        assert trouble_codes.described(DiagnosticCode(code="p0301")).description
        assert trouble_codes.described(DiagnosticCode(code="X9", description="own")).description == "own"
        with pytest.raises(UnknownTroubleCode):
            trouble_codes.described(DiagnosticCode(code="X9"))


class TestReady:
    @pytest.mark.req("WORK-26")
    def test_needs_an_inspection_whose_items_all_passed(self, make: Any) -> None:
        job = make.job()
        job.lines[0].state, job.state = LineState.DONE.value, JobState.COMPLETED.value

        with pytest.raises(InspectionNotPassed):
            inspecting.pass_inspection(
                job,
                inspector_id=uuid4(),
                items=[InspectionItem(item="brakes", passed=False)],
                test_drive=False,
                at=NOON,
            )

    def test_comes_at_once_with_no_work_when_everything_is_declined(self, make: Any) -> None:
        job = make.job(make.line(), authorised=False)
        job.lines[0].go("give_up")

        [event] = settle(job, wash_required=RULES.wash_required, at=NOON)

        assert isinstance(event, JobReady)
        assert event.outcome == "no_work"


class TestEveryStateAndCommand:
    @pytest.mark.parametrize("state", JOB.states)
    @pytest.mark.parametrize("command", PEOPLES_COMMANDS)
    def test_an_illegal_one_names_the_state_and_what_is_allowed(
        self, make: Any, state: JobState, command: str
    ) -> None:
        job = make.job()
        job.state = state.value

        refusal = _ask(make, job, command)

        illegal = isinstance(refusal, IllegalTransition)
        assert illegal == (command not in JOB.allowed(state))
        if illegal:
            assert refusal is not None
            assert (refusal.state, refusal.allowed) == (state, JOB.allowed(state))

    @pytest.mark.parametrize("state", LineState)
    @pytest.mark.parametrize("command", LINE.commands)
    def test_a_line_follows_its_machine(self, make: Any, state: LineState, command: str) -> None:
        line = make.job().lines[0]
        line.state = state.value

        if command in LINE.allowed(state):
            line.go(command)
            assert line.state in {s.value for s in LineState}
        else:
            with pytest.raises(IllegalTransition):
                line.go(command)


def _ask(make: Any, job: Any, command: str) -> Refusal | None:
    line = job.lines[0]
    technician = make.technician()
    line.technician_id = technician.id
    nothing: Any = {"line_ids": [], "findings": [], "items": [], "test_drive": False}
    asks: dict[str, Any] = {
        "dispatch": lambda: TestDispatch()._dispatch(make, job),
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
    # A line that runs, so that only the job's state can forbid its completion.
    line.state = (LineState.RUNNING if command == "complete_line" else LineState.AUTHORISED).value
    try:
        asks[command]()
    except Refusal as refusal:
        return refusal
    return None
