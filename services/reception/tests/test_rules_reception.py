"""The rules of the desk, with the worked examples of the requirements; no database, no clock."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.reception.tests.reception_builders import (
    ADVISOR,
    NOON,
    PRICES,
    RULES,
    a_line,
    a_visit,
    an_estimated_visit,
    answer_latest,
    present_latest,
)

from chassis import IllegalTransition
from chassis.states import Machine
from contracts.values import Check
from reception.domain import Visit, refusals
from reception.domain.arrival import Belonging, RegistrationForm
from reception.domain.estimate import LineAnswer
from reception.domain.handover import BelongingCheck, Papers
from reception.domain.pricing import HandPrice, PriceList, gross_of
from reception.domain.states import ESTIMATE, PROMISE, VISIT, EstimateState, LineState, VisitState

CHECKS = tuple(Check(check=name, ok=True) for name in RULES.handover_checks)


def papers(**own: object) -> Papers:
    facts = {
        "invoice_id": UUID(int=9),
        "revision": 1,
        "estimate_revision": 1,
        "state": "prepared",
        "settled": False,
        "balance": Decimal("540.00"),
    }
    return Papers.model_validate(facts | own)


class TestTheClockOfReception:
    @pytest.mark.req("RECP-01")
    @pytest.mark.parametrize(("minutes", "seconds", "met"), [(14, 0, True), (15, 0, True), (15, 1, False)])
    def test_is_met_up_to_the_fifteenth_minute(self, minutes: int, seconds: int, met: bool) -> None:
        visit = a_visit(VisitState.ARRIVED)

        received = visit.receive(
            advisor_id=ADVISOR,
            reason="busy",
            alternative="loan car",
            rules=RULES,
            at=NOON + timedelta(minutes=minutes, seconds=seconds),
        )

        assert received.within_sla is met

    def test_starts_with_the_slot_when_the_car_is_early(self) -> None:
        visit = a_visit(VisitState.ARRIVED)

        opened = visit.arrive(
            arrived_at=NOON, slot_start=NOON + timedelta(minutes=20), priority_class="normal", at=NOON
        )

        assert opened.clock_from == NOON + timedelta(minutes=20)

    @pytest.mark.req("RECP-01")
    @pytest.mark.parametrize(("reason", "alternative"), [(None, None), ("busy", None), ("busy", "  ")])
    def test_broken_needs_reason_and_alternative(self, reason: str | None, alternative: str | None) -> None:
        visit = a_visit(VisitState.ARRIVED)

        with pytest.raises(refusals.LateReceptionUnexplained):
            visit.receive(
                advisor_id=ADVISOR,
                reason=reason,
                alternative=alternative,
                rules=RULES,
                at=NOON + timedelta(minutes=16),
            )

        assert visit.state == VisitState.ARRIVED

    def test_an_arrival_cannot_lie_in_the_future(self) -> None:
        with pytest.raises(refusals.NotInThePast):
            a_visit(VisitState.ARRIVED).arrive(
                arrived_at=NOON + timedelta(minutes=1), slot_start=None, priority_class="normal", at=NOON
            )


class TestTheRegistrationForm:
    def form(self, **own: object) -> RegistrationForm:
        return RegistrationForm.model_validate({"form_no": "F-250307-0001", "signed_at": NOON} | own)

    @pytest.mark.req("RECP-03")
    def test_must_be_signed(self) -> None:
        with pytest.raises(refusals.FormNotSigned):
            a_visit(VisitState.RECEIVED).complete_intake(
                self.form(), signed=False, mileage_km=None, waiting_on_site=False, currency="CNY"
            )

    def test_authorises_line_zero_and_nothing_else(self) -> None:
        visit = a_visit(VisitState.RECEIVED)
        zero, booked = a_line(kind="diagnosis", work_type="diagnosis", minutes=30, part=None), a_line()
        visit.propose([booked, zero], PRICES)

        done = visit.complete_intake(
            self.form(), signed=True, mileage_km=52_000, waiting_on_site=True, currency="CNY"
        )

        assert [line.line_id for line in done.lines] == [zero.line_id, booked.line_id]
        assert done.authorised_line_ids == (zero.line_id,)
        assert done.lines[0].gross == Decimal("63.60")
        assert done.priority_class == "waiting"

    def test_is_masked_before_it_is_told(self) -> None:
        visit = a_visit(VisitState.RECEIVED)
        form = self.form(
            special_requirements=("call 13812345678",), fault={"phenomenon": "13812345678 rings"}
        )

        done = visit.complete_intake(form, signed=True, mileage_km=1, waiting_on_site=False, currency="CNY")

        assert "13812345678" not in done.model_dump_json()


class TestPricing:
    @pytest.mark.req("BILL-03")
    def test_follows_the_worked_example(self) -> None:
        """F-32: labour 1.5 h x 200 = 300, parts 2 x 85 = 170, discount 10 % on labour = 30."""
        line = PRICES.price(a_line(), HandPrice(discount_net=Decimal("30.00")))

        assert (line.labour_net, line.parts[0].net) == (Decimal("300.00"), Decimal("170.00"))
        assert line.gross == Decimal("286.20") + Decimal("192.10")

    def test_costs_the_customer_nothing_when_the_shop_pays(self) -> None:
        line = PRICES.price(a_line(payer="shop"))

        assert line.labour_net == Decimal("300.00")
        assert line.gross == gross_of([line]) == Decimal("0.00")

    def test_names_every_price_that_is_not_known(self) -> None:
        missing = PriceList(parts={}, labour={}).missing(a_line())

        assert {m.stream for m in missing} == {"parts.part", "billing.labour-rate"}
        assert PriceList(parts={}, labour={}).price(a_line()).unpriced

    def test_takes_the_advisors_price_where_no_copy_has_one(self) -> None:
        line = a_line(part=None)
        by_hand = HandPrice(hourly_rate=Decimal("100.00"), tax_rate=Decimal("0.06"))

        priced = PriceList(parts={}, labour={}).price(line, by_hand)

        assert (priced.unpriced, priced.labour_net) == (False, Decimal("150.00"))

    def test_gives_no_more_off_than_the_labour(self) -> None:
        with pytest.raises(refusals.DiscountTooLarge):
            PRICES.price(a_line(), HandPrice(discount_net=Decimal("300.01")))

    @given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 9999)), max_size=8))
    def test_rounds_tax_once_on_the_whole(self, works: list[tuple[int, int]]) -> None:
        lines = [PRICES.price(a_line(minutes=m, part=("PAD", f"{q / 1000:.3f}"))) for m, q in works]

        labour = sum((line.labour_net for line in lines), Decimal(0))
        parts = sum((line.parts[0].net for line in lines), Decimal(0))
        exact = labour * Decimal("1.06") + parts * Decimal("1.13")
        assert abs(gross_of(lines) - exact) <= Decimal("0.01")


class TestEstimating:
    @pytest.mark.req("RECP-24")
    def test_authorises_per_line_and_keeps_what_was_agreed_before(self) -> None:
        visit = an_estimated_visit(a_line())
        first = answer_latest(visit)
        more = a_line(minutes=30)
        visit.propose([more], PRICES)
        visit.draft(prices=PRICES, currency="CNY", at=NOON)
        present_latest(visit)

        second = answer_latest(visit)

        assert first.revision, second.revision == (1, 2)
        assert [line.line_id for line in second.authorised_lines][1] == more.line_id
        assert second.authorised_lines[0] == first.authorised_lines[0]

    def test_partial_answers_are_refused(self) -> None:
        visit = an_estimated_visit(a_line(), a_line())
        one = LineAnswer(line_id=visit.lines[0].id, accept=True)

        with pytest.raises(refusals.AnswerIncomplete) as refused:
            visit.answer(1, [one], channel="desk", answered_by="x", currency="CNY", at=NOON)

        assert refused.value.facts["missing"] == [str(visit.lines[1].id)]
        assert visit.lines[0].state == LineState.OFFERED

    def test_a_newer_revision_supersedes_an_unanswered_one(self) -> None:
        visit = an_estimated_visit()
        visit.draft(prices=PRICES, currency="CNY", at=NOON)

        with pytest.raises(refusals.EstimateSuperseded):
            visit.answer(
                1,
                [LineAnswer(line_id=visit.lines[0].id, accept=True)],
                channel="desk",
                answered_by="x",
                currency="CNY",
                at=NOON,
            )

    def test_the_answer_before_the_new_draft_wins(self) -> None:
        visit = an_estimated_visit()
        answer_latest(visit)
        visit.propose([a_line()], PRICES)
        drafted = visit.draft(prices=PRICES, currency="CNY", at=NOON)

        assert visit.estimates[0].state == EstimateState.ANSWERED
        assert len(drafted.lines) == 2

    def test_presented_prices_are_frozen(self) -> None:
        visit = an_estimated_visit()
        presented = visit.estimates[-1].lines[0]
        dearer = PriceList(parts={}, labour={})
        visit.missing_prices([a_line()], dearer)

        answered = answer_latest(visit)

        assert answered.authorised_lines[0] == presented

    @pytest.mark.req("RECP-14")
    def test_nothing_without_a_price_is_presented(self) -> None:
        visit = a_visit()
        unknown = PriceList(parts={}, labour={})
        visit.propose([a_line()], unknown)
        visit.draft(prices=unknown, currency="CNY", at=NOON)

        with pytest.raises(refusals.PriceUnknown):
            visit.present(1, prices=unknown, via="desk", answer_by=NOON, currency="CNY", at=NOON)

        assert present_latest(visit).lines[0].unpriced is False

    def test_declined_work_leaves_the_next_revision_and_is_reminded(self) -> None:
        visit = an_estimated_visit(a_line(), a_line())
        no = [
            LineAnswer(line_id=line.id, accept=False, reason="dear", remind_on=date(2025, 6, 1))
            for line in visit.lines
        ]
        answered = visit.answer(1, no, channel="desk", answered_by="x", currency="CNY", at=NOON)
        visit.propose([more := a_line()], PRICES)

        drafted = visit.draft(prices=PRICES, currency="CNY", at=NOON)

        assert answered.authorised_lines == ()
        assert {d.remind_on for d in answered.declined} == {date(2025, 6, 1)}
        assert [line.line_id for line in drafted.lines] == [more.line_id]

    def test_a_declined_change_leaves_what_was_agreed(self) -> None:
        line = a_line()
        visit = an_estimated_visit(line)
        answer_latest(visit)
        visit.propose([line.model_copy(update={"labour_minutes": 120})], PRICES)
        visit.draft(prices=PRICES, currency="CNY", at=NOON)
        present_latest(visit)

        answered = answer_latest(visit, accept=False)

        assert [agreed.labour_minutes for agreed in answered.authorised_lines] == [90]
        assert visit.lines[0].state == LineState.AUTHORISED

    def test_an_answer_after_ready_voids_readiness(self) -> None:
        visit = an_estimated_visit()
        answer_latest(visit)
        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=())
        visit.propose([a_line()], PRICES)
        visit.draft(prices=PRICES, currency="CNY", at=NOON)
        present_latest(visit)

        answer_latest(visit)

        assert (visit.state, visit.is_ready) == (VisitState.IN_WORKSHOP, False)


class TestThePromise:
    def promised(self) -> Visit:
        visit = an_estimated_visit()
        answer_latest(visit)
        visit.promise(NOON + timedelta(hours=4), waiting_on_site=False, at=NOON)
        return visit

    def test_needs_an_answer_first(self) -> None:
        with pytest.raises(refusals.NothingAnsweredYet):
            a_visit().promise(NOON + timedelta(hours=4), waiting_on_site=False, at=NOON)

    @pytest.mark.req("RECP-21", "RECP-48")
    def test_every_change_keeps_the_old_one_the_reason_and_the_solution(self) -> None:
        visit = self.promised()

        revised = visit.revise_promise(
            NOON + timedelta(hours=6),
            reason="part late",
            solution="loan car",
            agreed_by="customer",
            told_at=NOON,
            at=NOON,
        )

        assert (revised.promise_revision, revised.old_promise) == (2, NOON + timedelta(hours=4))
        assert visit.promise_changes[-1].solution == "loan car"
        assert visit.original_promise == NOON + timedelta(hours=4)

    @pytest.mark.req("RECP-22")
    @pytest.mark.parametrize(("hours", "before"), [(3, True), (5, False)])
    def test_knows_whether_the_customer_was_told_beforehand(self, hours: int, before: bool) -> None:
        visit = self.promised()
        told = NOON + timedelta(hours=hours)

        visit.notify(topic="delay", channel="phone", told_at=told, at=told)

        assert visit.delay_told_before is before


class TestHandover:
    def ready(self) -> Visit:
        visit = an_estimated_visit()
        visit.form = RegistrationForm(form_no="F-1", signed_at=NOON, belongings=(Belonging(item="umbrella"),))
        answer_latest(visit)
        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=())
        return visit

    def accept(self, visit: Visit, **own: Any) -> None:
        asked: dict[str, Any] = {
            "papers": papers(),
            "invoice_revision": 1,
            "checks": CHECKS,
            "belongings": (BelongingCheck(item="umbrella", present=True),),
            "rules": RULES,
            "at": NOON,
        }
        visit.accept_work(**(asked | own))

    def test_ready_for_an_older_answer_is_not_ready(self) -> None:
        visit = an_estimated_visit()
        answer_latest(visit)

        visit.declare_ready(estimate_revision=None, outcome="repaired", done_measure_ids=())

        assert (visit.state, visit.is_ready) == (VisitState.IN_WORKSHOP, False)

    def test_ready_without_the_ordered_rework_is_not_ready(self) -> None:
        from reception.domain.facts import Measure

        visit = an_estimated_visit()
        answer_latest(visit)
        measure = Measure(measure_id=uuid4(), complaint_id=uuid4())
        visit.order(measure, (), originals=(), reason="again")

        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=())
        assert visit.state == VisitState.IN_WORKSHOP

        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=(measure.measure_id,))
        assert visit.state == VisitState.READY

    @pytest.mark.req("RECP-30")
    def test_every_point_of_the_checklist_is_looked_at(self) -> None:
        visit = self.ready()

        with pytest.raises(refusals.ChecksMissing):
            self.accept(visit, checks=CHECKS[1:])

    @pytest.mark.req("RECP-11", "RECP-28")
    def test_belongings_are_checked_against_the_intake(self) -> None:
        visit = self.ready()

        with pytest.raises(refusals.BelongingsUnchecked) as refused:
            self.accept(visit, belongings=())

        assert refused.value.facts["missing"] == ["umbrella"]

    @pytest.mark.parametrize("own", [{"state": "withdrawn"}, {"estimate_revision": 2}])
    def test_waits_for_an_invoice_of_the_latest_answer(self, own: dict[str, object]) -> None:
        with pytest.raises(refusals.InvoiceNotPrepared):
            self.accept(self.ready(), papers=papers(**own))

    def test_only_the_latest_invoice_is_signed(self) -> None:
        with pytest.raises(refusals.InvoiceChanged):
            self.accept(self.ready(), papers=papers(revision=2))

    def test_the_gate_names_what_is_missing(self) -> None:
        visit = self.ready()
        self.accept(visit)

        with pytest.raises(refusals.HandoverNotPossible) as refused:
            visit.hand_over(papers=papers(), mode="desk", handed_over_at=NOON, at=NOON)

        assert (refused.value.waiting_for, refused.value.state) == ("billing.invoice", VisitState.ACCEPTED)

    def test_a_new_invoice_revision_voids_the_signature(self) -> None:
        visit = self.ready()
        self.accept(visit)

        assert visit.void_signature(invoice_revision=2)
        assert visit.state == VisitState.READY

    def test_reopened_after_signing_shuts_the_gate(self) -> None:
        visit = self.ready()
        self.accept(visit)

        visit.reopen()

        assert visit.missing_for_handover(papers(settled=True)) == ["workshop.job", "reception.visit"]

    @pytest.mark.parametrize(
        ("kind", "outcome", "letters"),
        [("repair", "repaired", "RP"), ("maintenance", "repaired", "MT"), ("repair", "no_work", "DG")],
    )
    def test_the_record_tells_the_service_type(self, kind: str, outcome: str, letters: str) -> None:
        visit = an_estimated_visit(a_line(kind=kind))
        visit.form = RegistrationForm(form_no="F-1", signed_at=NOON)
        answer_latest(visit)

        visit.declare_ready(estimate_revision=1, outcome=outcome, done_measure_ids=())

        assert visit.record_kind == letters


class TestStates:
    @pytest.mark.parametrize("state", list(VisitState))
    @pytest.mark.parametrize("command", VISIT.commands)
    def test_every_command_in_every_state_leads_somewhere_or_says_what_is_allowed(
        self, state: VisitState, command: str
    ) -> None:
        if command in VISIT.allowed(state):
            assert VISIT.go(state, command) in VisitState
            return
        with pytest.raises(IllegalTransition) as refused:
            VISIT.go(state, command)
        assert refused.value.state == state
        assert refused.value.allowed == VISIT.allowed(state)

    @pytest.mark.parametrize("state", list(VisitState))
    def test_every_method_keeps_to_the_machine(self, state: VisitState) -> None:
        said = NOON + timedelta(hours=1)
        attempts = {
            "receive": lambda v: v.receive(
                advisor_id=ADVISOR, reason=None, alternative=None, rules=RULES, at=NOON
            ),
            "complete_intake": lambda v: v.complete_intake(
                RegistrationForm(form_no="F", signed_at=NOON),
                signed=True,
                mileage_km=1,
                waiting_on_site=False,
                currency="CNY",
            ),
            "draft_estimate": lambda v: v.draft(prices=PRICES, currency="CNY", at=NOON),
            "promise": lambda v: v.promise(said, waiting_on_site=False, at=NOON),
            "notify": lambda v: v.notify(topic="progress", channel="phone", told_at=NOON, at=NOON),
            "vehicle_left": lambda v: v.leave(
                reason="x", return_expected_at=None, done_line_ids=set(), at=NOON
            ),
            "vehicle_returned": lambda v: v.come_back(at=NOON),
            "accept_work": lambda v: v.accept_work(
                papers=papers(estimate_revision=None),
                invoice_revision=1,
                checks=CHECKS,
                belongings=(),
                rules=RULES,
                at=NOON,
            ),
            "close": lambda v: v.close(record_no="R", at=NOON),
        }
        for command, attempt in attempts.items():
            visit = a_visit(state)
            visit.propose([a_line()], PRICES)
            visit.answered_revision = 1 if command == "promise" else None
            if command in VISIT.allowed(state):
                attempt(visit)
            else:
                with pytest.raises(IllegalTransition):
                    attempt(visit)
                assert visit.state == state

    @pytest.mark.parametrize("machine", [ESTIMATE, PROMISE])
    def test_inner_machines_answer_everything(self, machine: Machine[Any]) -> None:
        for state in machine.states:
            for command in machine.commands:
                if command not in machine.allowed(state):
                    with pytest.raises(IllegalTransition):
                        machine.go(state, command)
