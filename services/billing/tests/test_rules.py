"""Billing's rules, pure: what is billed, rounding, states, payments, credit, measures."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from services.billing.tests.builders import a_line, a_part, a_rework_line, done

from billing.domain import (
    INVOICE,
    CreditLimitExceeded,
    CreditNotAgreed,
    HouseRules,
    Invoice,
    InvoiceState,
    LabourRate,
    Measure,
    Overpayment,
    authorised_gross,
    carry_out,
    charges,
    invoice_totals,
    must_be_possible,
    new_invoice,
)
from contracts.events.billing import InvoiceDiscounted, InvoiceRefunded, MeasureNotPossible
from contracts.values import LineResult
from servicekit import IllegalTransition

NOON = datetime(2025, 3, 7, 4, 0, tzinfo=UTC)
NO_TAX = Decimal(0)
MOVES = ["pay", "refund", "discount"]


def an_invoice(gross: str = "100.00", *, state: str = "prepared", **facts: object) -> Invoice:
    invoice = new_invoice(
        invoice_id=uuid4(),
        visit_id=uuid4(),
        request_id=uuid4(),
        customer_id=uuid4(),
        currency="CNY",
        at=NOON,
    )
    invoice.total_gross = invoice.total_net = invoice.authorised_gross = Decimal(gross)
    invoice.revision, invoice.state = 1, state
    for name, value in facts.items():
        setattr(invoice, name, value)
    invoice.recompute_amounts()
    return invoice


def issued(gross: str = "100.00") -> Invoice:
    invoice = an_invoice(gross)
    invoice.issue("INV-2025-000001", signed_at=NOON, at=NOON, rules=HouseRules())
    return invoice


def paid(invoice: Invoice, amount: str) -> Invoice:
    invoice.take_payment(Decimal(amount), payment_id=uuid4(), method="card", at=NOON)
    return invoice


def a_measure(kind: str, amount: str) -> Measure:
    return Measure(
        measure_id=uuid4(),
        visit_id=None,
        invoice_id=None,
        kind=kind,
        amount=Decimal(amount),
        reason="late",
        approved_by="officer",
        decided_at=NOON,
    )


def carried_out(invoice: Invoice, measure: Measure) -> object:
    led_to = carry_out(invoice, measure, refund_id=uuid4(), method="card", at=NOON, on=date(2025, 3, 7))
    return led_to.events[0]


class TestWhatIsBilled:
    def test_the_worked_example_of_labour_parts_and_discount(self) -> None:
        """F-32: labour 1.5 h x 200, parts 2 x 85, discount 30; the sublet of 100 as a part at its price."""
        part, sublet = a_part(tax_rate=NO_TAX), a_part("1.000", "100.00", NO_TAX)
        line = a_line(parts=[part, sublet], discount_net="30.00", tax_rate=NO_TAX)
        kept = {part.part_line_id: Decimal(2), sublet.part_line_id: Decimal(1)}

        rows = charges([line], [done(line)], kept)

        assert invoice_totals(rows).gross == Decimal("540.00")

    @pytest.mark.req("BILL-02")
    def test_additional_work_only_if_it_was_authorised(self) -> None:
        """F-32: 540 and 120 more."""
        line = a_line(hourly_rate="360.00", tax_rate=NO_TAX)
        more = a_line(minutes=60, hourly_rate="120.00", tax_rate=NO_TAX)

        without = charges([line], [done(line), done(more)], {})
        with_it = charges([line, more], [done(line), done(more)], {})

        assert (invoice_totals(without).gross, invoice_totals(with_it).gross) == (Decimal(540), Decimal(660))

    def test_nothing_of_a_line_that_is_not_done(self) -> None:
        part = a_part()
        line = a_line(parts=[part])

        result = LineResult(line_id=line.line_id, outcome="not_done")

        assert charges([line], [result], {part.part_line_id: Decimal(2)}) == ()

    @pytest.mark.req("BILL-03")
    @pytest.mark.parametrize(("kept", "billed"), [("1.000", "1.000"), ("2.000", "2.000"), ("3.000", "2.000")])
    def test_a_part_is_billed_by_what_stayed_but_never_more_than_authorised(
        self, kept: str, billed: str
    ) -> None:
        part = a_part("2.000")
        line = a_line(parts=[part])

        rows = charges([line], [done(line)], {part.part_line_id: Decimal(kept)})

        assert rows[1].quantity == Decimal(billed)
        assert rows[1].net == Decimal(billed) * 85

    @pytest.mark.req("BILL-03")
    def test_labour_costs_the_authorised_price_however_long_it_took(self) -> None:
        line = a_line(minutes=90)
        result = LineResult(line_id=line.line_id, outcome="done", labour_minutes=300)

        [row] = charges([line], [result], {})

        assert (row.net, row.labour_minutes) == (Decimal("300.00"), 90)

    @pytest.mark.req("BILL-03")
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 300),
                st.decimals("0.01", 500, places=2),
                st.decimals("0.001", 9, places=3),
                st.decimals("0.01", 999, places=2),
                st.decimals(0, 400, places=2),
                st.decimals(0, 9, places=3),
                st.booleans(),
            ),
            max_size=5,
        )
    )
    def test_never_above_what_was_authorised(
        self, drawn: list[tuple[int, Decimal, Decimal, Decimal, Decimal, Decimal, bool]]
    ) -> None:
        lines, results, kept = [], [], {}
        for minutes, rate, quantity, price, discount, used, is_done in drawn:
            part = a_part(str(quantity), str(price))
            whole = a_line(minutes=minutes, hourly_rate=str(rate), parts=[part])
            most = min(discount, whole.labour_net)
            line = a_line(minutes=minutes, hourly_rate=str(rate), parts=[part], discount_net=str(most))
            lines.append(line)
            results += [done(line)] if is_done else []
            kept[part.part_line_id] = used

        rows = charges(lines, results, kept)

        assert invoice_totals(rows).gross <= authorised_gross(lines)
        for line in lines:
            assert sum(row.gross for row in rows if row.line_id == line.line_id) <= line.gross


class TestRework:
    @pytest.mark.parametrize("more", [{"payer": "shop"}, {"kind": "rework"}])
    def test_is_shown_at_nothing_with_the_benefit_named(self, more: dict[str, Any]) -> None:
        part = a_part()
        line = a_line(parts=[part], **more)

        rows = charges([line], [done(line)], {part.part_line_id: Decimal(2)})

        assert [row.net for row in rows] == [Decimal(0), Decimal(0)]
        assert all(row.benefit and row.payer == "shop" for row in rows)

    def test_is_no_part_of_what_the_customer_authorised(self) -> None:
        assert authorised_gross([a_line(payer="shop")]) == 0
        assert a_rework_line().payer == "shop"


class TestTax:
    def test_is_taken_once_per_rate_and_the_rows_of_a_line_add_up_to_it(self) -> None:
        parts = [a_part("1.000", "0.04") for _ in range(3)]
        line = a_line(minutes=0, parts=parts)
        kept = {part.part_line_id: Decimal(1) for part in parts}

        rows = charges([line], [done(line)], kept)

        assert invoice_totals(rows).tax == Decimal("0.02")
        assert sum(row.gross for row in rows) == invoice_totals(rows).gross


class TestStates:
    @pytest.mark.parametrize("state", list(InvoiceState))
    @pytest.mark.parametrize("command", INVOICE.commands)
    def test_every_command_in_every_state_leads_on_or_names_what_is_allowed(
        self, state: InvoiceState, command: str
    ) -> None:
        if command in INVOICE.allowed(state):
            assert INVOICE.go(state, command) in list(InvoiceState)
            return

        with pytest.raises(IllegalTransition) as refused:
            INVOICE.go(state, command)

        assert (refused.value.state, refused.value.allowed) == (state, INVOICE.allowed(state))

    @pytest.mark.parametrize("state", [s for s in InvoiceState if s not in {"issued", "part_paid"}])
    def test_credit_is_for_what_is_owed(self, state: InvoiceState) -> None:
        with pytest.raises(IllegalTransition):
            an_invoice(state=state).approve_credit(
                limit=Decimal(999), owed_elsewhere=Decimal(0), approved_by="x", at=NOON, rules=HouseRules()
            )

    @pytest.mark.parametrize("state", ["prepared", "withdrawn", "refunded"])
    def test_a_payment_is_for_what_is_issued(self, state: str) -> None:
        with pytest.raises(IllegalTransition):
            paid(an_invoice(state=state), "1.00")

    @pytest.mark.parametrize("state", list(InvoiceState))
    @pytest.mark.parametrize("kind", ["refund", "discount"])
    @pytest.mark.parametrize("amount", ["0.00", "10.00", "500.00"])
    def test_a_measure_never_fails_but_is_done_or_not_possible(
        self, state: InvoiceState, kind: str, amount: str
    ) -> None:
        gone = Decimal(100) if state == "refunded" else Decimal(0)
        invoice = an_invoice(state=state, paid=Decimal(100), refunded=gone, reduced=gone)
        measure = a_measure(kind, amount)

        carried_out(invoice, measure)

        assert measure.state in {"done", "not_possible"}


@pytest.mark.req("BILL-07")
class TestPaying:
    def test_in_parts_settles_with_the_last(self) -> None:
        invoice = paid(issued(), "40.00")
        states = [invoice.state]
        paid(invoice, "60.00")

        assert [*states, invoice.state] == ["part_paid", "settled"]
        assert (invoice.balance, invoice.settled_how) == (Decimal(0), "paid")

    def test_more_than_is_owed_is_refused_and_changes_nothing(self) -> None:
        invoice = issued()

        with pytest.raises(Overpayment):
            paid(invoice, "100.01")

        assert (invoice.state, invoice.paid) == ("issued", Decimal(0))

    def test_nothing_to_pay_is_settled_with_the_issue(self) -> None:
        assert (issued("0.00").state, issued("0.00").settled_how) == ("settled", "nothing_to_pay")


class TestCredit:
    def test_needs_an_agreement(self) -> None:
        with pytest.raises(CreditNotAgreed):
            self._approve(issued(), None, "0.00")

    def test_stops_at_the_limit_over_all_invoices(self) -> None:
        with pytest.raises(CreditLimitExceeded):
            self._approve(issued(), "150.00", "50.01")

        invoice = issued()
        self._approve(invoice, "150.00", "50.00")
        assert (invoice.state, invoice.credit, invoice.balance) == ("settled", Decimal(100), Decimal(100))

    def test_goes_down_with_a_later_payment(self) -> None:
        invoice = issued()
        self._approve(invoice, "100.00", "0.00")

        paid(invoice, "30.00")

        assert (invoice.credit, invoice.state) == (Decimal(70), "settled")

    def _approve(self, invoice: Invoice, limit: str | None, elsewhere: str) -> None:
        invoice.approve_credit(
            limit=None if limit is None else Decimal(limit),
            owed_elsewhere=Decimal(elsewhere),
            approved_by="manager",
            at=NOON,
            rules=HouseRules(),
        )


class TestMeasures:
    def test_a_refund_lowers_what_is_owed_by_what_goes_back(self) -> None:
        invoice = paid(issued(), "100.00")

        published = carried_out(invoice, a_measure("refund", "30.00"))

        assert isinstance(published, InvoiceRefunded)
        assert [invoice.payable, invoice.net_paid, invoice.balance] == [70, 70, 0]
        assert invoice.state == "part_refunded"

    def test_everything_back_is_refunded(self) -> None:
        invoice = paid(issued(), "100.00")
        carried_out(invoice, a_measure("refund", "100.00"))

        assert invoice.state == "refunded"

    def test_more_than_was_paid_publishes_what_is_possible(self) -> None:
        published = carried_out(paid(issued(), "20.00"), a_measure("refund", "30.00"))

        assert isinstance(published, MeasureNotPossible)
        assert published.possible == Decimal("20.00")

    @pytest.mark.req("BILL-10")
    def test_a_discount_after_payment_gives_the_surplus_back(self) -> None:
        invoice = paid(issued(), "90.00")

        published = carried_out(invoice, a_measure("discount", "30.00"))

        assert isinstance(published, InvoiceDiscounted)
        assert published.refund_id is not None
        assert [invoice.payable, invoice.refunded, invoice.balance] == [70, 20, 0]

    @pytest.mark.req("BILL-10")
    def test_a_discount_of_all_that_is_open_settles(self) -> None:
        invoice = paid(issued(), "70.00")
        carried_out(invoice, a_measure("discount", "30.00"))

        assert invoice.state == "settled"

    def test_a_person_is_refused_before_anything_is_decided(self) -> None:
        invoice = issued()
        with pytest.raises(IllegalTransition):
            must_be_possible(an_invoice(state="refunded"), "refund", Decimal(1))
        with pytest.raises(Exception, match="refund_exceeds_paid"):
            must_be_possible(invoice, "refund", Decimal(1))

    @given(
        st.lists(st.tuples(st.sampled_from(["pay", "refund", "discount"]), st.integers(1, 12000)), max_size=8)
    )
    def test_money_always_balances(self, moves: list[tuple[str, int]]) -> None:
        """Q5: payments less refunds, and what is open, are what is payable."""
        invoice = issued()
        for move, cents in moves:
            amount = f"{Decimal(cents) / 100:.2f}"
            if move != "pay":
                carried_out(invoice, a_measure(move, amount))
            elif Decimal(amount) <= invoice.balance:
                paid(invoice, amount)

            assert invoice.paid - invoice.refunded + invoice.balance == invoice.payable
            assert invoice.payable >= 0
            assert invoice.balance >= 0
            assert (invoice.balance == 0) == (invoice.settled_at is not None)


class TestLabourRates:
    def test_the_latest_step_that_has_begun_is_in_force(self) -> None:
        rate = LabourRate.new("mechanical", "vip", currency="CNY")
        for day, price in ((1, "200.00"), (10, "220.00")):
            published = rate.set(
                hourly_rate=Decimal(price),
                tax_rate=Decimal("0.06"),
                valid_from=date(2025, 3, day),
                at=NOON,
                set_by=uuid4(),
                reason="",
            )

        step = rate.in_force(date(2025, 3, 9))

        assert published.rate == "mechanical:vip"
        assert step is not None
        assert step.hourly_rate == 200
        assert rate.in_force(date(2025, 2, 28)) is None


class TestHouseRules:
    @pytest.mark.parametrize("ages", [(), (30, 30), (0, 10)])
    def test_age_groups_must_rise(self, ages: tuple[int, ...]) -> None:
        with pytest.raises(ValidationError):
            HouseRules(ageing_days=ages)
