"""What is decided about surveys, calls, notices, reminders and marks: worked examples, every state."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.crm.tests.builders import FRIDAY, SATISFIED, grades

from contracts.events.crm import DissatisfactionDetected, SurveyAnswered
from crm.domain import (
    ITEMS,
    CancelReason,
    ComplaintMark,
    ExpiryReason,
    FollowUp,
    FollowUpKind,
    HouseRules,
    NoComment,
    Notice,
    Outcome,
    Reminder,
    Survey,
    TooFewAnswers,
)
from crm.domain.follow_up import FOLLOW_UP
from crm.domain.notice import NOTICE
from crm.domain.reminder import REMINDER
from crm.domain.survey import GRADES, SURVEY, due_on, total_of, triggers_of
from servicekit import IllegalTransition, Invalid
from servicekit.states import Machine
from shopkit.calendar import DEFAULT_CALENDAR

RULES = HouseRules()


TODAY = date(2025, 3, 7)


def a_survey(state: str = "sent") -> Survey:
    survey = Survey.after_handover(
        visit_id=uuid4(),
        request_id=uuid4(),
        customer_id=uuid4(),
        handed_over_on=TODAY,
        calendar=DEFAULT_CALENDAR,
        rules=RULES,
    )
    survey.state = state
    if state == "answered":
        survey.points, survey.total, survey.comment = SATISFIED, Decimal("82.00"), "too slow"
    return survey


def answer(survey: Survey, points: dict[str, int], **more: Any) -> list[Any]:
    given = {"comment": None, "clear_opinion": False, "channel": "link", "by": "customer"} | more
    return list(survey.answer(points, at=FRIDAY, on=TODAY, rules=RULES, **given))


def a_follow_up(state: str = "planned") -> FollowUp:
    follow_up, _ = FollowUp.plan(
        kind=FollowUpKind.AFTER_SERVICE,
        subject=str(uuid4()),
        customer_id=uuid4(),
        visit_id=uuid4(),
        request_id=uuid4(),
        due_on=TODAY,
    )
    follow_up.state = state
    return follow_up


@pytest.mark.req("CRM-16")
class TestTheTotalOfASurvey:
    @pytest.mark.req("F-01")
    def test_follows_the_worked_examples(self) -> None:
        four_four_two = grades(10, 10, 10, 10, 8, 8, 8, 8, 5, 5)
        nine = grades(10, 10, 10, 10, 10, 8, 8, 8, 1)

        assert total_of(four_four_two, least=8) == Decimal(82)
        assert (sum(nine.values()), total_of(nine, least=8)) == (75, Decimal("83.33"))

    def test_is_the_sum_of_ten_items(self) -> None:
        assert total_of(SATISFIED, least=8) == Decimal("82.00")

    def test_is_a_mean_when_items_are_missing(self) -> None:
        nine = grades(10, 10, 10, 10, 10, 8, 8, 8, 1)  # 75

        assert total_of(nine, least=8) == Decimal("83.33")

    @pytest.mark.req("F-01")
    def test_needs_eight_items(self) -> None:
        total_of(grades(*[10] * 8), least=8)

        with pytest.raises(TooFewAnswers) as refused:
            total_of(grades(*[10] * 7), least=8)
        assert refused.value.details == {"answered": 7, "least": 8}

    @pytest.mark.parametrize("points", [{"colour": 10}, {"price": 7}, {"price": 0}])
    def test_takes_only_the_items_and_grades_of_the_form(self, points: dict[str, int]) -> None:
        with pytest.raises(Invalid):
            total_of(SATISFIED | points, least=8)

    @pytest.mark.req("PART-19")
    def test_has_the_ten_items_and_five_grades_of_the_form(self) -> None:
        assert list(ITEMS) == [
            "product-performance",
            "packaging-transport",
            "delivery-timeliness",
            "complaint-timeliness",
            "complaint-effectiveness",
            "service-attitude",
            "professional-knowledge",
            "on-site-service",
            "parts-accuracy",
            "price",
        ]
        assert {points: grade.zh for points, grade in GRADES.items()} == {
            10: "很满意",
            8: "满意",
            5: "一般",
            3: "不满意",
            1: "很不满意",
        }

    @given(st.lists(st.sampled_from(list(GRADES)), min_size=8, max_size=10))
    def test_lies_between_ten_and_a_hundred(self, points: list[int]) -> None:
        assert Decimal(10) <= total_of(grades(*points), least=8) <= Decimal(100)


class TestDissatisfaction:
    def test_is_seen_in_one_low_item(self) -> None:
        points = grades(10, 10, 10, 10, 8, 8, 8, 8, 7, 3)

        assert triggers_of(points, Decimal("82"), clear_opinion=False, rules=RULES) == ("item",)

    def test_is_not_seen_at_the_line(self) -> None:
        points = grades(10, 10, 10, 8, 8, 8, 8, 8, 5, 5)

        assert total_of(points, least=8) == 80
        assert triggers_of(points, Decimal(80), clear_opinion=False, rules=RULES) == ()

    def test_is_seen_below_the_line(self) -> None:
        points = grades(*[8] * 9, 5)

        assert triggers_of(points, total_of(points, least=8), clear_opinion=False, rules=RULES) == ("total",)

    def test_is_seen_in_a_clear_opinion(self) -> None:
        assert triggers_of(SATISFIED, Decimal(82), clear_opinion=True, rules=RULES) == ("comment",)

    def test_is_published_with_the_answer(self) -> None:
        answered, detected = answer(a_survey(), SATISFIED | {"price": 3}, comment="dear")

        assert isinstance(answered, SurveyAnswered)
        assert isinstance(detected, DissatisfactionDetected)
        assert (detected.lowest_item, detected.lowest_points) == ("price", 3)
        assert detected.triggers == ("item",)

    def test_is_published_once_when_an_agent_finds_an_opinion_later(self) -> None:
        survey = a_survey()
        answer(survey, SATISFIED, comment="you should open on Sundays")

        first, second = survey.flag_opinion(RULES), survey.flag_opinion(RULES)

        assert [event.triggers for event in first] == [("comment",)]
        assert second == []

    def test_needs_a_comment_for_an_opinion(self) -> None:
        with pytest.raises(NoComment):
            answer(a_survey(), SATISFIED, clear_opinion=True)


class TestTheSurveysClocks:
    def test_run_for_three_working_days(self) -> None:
        assert due_on(date(2025, 3, 7), DEFAULT_CALENDAR, 3) == date(2025, 3, 12)

    def test_run_for_three_calendar_days_as_well(self) -> None:
        survey = a_survey()

        assert (survey.due_on, survey.complete_by_on) == (date(2025, 3, 12), date(2025, 3, 10))

    def test_show_whether_the_answer_came_in_time(self) -> None:
        survey = a_survey()
        assert survey.completed_in_time is None

        answer(survey, SATISFIED)

        assert survey.completed_in_time is True


def _order(machine: Machine[Any], command: str, thing: Any) -> None:
    given: dict[str, Any] = {"at": FRIDAY, "by": "x"}
    orders: dict[str, Callable[[], object]]
    if machine is SURVEY:
        orders = {
            "send": lambda: thing.send(at=FRIDAY),
            "answer": lambda: answer(thing, SATISFIED),
            "expire": lambda: thing.expire(ExpiryReason.UNANSWERED),
            "flag_opinion": lambda: thing.flag_opinion(RULES),
        }
    elif machine is FOLLOW_UP:
        call = given | {"on": TODAY}
        result: dict[str, Any] = {"outcome": Outcome.REACHED, "satisfied": True, "problem_found": False}
        orders = {
            "note_attempt": lambda: thing.note_attempt(note="", most=3, **call),
            "complete": lambda: thing.complete(text="", answers=(), **result, **call),
            "cancel": lambda: thing.cancel(CancelReason.KEPT),
        }
    elif machine is NOTICE:
        orders = {"send": lambda: thing.send(channel="phone", feedback="", **given)}
    else:
        orders = {
            "accept": lambda: REMINDER.go(thing.state, "accept"),
            "reopen": lambda: REMINDER.go(thing.state, "reopen"),
            "dismiss": lambda: thing.dismiss(reason="", **given),
        }
    orders[command]()


def _thing(machine: Machine[Any], state: str) -> Any:
    if machine is SURVEY:
        return a_survey(state)
    if machine is FOLLOW_UP:
        return a_follow_up(state)
    if machine is NOTICE:
        return Notice(id=uuid4(), kind="completion", state=state, due_at=FRIDAY)
    return Reminder(id=uuid4(), state=state)


EVERY = [
    (machine, state, command)
    for machine in (SURVEY, FOLLOW_UP, NOTICE, REMINDER)
    for state in machine.states
    for command in machine.commands
]


class TestEveryCommandInEveryState:
    @pytest.mark.parametrize(("machine", "state", "command"), EVERY)
    def test_is_done_or_refused_as_declared(self, machine: Machine[Any], state: str, command: str) -> None:
        thing = _thing(machine, state)

        if command in machine.allowed(state):
            _order(machine, command, thing)
        else:
            with pytest.raises(IllegalTransition) as refused:
                _order(machine, command, thing)
            assert refused.value.state == state
            assert refused.value.allowed == machine.allowed(state)


class TestACall:
    def test_that_nobody_answers_ends_after_three_attempts(self) -> None:
        follow_up = a_follow_up()
        call: dict[str, Any] = {"note": "", "by": "x", "at": FRIDAY, "on": TODAY, "most": 3}

        first, second, third = (follow_up.note_attempt(**call) for _ in range(3))

        assert first is None
        assert second is None
        assert third is not None
        assert third.outcome == "unreachable"
        assert follow_up.state == "done"

    def test_becomes_careful_only_while_it_is_planned(self) -> None:
        follow_up, done = a_follow_up(), a_follow_up("done")

        for call in (follow_up, done):
            call.note_careful("complaint")
            call.note_careful("complaint")

        assert (follow_up.careful, follow_up.reasons) == (True, ("complaint",))
        assert (done.careful, done.reasons) == (False, ())


class TestAReminder:
    def test_is_reopened_when_the_customer_does_not_come(self) -> None:
        reminder = Reminder(id=uuid4())

        reminder.accept(uuid4())
        reminder.reopen()

        assert (reminder.state, reminder.request_id) == ("open", None)

    def test_that_was_dismissed_stays_so(self) -> None:
        reminder = Reminder(id=uuid4(), state="dismissed")

        reminder.accept(uuid4())
        reminder.reopen()

        assert reminder.state == "dismissed"


class TestTheComplaintMark:
    def test_stays_for_a_time_after_the_end(self) -> None:
        mark = ComplaintMark(complaint_id=uuid4(), respond_by=FRIDAY, resolve_by=FRIDAY)
        assert mark.is_marked(TODAY)

        mark.resolve(FRIDAY, today=TODAY, careful_days=30)

        assert mark.is_marked(TODAY + timedelta(days=30))
        assert not mark.is_marked(TODAY + timedelta(days=31))

    def test_is_set_again_with_new_clocks(self) -> None:
        mark = ComplaintMark(complaint_id=uuid4(), respond_by=FRIDAY, resolve_by=FRIDAY)
        mark.note_overdue("respond")
        mark.resolve(FRIDAY, today=TODAY, careful_days=0)

        mark.reopen(respond_by=FRIDAY, resolve_by=FRIDAY)

        assert mark.is_marked(TODAY + timedelta(days=400))
        assert mark.overdue == ()
