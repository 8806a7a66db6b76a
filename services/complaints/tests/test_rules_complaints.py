"""The rules of complaints: clocks, states, measures, limits, figures."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError
from services.complaints.tests.complaints_builders import (
    ADVISOR,
    FRIDAY,
    OFFICER,
    RULES,
    a_case,
    a_decision,
    a_new_case,
    an_invoice_row,
    answer,
    decide,
    hours,
)

from chassis import IllegalTransition, Invalid, Refusal
from complaints.domain import (
    COMPLAINT,
    ApprovalNeeded,
    Complaint,
    EntryKind,
    HouseRules,
    Kpis,
    MeasureKind,
    MeasureOpen,
    MeasureState,
    NothingToDiscount,
    NothingToRefund,
    NotTheOwner,
    NoVisitToRedo,
    Person,
    Source,
    State,
)


def act(complaint: Complaint, command: str) -> Any:
    """Give a command with everything in order but perhaps the state."""
    said: dict[str, Any] = {"text": "text", "channel": "phone", "by": OFFICER, "at": FRIDAY}
    assessed: dict[str, Any] = {"category": "cost", "level": "normal", "cause": None, "rules": RULES}
    doing: dict[str, Any] = {
        "answer": lambda: complaint.answer(**said, in_team=True),
        "feed_back": lambda: complaint.feed_back(**said, in_team=True),
        "hand_over": lambda: complaint.hand_over(
            to=ADVISOR, reason="leave", by=OFFICER, in_team=True, at=FRIDAY
        ),
        "assess": lambda: complaint.assess(**assessed, text="text", by=OFFICER, at=FRIDAY),
        "decide": lambda: decide(complaint),
        "tell": lambda: complaint.tell(**said),
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
    def test_leads_where_the_machine_says_or_is_refused(self, state: State, command: str) -> None:
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


@pytest.mark.req("COMP-04")
class TestClocks:
    def test_run_24_and_72_calendar_hours_from_receipt(self) -> None:
        complaint, received = Complaint.receive(a_new_case(received_at=FRIDAY), rules=RULES)

        assert complaint.respond_by == received.respond_by == FRIDAY + timedelta(days=1)
        assert complaint.resolve_by == received.resolve_by == FRIDAY + timedelta(days=3)

    @pytest.mark.req("COMP-05")
    def test_of_an_objection_during_the_visit_follow_their_own_rule(self) -> None:
        rules = HouseRules(objection_hours=2)

        objection, _ = Complaint.receive(a_new_case(during_visit=True), rules=rules)
        later, _ = Complaint.receive(a_new_case(during_visit=False), rules=rules)

        assert objection.respond_by == FRIDAY + hours(2)
        assert later.respond_by == FRIDAY + hours(24)

    def test_tell_once_that_nobody_answered(self) -> None:
        complaint = a_case()
        due = complaint.respond_by

        told = complaint.respond_clock_ran_out(due_at=due, at=due)
        again = complaint.respond_clock_ran_out(due_at=due, at=due)

        assert [(event.clock, event.due_at) for event in told] == [("respond", due)]
        assert again == []

    def test_are_silent_once_it_was_answered_or_resolved(self) -> None:
        answered, resolved = a_case(State.ANSWERED), a_case(State.RESOLVED)

        assert answered.respond_clock_ran_out(due_at=answered.respond_by, at=FRIDAY) == []
        assert resolved.resolve_clock_ran_out(due_at=resolved.resolve_by, at=FRIDAY) == []

    def test_that_were_set_anew_do_not_ring_for_the_old_time(self) -> None:
        complaint = a_case(State.RESOLVED)
        old = complaint.respond_by
        complaint.reopen(reason="no", by=OFFICER, rules=RULES, at=FRIDAY + hours(48))

        assert complaint.respond_clock_ran_out(due_at=old, at=FRIDAY + hours(48)) == []
        assert complaint.respond_by == FRIDAY + hours(72)
        assert complaint.resolve_by == FRIDAY + hours(120)

    @pytest.mark.req("COMP-28")
    def test_of_a_measure_ring_while_it_is_open(self) -> None:
        complaint = a_case(State.CARRYING_OUT)
        measure = complaint.measures[0]

        told = complaint.measure_clock_ran_out(measure.measure_id, due_at=measure.due_by, at=FRIDAY)
        complaint.complete(measure.measure_id, at=FRIDAY)

        assert [event.clock for event in told] == ["measure"]
        assert complaint.measure_clock_ran_out(measure.measure_id, due_at=FRIDAY, at=FRIDAY) == []


@pytest.mark.req("COMP-03")
class TestOwnership:
    def test_is_the_first_contacts(self) -> None:
        assert a_case(by=ADVISOR).owner_id == ADVISOR.employee_id

    def test_of_a_case_that_opened_by_itself_goes_to_who_answers(self) -> None:
        complaint = a_case(by=None)
        assert complaint.owner_id is None

        answer(complaint, by=OFFICER)

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


class TestMeasures:
    @pytest.mark.req("COMP-24")
    def test_are_decisions_with_reason_and_approver(self) -> None:
        complaint = a_case(State.ANSWERED)

        decided = decide(complaint, a_decision(amount=Decimal("100.00"), invoice_id=uuid4()))

        assert decided.kind == "refund"
        assert decided.amount == Decimal("100.00")
        assert decided.approved_by == str(OFFICER.employee_id)
        assert decided.reason == "Charged twice"
        assert complaint.state == State.CARRYING_OUT

    @pytest.mark.parametrize(("amount", "within"), [("500.00", True), ("500.01", False)])
    def test_above_the_limit_take_an_approver(self, amount: str, within: bool) -> None:
        decision = a_decision(amount=Decimal(amount))

        if within:
            decide(a_case(State.ANSWERED), decision)
        else:
            with pytest.raises(ApprovalNeeded):
                decide(a_case(State.ANSWERED), decision)
            decide(a_case(State.ANSWERED), decision, may_approve=True)

    def test_cannot_be_split_to_stay_below_the_limit(self) -> None:
        complaint = a_case(State.ANSWERED)
        decide(complaint, a_decision(amount=Decimal("300.00")))

        with pytest.raises(ApprovalNeeded):
            decide(complaint, a_decision(amount=Decimal("300.00")))

    def test_that_were_not_possible_do_not_count_against_the_limit(self) -> None:
        complaint = a_case(State.ANSWERED)
        first = a_decision(amount=Decimal("300.00"))
        decide(complaint, first)
        complaint.reconsider(first.measure_id, reason="too much", possible=Decimal("50.00"), at=FRIDAY)

        decide(complaint, a_decision(amount=Decimal("300.00")))

        assert [m.state for m in complaint.measures] == [MeasureState.NOT_POSSIBLE, MeasureState.DECIDED]

    def test_need_something_to_change(self) -> None:
        not_issued = an_invoice_row(invoice_no=None)

        with pytest.raises(NothingToRefund) as refund:
            decide(a_case(State.ANSWERED), invoice=not_issued)
        with pytest.raises(NoVisitToRedo):
            decide(a_case(State.ANSWERED), a_decision(MeasureKind.REWORK), visit=None)
        with pytest.raises(NothingToDiscount):
            decide(a_case(State.ANSWERED), a_decision(MeasureKind.DISCOUNT), visit=None, invoice=None)

        assert refund.value.waiting_for == "billing.invoice"

    def test_may_be_discounts_before_there_is_an_invoice(self) -> None:
        decided = decide(a_case(State.ANSWERED), a_decision(MeasureKind.DISCOUNT), invoice=None)

        assert decided.invoice_id is None

    def test_that_are_open_keep_the_case_open(self) -> None:
        complaint = a_case(State.CARRYING_OUT)

        with pytest.raises(MeasureOpen) as waiting:
            complaint.resolve(resolution="done", confirmed_by_customer=True, by=OFFICER, at=FRIDAY)
        with pytest.raises(MeasureOpen):
            complaint.tell(text="done", channel="phone", by=OFFICER, at=FRIDAY)  # type: ignore[arg-type]

        assert waiting.value.waiting_for == "billing.invoice"
        assert "resolve" not in complaint.allowed

    def test_are_completed_and_told_once(self) -> None:
        complaint = a_case(State.CARRYING_OUT)
        measure_id = complaint.measures[0].measure_id

        first = complaint.complete(measure_id, at=FRIDAY)
        again = complaint.complete(measure_id, at=FRIDAY)

        assert [event.measure_id for event in first] == [measure_id]
        assert again == []
        assert "tell" in complaint.allowed

    def test_that_are_not_possible_send_the_case_back_to_decide(self) -> None:
        complaint = a_case(State.CARRYING_OUT)
        measure = complaint.measures[0]

        complaint.reconsider(measure.measure_id, reason="too much", possible=Decimal("50.00"), at=FRIDAY)

        assert complaint.state == State.DECIDING
        assert (measure.state, measure.possible) == (MeasureState.NOT_POSSIBLE, Decimal("50.00"))

    def test_of_rework_may_be_done_before_they_are_heard_to_be_placed(self) -> None:
        complaint = a_case(State.ANSWERED)
        decision = a_decision(MeasureKind.REWORK)
        decide(complaint, decision)

        complaint.complete(decision.measure_id, at=FRIDAY)
        complaint.take_up(decision.measure_id, visit_id=uuid4(), at=FRIDAY)

        measure = complaint.measures[0]
        assert measure.state == MeasureState.COMPLETED
        assert measure.rework_visit_id is not None


@pytest.mark.parametrize("state", list(State))
class TestFactsInEveryState:
    """What others report is never refused."""

    def test_take_effect_or_change_nothing(self, state: State) -> None:
        complaint = a_case(State.CARRYING_OUT)
        measure_id = complaint.measures[0].measure_id
        complaint.state = state

        complaint.take_up(measure_id, visit_id=uuid4(), at=FRIDAY)
        complaint.reconsider(measure_id, reason="too much", possible=Decimal("1.00"), at=FRIDAY)
        told = complaint.complete(measure_id, at=FRIDAY)
        complaint.reconsider(measure_id, reason="too late", possible=Decimal("1.00"), at=FRIDAY)
        complaint.link(Source.SURVEY, source_id=uuid4(), text="52 of 100", by=None, at=FRIDAY)

        assert len(told) == 1
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

    def test_lists_must_hold_what_opens_by_itself(self) -> None:
        with pytest.raises(ValidationError):
            HouseRules(categories=("quality",))


@pytest.mark.req("COMP-25")
class TestFigures:
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
    counts = dict.fromkeys(
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
