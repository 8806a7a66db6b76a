"""The rules of measures: what they need, who may decide them, how they end."""

from decimal import Decimal
from uuid import uuid4

import pytest
from services.complaints.tests.builders import (
    FRIDAY,
    OFFICER,
    a_case,
    a_decision,
    an_invoice_row,
    decide,
)

from complaints.domain import (
    ApprovalNeeded,
    MeasureKind,
    MeasureOpen,
    MeasureState,
    NothingToDiscount,
    NothingToRefund,
    NoVisitToRedo,
    State,
)


class TestMeasures:
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
            complaint.notify(text="done", channel="phone", by=OFFICER, at=FRIDAY)  # type: ignore[arg-type]

        assert waiting.value.waiting_for == "billing.invoice"
        assert "resolve" not in complaint.allowed

    def test_are_completed_and_published_once(self) -> None:
        complaint = a_case(State.CARRYING_OUT)
        measure_id = complaint.measures[0].measure_id

        first = complaint.complete(measure_id, at=FRIDAY)
        again = complaint.complete(measure_id, at=FRIDAY)

        assert [event.measure_id for event in first] == [measure_id]
        assert again == []
        assert "notify" in complaint.allowed

    def test_that_are_not_possible_send_the_case_back_to_decide(self) -> None:
        complaint = a_case(State.CARRYING_OUT)
        measure = complaint.measures[0]

        complaint.reconsider(measure.measure_id, reason="too much", possible=Decimal("50.00"), at=FRIDAY)

        assert complaint.state == State.DECIDING
        assert (measure.state, measure.possible) == (MeasureState.NOT_POSSIBLE, Decimal("50.00"))

    def test_of_rework_may_be_done_before_they_are_placed(self) -> None:
        complaint = a_case(State.ANSWERED)
        decision = a_decision(MeasureKind.REWORK)
        decide(complaint, decision)

        complaint.complete(decision.measure_id, at=FRIDAY)
        complaint.place(decision.measure_id, visit_id=uuid4(), at=FRIDAY)

        measure = complaint.measures[0]
        assert measure.state == MeasureState.COMPLETED
        assert measure.rework_visit_id is not None
