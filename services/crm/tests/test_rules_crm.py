"""What customer relations decides, without a database: the worked examples and every state."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.crm.tests.crm_builders import FRIDAY, SATISFIED, VIN, grades

from chassis import IllegalTransition, Invalid
from chassis.calendar import DEFAULT_CALENDAR
from chassis.states import Machine
from contracts import crm as says
from crm.domain import (
    ITEMS,
    AlreadyTheirs,
    ComplaintMark,
    Custom,
    Customer,
    CustomerClass,
    FollowUp,
    FollowUpKind,
    HouseRules,
    NoComment,
    Notice,
    Outcome,
    Purpose,
    Reminder,
    Stage,
    Survey,
    TooFewAnswers,
    Vehicle,
    normal_phone,
    normal_plate,
    normal_vin,
    stage_of,
)
from crm.domain.follow_up import FOLLOW_UP
from crm.domain.notice import NOTICE
from crm.domain.reminder import REMINDER
from crm.domain.survey import GRADES, SURVEY, due_on, total_of, triggers_of

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


def a_customer() -> Customer:
    customer, _ = Customer.register(
        id=uuid4(),
        customer_no="C000123",
        display_name="Wang Fang",
        customer_class=CustomerClass.NORMAL,
        currency="CNY",
        at=FRIDAY,
    )
    return customer


def a_vehicle() -> Vehicle:
    vehicle, _ = Vehicle.register(
        id=uuid4(),
        customer_id=uuid4(),
        plate="粤A12345",
        vin=VIN,
        make="Volkswagen",
        model="Lavida",
        model_year=2019,
        engine_no=None,
        in_use_since_on=None,
        at=FRIDAY,
    )
    return vehicle


@pytest.mark.req("CRM-16")
class TestTheTotalOfASurvey:
    def test_is_the_sum_of_ten_items(self) -> None:
        assert total_of(SATISFIED, least=8) == Decimal("82.00")

    def test_is_a_mean_when_items_are_missing(self) -> None:
        nine = grades(10, 10, 10, 10, 10, 8, 8, 8, 1)  # 75

        assert total_of(nine, least=8) == Decimal("83.33")

    def test_needs_eight_items(self) -> None:
        total_of(grades(*[10] * 8), least=8)

        with pytest.raises(TooFewAnswers) as refused:
            total_of(grades(*[10] * 7), least=8)
        assert refused.value.facts == {"answered": 7, "least": 8}

    @pytest.mark.parametrize("points", [{"colour": 10}, {"price": 7}, {"price": 0}])
    def test_takes_only_the_items_and_grades_of_the_form(self, points: dict[str, int]) -> None:
        with pytest.raises(Invalid):
            total_of(SATISFIED | points, least=8)

    def test_has_the_ten_items_and_five_grades_of_the_form(self) -> None:
        assert len(ITEMS) == 10
        assert list(GRADES) == [10, 8, 5, 3, 1]

    @given(st.lists(st.sampled_from(list(GRADES)), min_size=8, max_size=10))
    def test_lies_between_ten_and_a_hundred(self, points: list[int]) -> None:
        assert Decimal(10) <= total_of(grades(*points), least=8) <= Decimal(100)


@pytest.mark.req("CRM-26")
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

    def test_is_told_with_the_answer(self) -> None:
        answered, detected = answer(a_survey(), SATISFIED | {"price": 3}, comment="dear")

        assert isinstance(answered, says.SurveyAnswered)
        assert isinstance(detected, says.DissatisfactionDetected)
        assert (detected.lowest_item, detected.lowest_points) == ("price", 3)
        assert detected.triggers == ("item",)

    def test_is_told_once_when_an_agent_finds_an_opinion_later(self) -> None:
        survey = a_survey()
        answer(survey, SATISFIED, comment="you should open on Sundays")

        first, second = survey.flag_opinion(RULES), survey.flag_opinion(RULES)

        assert [event.triggers for event in first] == [("comment",)]
        assert second == []

    def test_needs_a_comment_for_an_opinion(self) -> None:
        with pytest.raises(NoComment):
            answer(a_survey(), SATISFIED, clear_opinion=True)


@pytest.mark.req("CRM-12")
class TestTheSurveysClocks:
    def test_run_for_three_working_days(self) -> None:
        assert due_on(date(2025, 3, 7), DEFAULT_CALENDAR, 3) == date(2025, 3, 12)

    def test_run_for_three_calendar_days_beside(self) -> None:
        survey = a_survey()

        assert (survey.due_on, survey.complete_by_on) == (date(2025, 3, 12), date(2025, 3, 10))

    def test_tell_whether_the_answer_came_in_time(self) -> None:
        survey = a_survey()
        assert survey.completed_in_time is None

        answer(survey, SATISFIED)

        assert survey.completed_in_time is True


def _order(machine: Machine[Any], command: str, thing: Any) -> None:
    told = {"at": FRIDAY, "by": "x"}
    if machine is SURVEY:
        orders = {
            "send": lambda: thing.send(at=FRIDAY),
            "answer": lambda: answer(thing, SATISFIED),
            "expire": lambda: thing.expire("unanswered"),
            "flag_opinion": lambda: thing.flag_opinion(RULES),
        }
    elif machine is FOLLOW_UP:
        call = told | {"on": TODAY}
        result = {"outcome": Outcome.REACHED, "satisfied": True, "problem_found": False}
        orders = {
            "note_attempt": lambda: thing.note_attempt(note="", most=3, **call),
            "complete": lambda: thing.complete(text="", answers=(), **result, **call),
            "cancel": lambda: thing.cancel("kept"),
        }
    elif machine is NOTICE:
        orders = {"send": lambda: thing.send(channel="phone", feedback="", **told)}
    else:
        orders = {
            "take_up": lambda: REMINDER.go(thing.state, "take_up"),
            "reopen": lambda: REMINDER.go(thing.state, "reopen"),
            "dismiss": lambda: thing.dismiss(reason="", **told),
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
    @pytest.mark.req("CRM-11")
    def test_that_nobody_answers_ends_after_three_attempts(self) -> None:
        follow_up = a_follow_up()
        call = {"note": "", "by": "x", "at": FRIDAY, "on": TODAY, "most": 3}

        first, second, third = (follow_up.note_attempt(**call) for _ in range(3))  # type: ignore[arg-type]

        assert first is None
        assert second is None
        assert third is not None
        assert third.outcome == "unreachable"
        assert follow_up.state == "done"

    def test_is_told_of_what_happened_only_while_it_is_planned(self) -> None:
        follow_up, done = a_follow_up(), a_follow_up("done")

        for call in (follow_up, done):
            call.note_careful("complaint")
            call.note_careful("complaint")

        assert (follow_up.careful, follow_up.reasons) == (True, ("complaint",))
        assert (done.careful, done.reasons) == (False, ())


class TestAReminder:
    def test_is_reopened_when_the_customer_does_not_come(self) -> None:
        reminder = Reminder(id=uuid4())

        reminder.take_up(uuid4())
        reminder.reopen()

        assert (reminder.state, reminder.request_id) == ("open", None)

    def test_that_was_dismissed_stays_so(self) -> None:
        reminder = Reminder(id=uuid4(), state="dismissed")

        reminder.take_up(uuid4())
        reminder.reopen()

        assert reminder.state == "dismissed"


@pytest.mark.req("CRM-52")
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


@pytest.mark.req("CRM-04")
class TestTheLifeCycle:
    @pytest.mark.parametrize(
        ("visits", "spend", "before", "stage"),
        [
            (1, 800, 0, Stage.NEW),
            (2, 2100, 3000, Stage.DECLINING),
            (2, 3000, 2100, Stage.GROWING),
            (4, 3300, 3000, Stage.MATURE),
            (4, 2400, 3000, Stage.MATURE),
            (4, 3601, 3000, Stage.GROWING),
            (2, 2900, 3000, Stage.NEW),
        ],
    )
    def test_follows_visits_and_spend(self, visits: int, spend: int, before: int, stage: Stage) -> None:
        custom = Custom(visits, date(2025, 1, 10), Decimal(spend), Decimal(before))

        assert stage_of(custom, today=TODAY, rules=RULES) == stage

    def test_declines_after_a_year_of_absence(self) -> None:
        away = Custom(9, date(2024, 3, 6), Decimal(0), Decimal(0))
        here = Custom(9, date(2024, 3, 7), Decimal(0), Decimal(0))

        assert stage_of(away, today=TODAY, rules=RULES) == Stage.DECLINING
        assert stage_of(here, today=TODAY, rules=RULES) == Stage.MATURE

    def test_begins_new(self) -> None:
        assert stage_of(Custom(0, None, Decimal(0), Decimal(0)), today=TODAY, rules=RULES) == Stage.NEW


@pytest.mark.req("DATA-18")
class TestNormalSpelling:
    @pytest.mark.parametrize(
        "text", ["13800138000", "138 0013-8000", "+86 138 0013 8000", "0086 13800138000"]
    )
    def test_of_a_phone_number_is_one(self, text: str) -> None:
        assert normal_phone(text, "CN") == "+8613800138000"

    @pytest.mark.parametrize("text", ["", "call me", "12345", "+86 138"])
    def test_of_what_is_no_phone_number_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid) as refused:
            normal_phone(text, "CN")
        assert "got" not in refused.value.facts["errors"][0]

    @pytest.mark.parametrize("text", ["粤a·12345", " 粤A 12345", "粤A-12345", "粤A12345"])
    def test_of_a_plate_is_one(self, text: str) -> None:
        assert normal_plate(text) == "粤A12345"

    def test_of_a_vin_is_in_capitals(self) -> None:
        assert normal_vin(VIN.lower()) == VIN

    @pytest.mark.parametrize("text", ["1M8GDM9A1KP042788", "LVSHCAMB2CE054249"])
    def test_of_a_vin_with_a_wrong_check_digit_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid):
            normal_vin(text)

    @pytest.mark.parametrize("text", ["LVSHCAMB1CE054249", "WVWZZZ1JZ3W386752"])
    def test_of_a_vin_needs_the_check_digit_only_where_it_is_prescribed(self, text: str) -> None:
        assert normal_vin(text) == text

    @pytest.mark.parametrize("text", ["SHORT", "1M8GDM9AXKP04278O", "1M8GDM9AXKP0427888"])
    def test_of_what_is_no_vin_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid):
            normal_vin(text)


class TestACustomer:
    def test_tells_the_credit_with_its_currency(self) -> None:
        (changed,) = a_customer().classify(customer_class=CustomerClass.VIP, credit_limit=Decimal("500.00"))

        assert (changed.customer_class, changed.credit_limit, changed.currency) == ("vip", 500, "CNY")

    def test_says_nothing_when_nothing_changed(self) -> None:
        customer = a_customer()

        assert customer.change(display_name=customer.display_name, at=FRIDAY) == ()
        assert customer.classify(customer_class=CustomerClass.NORMAL, credit_limit=None) == ()

    @pytest.mark.req("DATA-05")
    def test_who_withdrew_consent_has_given_it_before(self) -> None:
        customer = a_customer()
        assert not customer.has_withdrawn(Purpose.COMMUNICATION)

        customer.give_consent(Purpose.COMMUNICATION, channel="desk", by="x", at=FRIDAY)
        customer.withdraw_consent(Purpose.COMMUNICATION, by="x", at=FRIDAY)
        assert customer.has_withdrawn(Purpose.COMMUNICATION)

        customer.give_consent(Purpose.COMMUNICATION, channel="phone", by="x", at=FRIDAY)
        assert not customer.has_withdrawn(Purpose.COMMUNICATION)
        assert len(customer.consents) == 2


class TestAVehicle:
    def test_that_is_passed_on_keeps_its_owners(self) -> None:
        vehicle, buyer, at = a_vehicle(), uuid4(), datetime(2025, 6, 1, tzinfo=UTC)

        changed = vehicle.pass_on(buyer, at=at)

        assert changed.customer_id == buyer
        assert [(o.since_at, o.until_at) for o in vehicle.ownerships] == [(FRIDAY, at), (at, None)]
        with pytest.raises(AlreadyTheirs):
            vehicle.pass_on(buyer, at=at)

    def test_keeps_the_latest_mileage(self) -> None:
        vehicle = a_vehicle()

        vehicle.note_mileage(42_000, FRIDAY)
        vehicle.note_mileage(41_000, FRIDAY - timedelta(days=90))

        assert vehicle.mileage_km == 42_000
