"""What work costs, what the customer is asked and answers, and what is promised; no database, no clock."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.reception.tests.builders import (
    NOON,
    PRICES,
    a_line,
    a_visit,
    an_estimated_visit,
    answer_latest,
    present_latest,
)

from contracts.values import Title
from reception.domain import Visit
from reception.domain.estimate import Answer, AnswerIncomplete, EstimateState, EstimateSuperseded, LineAnswer
from reception.domain.line import LineState
from reception.domain.pricing import DiscountTooLarge, HandPrice, PriceList, gross_of
from reception.domain.promise import NewPromise, NothingAnsweredYet
from reception.domain.visit_states import VisitState
from reception.domain.work import PriceUnknown


def an_answer(*lines: LineAnswer) -> Answer:
    return Answer(lines, channel="desk", by="x", at=NOON)


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
        with pytest.raises(DiscountTooLarge):
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
        visit.work.propose([more], PRICES)
        visit.draft(prices=PRICES, currency="CNY", at=NOON)
        present_latest(visit)

        second = answer_latest(visit)

        assert (first.revision, second.revision) == (1, 2)
        assert [line.line_id for line in second.authorised_lines][1] == more.line_id
        assert second.authorised_lines[0] == first.authorised_lines[0]

    def test_partial_answers_are_refused(self) -> None:
        visit = an_estimated_visit(a_line(), a_line())
        one = LineAnswer(line_id=visit.lines[0].id, accept=True)

        with pytest.raises(AnswerIncomplete) as refused:
            visit.answer(1, an_answer(one), currency="CNY")

        assert refused.value.details["missing"] == [str(visit.lines[1].id)]
        assert visit.lines[0].state == LineState.OFFERED

    def test_a_newer_revision_supersedes_an_unanswered_one(self) -> None:
        visit = an_estimated_visit()
        visit.draft(prices=PRICES, currency="CNY", at=NOON)

        with pytest.raises(EstimateSuperseded):
            visit.answer(1, an_answer(LineAnswer(line_id=visit.lines[0].id, accept=True)), currency="CNY")

    def test_the_answer_before_the_new_draft_wins(self) -> None:
        visit = an_estimated_visit()
        answer_latest(visit)
        visit.work.propose([a_line()], PRICES)
        drafted = visit.draft(prices=PRICES, currency="CNY", at=NOON)

        assert visit.estimates[0].state == EstimateState.ANSWERED
        assert len(drafted.lines) == 2

    def test_presented_prices_are_frozen(self) -> None:
        line = a_line()
        visit = an_estimated_visit(line)
        presented = visit.estimates[-1].lines[0]
        visit.work.propose([line.model_copy(update={"labour_minutes": 600})], PRICES)

        answered = answer_latest(visit)

        assert answered.authorised_lines[0] == presented

    @pytest.mark.req("RECP-14")
    def test_nothing_without_a_price_is_presented(self) -> None:
        visit = a_visit()
        unknown = PriceList(parts={}, labour={})
        visit.work.propose([a_line()], unknown)
        visit.draft(prices=unknown, currency="CNY", at=NOON)

        with pytest.raises(PriceUnknown):
            visit.present(1, prices=unknown, via="desk", answer_by=NOON, currency="CNY", at=NOON)

        assert present_latest(visit).lines[0].unpriced is False

    def test_declined_work_leaves_the_next_revision_and_is_reminded(self) -> None:
        visit = an_estimated_visit(a_line(), a_line())
        no = [
            LineAnswer(line_id=line.id, accept=False, reason="dear", remind_on=date(2025, 6, 1))
            for line in visit.lines
        ]
        answered = visit.answer(1, an_answer(*no), currency="CNY")
        visit.work.propose([more := a_line()], PRICES)

        drafted = visit.draft(prices=PRICES, currency="CNY", at=NOON)

        assert answered.authorised_lines == ()
        assert {d.remind_on for d in answered.declined} == {date(2025, 6, 1)}
        assert [line.line_id for line in drafted.lines] == [more.line_id]

    def test_a_declined_change_leaves_what_was_agreed(self) -> None:
        line = a_line()
        visit = an_estimated_visit(line)
        answer_latest(visit)
        visit.work.propose([line.model_copy(update={"labour_minutes": 120})], PRICES)
        visit.draft(prices=PRICES, currency="CNY", at=NOON)
        present_latest(visit)

        answered = answer_latest(visit, accept=False, reason="too long")

        assert [agreed.labour_minutes for agreed in answered.authorised_lines] == [90]
        assert answered.declined == ()
        assert (visit.lines[0].state, visit.lines[0].declined_reason) == (LineState.AUTHORISED, "too long")

    def test_work_that_is_agreed_already_is_not_asked_for_again(self) -> None:
        line = a_line()
        titled = PriceList(
            parts={"OIL": PRICES.parts["OIL"].model_copy(update={"title": Title(zh="机油", en="Oil")})},
            labour=PRICES.labour,
        )
        visit = a_visit()
        visit.work.propose([line], titled)
        visit.lines[0].authorise(visit.lines[0].priced, revision=0)

        visit.work.propose([line], titled)

        assert not visit.has_work_to_ask_for

    def test_an_answer_after_ready_voids_readiness(self) -> None:
        visit = an_estimated_visit()
        answer_latest(visit)
        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=())
        visit.work.propose([a_line()], PRICES)
        visit.draft(prices=PRICES, currency="CNY", at=NOON)
        present_latest(visit)

        answer_latest(visit)

        assert (visit.state, visit.is_ready) == (VisitState.IN_WORKSHOP, False)


class TestThePromise:
    def promised(self) -> Visit:
        visit = an_estimated_visit()
        answer_latest(visit)
        visit.promise_handover(NOON + timedelta(hours=4), waiting_on_site=False, at=NOON)
        return visit

    def test_is_published_without_the_number_of_who_agreed(self) -> None:
        revised = self.promised().revise_promise(
            NewPromise(
                NOON + timedelta(hours=6),
                reason="part late",
                solution="loan car",
                agreed_by="his brother, 13812345678",
                notified_at=NOON,
            ),
            at=NOON,
        )

        assert revised.agreed_by == "his brother, •••"

    def test_needs_an_answer_first(self) -> None:
        with pytest.raises(NothingAnsweredYet):
            a_visit().promise_handover(NOON + timedelta(hours=4), waiting_on_site=False, at=NOON)

    def test_every_change_keeps_the_old_one_the_reason_and_the_solution(self) -> None:
        visit = self.promised()

        revised = visit.revise_promise(
            NewPromise(
                NOON + timedelta(hours=6),
                reason="part late",
                solution="loan car",
                agreed_by="customer",
                notified_at=NOON,
            ),
            at=NOON,
        )

        assert (revised.promise_revision, revised.old_promise) == (2, NOON + timedelta(hours=4))
        assert visit.promise.changes[-1].solution == "loan car"
        assert visit.promise.original == NOON + timedelta(hours=4)

    @pytest.mark.parametrize(("hours", "before"), [(3, True), (5, False)])
    def test_knows_whether_the_customer_was_notified_beforehand(self, hours: int, before: bool) -> None:
        visit = self.promised()
        when = NOON + timedelta(hours=hours)

        visit.notify(topic="delay", channel="phone", notified_at=when, at=when)

        assert visit.promise.delay_notified_before is before
