"""The workshop's rules without a database: states, latest start, risk, skills, diagnosis, readiness."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.workshop.tests.builders import a_job, a_line, a_need, a_technician, dispatch

from contracts.events.workshop import JobReady, PromiseEndangered
from contracts.values import DiagnosticCode, InspectionItem, Technician
from shopkit.calendar import DEFAULT_CALENDAR
from workshop.domain import (
    HouseRules,
    JobLine,
    JobState,
    LineState,
    diagnosing,
    inspecting,
    interrupting,
)
from workshop.domain.diagnosing import DiagnosisIncomplete, UnknownTroubleCode, described
from workshop.domain.inspecting import InspectionNotPassed
from workshop.domain.progress import recompute_state
from workshop.domain.promise import watch
from workshop.domain.technician import SkillMissing
from workshop.domain.values import Step, StepResult
from workshop.domain.working import PlanBackwards, TechnicianBusy, WorkNotAuthorised
from workshop.queries import trouble_codes

RULES = HouseRules()
NOON = datetime(2025, 3, 7, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai, when the lunch break begins


def at(clock: str) -> datetime:
    """That time on Friday, 7 March 2025, in Shanghai."""
    hours, minutes = clock.split(":")
    return NOON.replace(hour=0) + timedelta(hours=int(hours) - 8, minutes=int(minutes))


@pytest.mark.req("F-18", "WORK-13")
class TestTheLatestStart:
    @pytest.mark.parametrize(("promised", "latest"), [("12:00", "10:00"), ("14:00", "11:00")])
    def test_is_counted_back_from_the_promise(self, promised: str, latest: str) -> None:
        job = a_job(a_line(minutes=90), promise_revision=1, promised_at=at(promised))

        seen = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("08:30"))

        assert job.latest_start == at(latest)
        assert seen.look_again_at == at(latest) + timedelta(seconds=1)

    def test_counts_a_wash_only_where_cars_are_washed(self) -> None:
        job = a_job(a_line(minutes=90), promise_revision=1, promised_at=at("12:00"))
        rules = HouseRules(wash_required=True, wash_minutes=15)

        watch(job, calendar=DEFAULT_CALENDAR, rules=rules, at=at("08:30"))

        assert job.latest_start == at("9:45")


@pytest.mark.req("F-19")
class TestAPromiseAtRisk:
    def _late(self) -> Any:
        return a_job(a_line(minutes=75), promise_revision=1, promised_at=at("16:00"))

    def test_is_published_with_the_minutes_it_will_be_late(self) -> None:
        job = self._late()

        [event] = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("14:30")).events

        assert (event.late_minutes, event.forecast_at, event.cause) == (15, at("16:15"), "late_start")

    def test_is_published_once_for_a_revision_and_cause(self) -> None:
        job = self._late()
        watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("14:30"))

        again = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("14:40"))
        job.promise_revision = 2
        revised = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("14:40"))

        assert again.events == ()
        assert [event.promise_revision for event in revised.events] == [2]

    def test_ends_with_ready(self) -> None:
        job = self._late()
        job.state = JobState.READY.value

        assert watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=at("17:00")).events == ()

    @given(minutes=st.integers(0, 600), now=st.integers(0, 900))
    def test_is_published_exactly_when_the_forecast_is_later(self, minutes: int, now: int) -> None:
        job = a_job(a_line(minutes=minutes), promise_revision=1, promised_at=at("16:00"))
        moment = at("08:00") + timedelta(minutes=now)

        events = watch(job, calendar=DEFAULT_CALENDAR, rules=RULES, at=moment).events

        assert job.forecast_at is not None
        assert bool(events) == (job.forecast_at > at("16:00") or moment > at("16:00"))
        assert all(isinstance(e, PromiseEndangered) for e in events)


class TestDispatch:
    def test_plans_the_end_by_labour_and_working_time(self) -> None:
        events = dispatch(a_job(a_line(minutes=150)))

        assert events.planned_end == at("13:30")

    def test_asks_for_the_level_of_the_house(self) -> None:
        rules = HouseRules(minimum_skill_level=2)

        with pytest.raises(SkillMissing) as no:
            dispatch(a_job(), technician=a_technician(1), rules=rules)

        assert no.value.details["has_level"] == 1
        assert dispatch(a_job(), technician=a_technician(2), rules=rules)

    def test_refuses_work_that_is_not_authorised(self) -> None:
        job = a_job(a_line(), authorised=False)

        with pytest.raises(WorkNotAuthorised):
            dispatch(job, line_ids=[job.lines[0].id])

    @pytest.mark.req("WORK-09")
    def test_takes_a_busy_technician_only_for_afterwards(self) -> None:
        running = JobLine(id=uuid4(), job_id=uuid4(), planned_end=at("11:00"))

        with pytest.raises(TechnicianBusy):
            dispatch(a_job(), elsewhere=running, planned_start=at("10:59"))
        assert dispatch(a_job(), elsewhere=running, planned_start=at("11:00"))

    def test_does_not_plan_backwards(self) -> None:
        with pytest.raises(PlanBackwards):
            dispatch(a_job(), planned_end=at("09:00"))


class TestPartsThatAreShort:
    def test_hold_each_line_only_until_its_own_have_come(self) -> None:
        job = a_job(*(a_line(parts=[a_need()]) for _ in range(2)))
        for part in job.parts:
            part.short = part.expected
        first, second = job.lines
        interrupting.interrupt(
            job, cause="C", line_ids=[x.id for x in job.lines], reason="", moved_to_parking=False, at=NOON
        )
        job.parts_of(first)[0].short = Decimal(0)

        events = recompute_state(job, wash_required=RULES.wash_required, at=NOON)

        assert events == []
        assert [line.state for line in (first, second)] == ["authorised", "interrupted"]

    def test_do_not_free_a_line_that_was_stopped_by_hand(self) -> None:
        job = a_job(a_line(), a_line(parts=[a_need()]))
        by_hand, short = job.lines
        interrupting.interrupt(
            job, cause="C", line_ids=[by_hand.id], reason="gasket", moved_to_parking=False, at=NOON
        )
        job.parts_of(short)[0].short = Decimal(1)

        for _ in range(2):
            recompute_state(job, wash_required=RULES.wash_required, at=NOON)

        assert by_hand.state == "interrupted"


class TestADiagnosis:
    @pytest.mark.req("WORK-02")
    @pytest.mark.parametrize("missing", list(Step))
    def test_needs_all_five_steps(self, missing: Step) -> None:
        line = a_line("diagnosis")
        job = a_job(line)
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
        known = trouble_codes.all_codes()

        assert described(DiagnosticCode(code="p0301"), known).description
        assert described(DiagnosticCode(code="X9", description="own"), known).description == "own"
        with pytest.raises(UnknownTroubleCode):
            described(DiagnosticCode(code="X9"), known)


class TestReady:
    def test_needs_an_inspection_whose_items_all_passed(self) -> None:
        job = a_job()
        job.lines[0].state, job.state = LineState.DONE.value, JobState.COMPLETED.value

        with pytest.raises(InspectionNotPassed):
            inspecting.pass_inspection(
                job,
                inspector_id=uuid4(),
                items=[InspectionItem(item="brakes", passed=False)],
                test_drive=False,
                at=NOON,
            )

    def test_comes_at_once_with_no_work_when_everything_is_declined(self) -> None:
        job = a_job(a_line(), authorised=False)
        job.lines[0].go("give_up")

        [event] = recompute_state(job, wash_required=RULES.wash_required, at=NOON)

        assert isinstance(event, JobReady)
        assert event.outcome == "no_work"
