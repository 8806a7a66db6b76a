"""The rules of complaints: clocks, states, owners, figures."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError
from services.complaints.tests.builders import (
    ADVISOR,
    FRIDAY,
    OFFICER,
    RULES,
    a_case,
    a_new_case,
    answer,
    decide,
    hours,
)

from complaints.domain import (
    COMPLAINT,
    Complaint,
    EntryKind,
    HouseRules,
    Kpis,
    MeasureOpen,
    MeasureState,
    NotTheOwner,
    Person,
    Source,
    State,
)
from servicekit import IllegalTransition, Invalid, Refusal


def act(complaint: Complaint, command: str) -> Any:
    """Give a command with everything in order but perhaps the state."""
    contact: dict[str, Any] = {"text": "text", "channel": "phone", "by": OFFICER, "at": FRIDAY}
    assessed: dict[str, Any] = {"category": "cost", "level": "normal", "cause": None, "rules": RULES}
    doing: dict[str, Any] = {
        "answer": lambda: complaint.answer(**contact, in_team=True),
        "feed_back": lambda: complaint.feed_back(**contact, in_team=True),
        "hand_over": lambda: complaint.hand_over(
            to=ADVISOR, reason="leave", by=OFFICER, in_team=True, at=FRIDAY
        ),
        "assess": lambda: complaint.assess(**assessed, text="text", by=OFFICER, at=FRIDAY),
        "decide": lambda: decide(complaint),
        "notify": lambda: complaint.notify(**contact),
        "resolve": lambda: complaint.resolve(
            resolution="done", confirmed_by_customer=True, by=OFFICER, at=FRIDAY
        ),
        "reopen": lambda: complaint.reopen(reason="no", by=OFFICER, rules=RULES, at=FRIDAY),
    }
    return doing[command]()


PEOPLES = [command for command in COMPLAINT.commands if command != "reconsider"]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("command", PEOPLES)
class TestEveryCommandInEveryState:
    def test_leads_where_the_machine_leads_or_is_refused(self, state: State, command: str) -> None:
        complaint = a_case(state)

        if command in complaint.allowed:
            act(complaint, command)
            assert complaint.state == COMPLAINT.go(state, command)
        else:
            with pytest.raises((IllegalTransition, MeasureOpen)) as refused:
                act(complaint, command)
            assert refused.value.state == state
            assert refused.value.allowed is not None
            assert command not in refused.value.allowed
            assert complaint.state == state

    def test_leaves_a_row_in_the_history_if_it_is_done(self, state: State, command: str) -> None:
        complaint = a_case(state)
        before = len(complaint.entries)

        with suppress(Refusal):
            act(complaint, command)
            assert len(complaint.entries) == complaint.last_entry == before + 1
            return

        assert len(complaint.entries) == complaint.last_entry == before


class TestClocks:
    @pytest.mark.req("F-12")
    def test_run_24_and_72_calendar_hours_from_receipt(self) -> None:
        complaint, received = Complaint.receive(a_new_case(received_at=FRIDAY), rules=RULES)

        assert complaint.respond_by == received.respond_by == FRIDAY + timedelta(days=1)
        assert complaint.resolve_by == received.resolve_by == FRIDAY + timedelta(days=3)

    def test_of_an_objection_during_the_visit_follow_their_own_rule(self) -> None:
        rules = HouseRules(objection_hours=2)

        objection, _ = Complaint.receive(a_new_case(during_visit=True), rules=rules)
        later, _ = Complaint.receive(a_new_case(during_visit=False), rules=rules)

        assert objection.respond_by == FRIDAY + hours(2)
        assert later.respond_by == FRIDAY + hours(24)

    def test_report_once_that_nobody_answered(self) -> None:
        complaint = a_case()
        due = complaint.respond_by

        events = complaint.respond_clock_ran_out(due_at=due, at=due)
        again = complaint.respond_clock_ran_out(due_at=due, at=due)

        assert [(event.clock, event.due_at) for event in events] == [("respond", due)]
        assert again == []

    def test_are_silent_once_it_was_answered_or_resolved(self) -> None:
        answered, resolved = a_case(State.ANSWERED), a_case(State.RESOLVED)

        assert answered.respond_clock_ran_out(due_at=answered.respond_by, at=FRIDAY) == []
        assert resolved.resolve_clock_ran_out(due_at=resolved.resolve_by, at=FRIDAY) == []

    def test_that_were_set_anew_do_not_run_out_at_the_old_time(self) -> None:
        complaint = a_case(State.RESOLVED)
        old = complaint.respond_by
        complaint.reopen(reason="no", by=OFFICER, rules=RULES, at=FRIDAY + hours(48))

        assert complaint.respond_clock_ran_out(due_at=old, at=FRIDAY + hours(48)) == []
        assert complaint.respond_by == FRIDAY + hours(72)
        assert complaint.resolve_by == FRIDAY + hours(120)

    def test_of_a_measure_run_out_while_it_is_open(self) -> None:
        complaint = a_case(State.CARRYING_OUT)
        measure = complaint.measures[0]

        events = complaint.measure_clock_ran_out(measure.measure_id, due_at=measure.due_by, at=FRIDAY)
        complaint.complete(measure.measure_id, at=FRIDAY)

        assert [event.clock for event in events] == ["measure"]
        assert complaint.measure_clock_ran_out(measure.measure_id, due_at=FRIDAY, at=FRIDAY) == []


class TestOwnership:
    def test_is_the_first_contacts(self) -> None:
        assert a_case(by=ADVISOR).owner_id == ADVISOR.employee_id

    def test_of_a_case_that_opened_by_itself_goes_to_who_answers(self) -> None:
        complaint = a_case(by=None)
        before = complaint.owner_id

        answer(complaint, by=OFFICER)

        assert before is None
        assert (complaint.owner_id, complaint.owner_name) == (OFFICER.employee_id, "Li Na")

    def test_lets_the_owner_answer_without_being_in_the_team(self) -> None:
        complaint = a_case(by=ADVISOR)

        answer(complaint, by=ADVISOR, in_team=False)

        assert complaint.state == State.ANSWERED

    def test_keeps_others_out_unless_they_handle_cases(self) -> None:
        complaint = a_case(by=ADVISOR)

        with pytest.raises(NotTheOwner):
            answer(complaint, by=Person(uuid4()), in_team=False)

    def test_passes_on_formally(self) -> None:
        complaint = a_case(by=ADVISOR)

        complaint.hand_over(to=OFFICER, reason="On leave", by=ADVISOR, in_team=False, at=FRIDAY)

        assert complaint.owner_id == OFFICER.employee_id
        last = complaint.entries[-1]
        assert (last.kind, last.by, last.about_id, last.text) == (
            EntryKind.HANDED_OVER,
            ADVISOR.employee_id,
            OFFICER.employee_id,
            "On leave",
        )


@pytest.mark.parametrize("state", list(State))
class TestFactsInEveryState:
    """What others report is never refused."""

    def test_take_effect_or_change_nothing(self, state: State) -> None:
        complaint = a_case(State.CARRYING_OUT)
        measure_id = complaint.measures[0].measure_id
        complaint.state = state

        complaint.place(measure_id, visit_id=uuid4(), at=FRIDAY)
        complaint.reconsider(measure_id, reason="too much", possible=Decimal("1.00"), at=FRIDAY)
        events = complaint.complete(measure_id, at=FRIDAY)
        complaint.reconsider(measure_id, reason="too late", possible=Decimal("1.00"), at=FRIDAY)
        complaint.link(Source.SURVEY, source_id=uuid4(), text="52 of 100", by=None, at=FRIDAY)

        assert len(events) == 1
        assert complaint.measures[0].state == MeasureState.COMPLETED
        assert complaint.state == (State.DECIDING if state == State.CARRYING_OUT else state)


class TestWhatIsKept:
    def test_is_masked(self) -> None:
        complaint = a_case(text="Call me on 138 1234 5678")

        assert "5678" not in complaint.text
        assert all("5678" not in entry.text for entry in complaint.entries)

    @pytest.mark.req("COMP-08")
    def test_is_of_the_shops_own_categories(self) -> None:
        rules = HouseRules(categories=("quality", "delay", "other", "parking"))

        Complaint.receive(a_new_case(category="parking"), rules=rules)
        with pytest.raises(Invalid):
            Complaint.receive(a_new_case(category="cost"), rules=rules)
        assert {"quality", "attitude", "cost", "other"} <= set(RULES.categories)

    def test_lists_must_hold_what_opens_by_itself(self) -> None:
        with pytest.raises(ValidationError):
            HouseRules(categories=("quality",))


class TestFigures:
    @pytest.mark.req("F-12")
    def test_are_those_of_the_worked_example(self) -> None:
        figures = a_period(received=20, resolved=18, respond_due=20, answered_in_time=19, visits=800)

        assert figures.resolution_rate == Decimal("90.00")
        assert figures.on_time_response_rate == Decimal("95.00")
        assert figures.complaint_rate == Decimal("2.50")

    def test_of_nothing_are_no_rates(self) -> None:
        figures = a_period()

        assert figures.resolution_rate is None
        assert figures.complaint_rate is None


def a_period(**own: int) -> Kpis:
    counts: dict[str, Any] = dict.fromkeys(
        (
            "received",
            "resolved",
            "resolved_in_time",
            "respond_due",
            "answered_in_time",
            "reopened",
            "confirmed",
            "visits",
        ),
        0,
    )
    return Kpis(**counts | own)
