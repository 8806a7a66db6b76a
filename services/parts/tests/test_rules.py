"""The rules of parts without a database: ledger, reservation, who gets what."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from services.parts.tests.builders import (
    FRIDAY,
    OIL,
    PADS,
    a_line,
    a_reservation,
    a_shelf,
    a_stock,
    ledger,
    qty,
)

from contracts.events.parts import PartsIssued, PartsReleased, PartsReserved, ShortageDetected
from parts.domain import Shelf
from parts.domain.allotment import allot, uncovered
from parts.domain.part import PART, Part, PartState
from parts.domain.picking import PICK, PickRequest, PickState
from parts.domain.reservation import RESERVATION, Asked, Reservation, ReservationState
from parts.domain.reservation_line import MoreThanAuthorised, MoreThanIssued, NotAuthorised, wishes_of
from parts.domain.stock import CountBelowReserved, NotEnoughStock
from servicekit import IllegalTransition, Refusal


def _attached(shelf: Shelf, quantity: str = "4") -> Reservation:
    """A visit whose only line is authorised."""
    reservation = a_reservation()
    reservation.attach(uuid4(), shelf)
    reservation.answer(wishes_of([a_line((PADS, quantity))]), revision=1, shelf=shelf)
    return reservation


def _issue(reservation: Reservation, shelf: Shelf, quantity: str) -> list[object]:
    return list(
        reservation.issue(
            [Asked(reservation.lines[0].part_line_id, qty(quantity))],
            slip_no="PI-250307-0001",
            technician_id=uuid4(),
            currency="CNY",
            shelf=shelf,
        )
    )


def _take_back(reservation: Reservation, shelf: Shelf, quantity: str, *, again: bool = False) -> list[object]:
    asked = [Asked(reservation.lines[0].part_line_id, qty(quantity), needed_again=again)]
    return list(
        reservation.take_back(
            asked, slip_no="PR-250307-0001", technician_id=uuid4(), currency="CNY", shelf=shelf
        )
    )


class TestSettingAside:
    @pytest.mark.req("PART-15")
    def test_takes_no_more_than_is_promised_to_nobody(self) -> None:
        shelf = a_shelf(a_stock(on_hand="5", reserved="3"))

        event = a_reservation().want(
            wishes_of([a_line((PADS, "4"))]), source="appointment", revision=1, shelf=shelf
        )

        assert isinstance(event, ShortageDetected)
        (line,) = event.lines
        assert (line.wanted, line.reserved, line.short) == (qty("4"), qty("2"), qty("2"))
        assert shelf.available(PADS) == 0

    def test_of_a_part_that_is_not_in_the_catalogue_is_a_shortage(self) -> None:
        event = a_reservation().want(
            wishes_of([a_line(("NEVER-LISTED", "1"))]), source="appointment", revision=1, shelf=a_shelf()
        )

        assert isinstance(event, ShortageDetected)

    @pytest.mark.req("PART-15")
    def test_of_a_changed_set_frees_what_is_gone(self) -> None:
        shelf = a_shelf(a_stock(), a_stock(OIL))
        reservation = a_reservation()
        first, second = a_line((PADS, "2")), a_line((OIL, "4"))
        reservation.want(wishes_of([first, second]), source="appointment", revision=1, shelf=shelf)

        event = reservation.want(wishes_of([second]), source="estimate", revision=1, shelf=shelf)

        assert isinstance(event, PartsReserved)
        assert {line.part_no: line.released for line in event.lines} == {PADS: qty("2"), OIL: qty("0")}
        assert shelf.available(PADS) == 10

    def test_never_frees_what_the_customer_agreed_to(self) -> None:
        shelf = a_shelf(a_stock())
        reservation = _attached(shelf)

        reservation.want([], source="estimate", revision=2, shelf=shelf)

        assert reservation.lines[0].held == 4

    def test_follows_a_part_number_that_was_changed(self) -> None:
        shelf = a_shelf(a_stock(), a_stock("BRK-200"))
        line = a_line((PADS, "2"))
        reservation = a_reservation()
        reservation.want(wishes_of([line]), source="estimate", revision=1, shelf=shelf)
        other = line.model_copy(update={"parts": (line.parts[0].model_copy(update={"part_no": "BRK-200"}),)})

        reservation.want(wishes_of([other]), source="estimate", revision=2, shelf=shelf)

        assert (shelf.available(PADS), shelf.available("BRK-200")) == (qty("10"), qty("8"))


class TestTheCounter:
    @pytest.mark.req("PART-02")
    def test_hands_out_from_shelf_and_promise_together(self) -> None:
        stock = a_stock()
        shelf = a_shelf(stock)
        reservation = _attached(shelf)

        (issued,) = _issue(reservation, shelf, "3")

        assert isinstance(issued, PartsIssued)
        assert issued.lines[0].issued_total == 3
        assert (stock.on_hand, stock.reserved, stock.available) == (qty("7"), qty("1"), qty("6"))

    def test_refuses_work_that_nobody_agreed_to(self) -> None:
        shelf = a_shelf(a_stock())
        reservation = a_reservation()
        reservation.attach(uuid4(), shelf)
        reservation.want(wishes_of([a_line((PADS, "1"))]), source="estimate", revision=1, shelf=shelf)

        with pytest.raises(NotAuthorised) as refusal:
            _issue(reservation, shelf, "1")

        assert refusal.value.waiting_for == "reception.visit"

    def test_refuses_more_than_the_line_needs(self) -> None:
        shelf = a_shelf(a_stock())

        with pytest.raises(MoreThanAuthorised):
            _issue(_attached(shelf), shelf, "5")

    def test_refuses_what_is_not_there_and_names_what_is(self) -> None:
        shelf = a_shelf(a_stock(on_hand="1"))

        with pytest.raises(NotEnoughStock) as refusal:
            _issue(_attached(shelf), shelf, "2")

        assert refusal.value.details["available"] == 1

    def test_hands_out_free_stock_to_a_line_that_is_short(self) -> None:
        stock = a_stock(on_hand="1")
        shelf = a_shelf(stock)
        reservation = _attached(shelf, "2")
        shelf.receive(PADS, qty("5"))

        event = _issue(reservation, shelf, "2")

        assert [type(event) for event in event] == [PartsReserved, PartsIssued]
        assert (stock.on_hand, stock.reserved) == (qty("4"), qty("0"))

    @pytest.mark.req("PART-27")
    def test_takes_back_no_more_than_is_unused(self) -> None:
        shelf = a_shelf(a_stock())
        reservation = _attached(shelf)
        _issue(reservation, shelf, "4")
        used = {reservation.lines[0].part_line_id: qty("3")}
        reservation.finish(used, line_ids={reservation.lines[0].line_id}, revision=1, shelf=shelf)

        _take_back(reservation, shelf, "1")

        with pytest.raises(MoreThanIssued):
            _take_back(reservation, shelf, "1")

    def test_gives_another_piece_for_one_that_was_wrong(self) -> None:
        stock = a_stock(on_hand="4")
        shelf = a_shelf(stock)
        reservation = _attached(shelf)
        _issue(reservation, shelf, "4")

        _take_back(reservation, shelf, "1", again=True)

        assert (stock.on_hand, stock.reserved) == (qty("1"), qty("1"))
        _issue(reservation, shelf, "1")
        assert reservation.lines[0].out == 4


class TestTheAnswer:
    def test_frees_what_was_declined_and_keeps_what_was_agreed(self) -> None:
        shelf = a_shelf(a_stock(), a_stock(OIL))
        reservation = a_reservation()
        yes, no = a_line((PADS, "2")), a_line((OIL, "4"))
        reservation.want(wishes_of([yes, no]), source="estimate", revision=1, shelf=shelf)

        (released,) = reservation.answer(wishes_of([yes]), revision=1, shelf=shelf)

        assert isinstance(released, PartsReleased)
        assert released.reason == "declined"
        assert (shelf.available(PADS), shelf.available(OIL)) == (qty("8"), qty("10"))

    def test_leaves_what_was_handed_out(self) -> None:
        shelf = a_shelf(a_stock())
        reservation = _attached(shelf)
        _issue(reservation, shelf, "3")

        reservation.answer([], revision=2, shelf=shelf)

        line = reservation.lines[0]
        assert (line.out, line.held, line.released) == (qty("3"), qty("0"), qty("1"))

    def test_leaves_rework_that_a_complaint_ordered(self) -> None:
        shelf = a_shelf(a_stock())
        reservation = a_reservation()
        rework = wishes_of([a_line((PADS, "1"), payer="shop")])
        reservation.order_rework(rework, measure_id=uuid4(), revision=1, shelf=shelf)

        reservation.answer([], revision=2, shelf=shelf)

        assert reservation.lines[0].held == 1
        assert reservation.lines[0].authorised


class TestAReadyJob:
    def test_frees_the_rest_of_its_lines(self) -> None:
        shelf = a_shelf(a_stock())
        reservation = _attached(shelf)
        _issue(reservation, shelf, "3")

        released = reservation.finish({}, line_ids={reservation.lines[0].line_id}, revision=1, shelf=shelf)

        assert released is not None
        assert shelf.available(PADS) == 7

    def test_does_not_free_what_a_later_estimate_wants(self) -> None:
        shelf = a_shelf(a_stock())
        reservation = _attached(shelf, "1")
        done = reservation.lines[0].line_id
        more = a_line((PADS, "2"))
        reservation.want(wishes_of([more]), source="estimate", revision=2, shelf=shelf)

        reservation.finish({}, line_ids={done}, revision=1, shelf=shelf)

        assert reservation.line(more.parts[0].part_line_id).held == 2


class TestWhoGetsADelivery:
    def test_is_the_one_with_the_oldest_promise(self) -> None:
        shelf = a_shelf(a_stock(on_hand="0"))
        plain, older, younger = (_attached(shelf, "1") for _ in range(3))
        older.lines[0].order(qty("1"), None, FRIDAY)
        younger.lines[0].order(qty("1"), None, FRIDAY + timedelta(hours=1))
        shelf.receive(PADS, qty("2"))

        allot([plain, younger, older], shelf)

        assert [r.lines[0].held for r in (older, younger, plain)] == [1, 1, 0]

    def test_is_nobody_who_no_longer_wants_it(self) -> None:
        shelf = a_shelf(a_stock(on_hand="0"))
        gone = _attached(shelf, "1")
        gone.close(shelf)
        shelf.receive(PADS, qty("2"))

        assert allot([gone], shelf) == []
        assert shelf.available(PADS) == 2

    def test_counts_on_what_is_still_coming_the_oldest_promise_first(self) -> None:
        shelf = a_shelf(a_stock(on_hand="0"))
        older, younger = (_attached(shelf, "2") for _ in range(2))
        older.lines[0].order(qty("2"), None, FRIDAY)
        younger.lines[0].order(qty("2"), None, FRIDAY + timedelta(hours=1))
        ids = older.lines[0].part_line_id, younger.lines[0].part_line_id

        assert uncovered([younger, older], {}, {PADS: qty("4")}) == {}
        assert uncovered([younger, older], {}, {PADS: qty("3")}) == {ids[1]: 1}
        assert uncovered([younger, older], {ids[0]: qty("2")}, {PADS: qty("2")}) == {ids[0]: 2}
        assert uncovered([younger, older], {}, {}) == {ids[0]: 2, ids[1]: 2}


class TestStock:
    def test_costs_the_average_of_what_was_paid(self) -> None:
        stock = a_stock(on_hand="0")

        stock.receive(qty("2"), Decimal("100.00"))
        stock.receive(qty("1"), Decimal("130.00"))

        assert stock.unit_cost == Decimal("110.00")

    @pytest.mark.req("PART-27")
    def test_is_not_counted_below_what_is_promised(self) -> None:
        with pytest.raises(CountBelowReserved):
            a_shelf(a_stock(reserved="3")).count(PADS, qty("2"), "year end")

    @pytest.mark.req("PART-15", "PART-27")
    @given(
        st.lists(st.tuples(st.sampled_from("wradifcs"), st.integers(0, 2), st.integers(1, 6)), max_size=40)
    )
    def test_is_never_negative_nor_promised_twice(self, steps: list[tuple[str, int, int]]) -> None:
        stock = a_stock(on_hand="0")
        shelf = a_shelf(stock)
        reservations = [_attached(shelf, "3") for _ in range(3)]

        for step, who, n in steps:
            with suppress(Refusal):  # a refusal changes nothing, which is what is checked below
                _do(step, reservations[who], shelf, n)

            assert 0 <= stock.reserved <= stock.on_hand
            assert stock.reserved == sum(r.lines[0].held for r in reservations)
            assert stock.on_hand == sum(m.quantity for m in ledger(shelf))
            assert stock.reserved == sum(m.promised for m in ledger(shelf))
            for line in (r.lines[0] for r in reservations):
                assert line.wanted == line.reserved + line.short + line.released
                assert 0 <= line.returned <= line.issued <= line.reserved
                assert 0 <= line.back_ordered <= line.short


def _do(step: str, reservation: Reservation, shelf: Shelf, n: int) -> None:
    line = reservation.lines[0]
    if step == "w":
        line.want_again(shelf)
    elif step == "r":
        shelf.receive(PADS, qty(str(n)))
    elif step == "a":
        allot([reservation], shelf)
    elif step == "d":
        reservation.release("declined", shelf)
    elif step == "i":
        _issue(reservation, shelf, str(n))
    elif step == "f":
        line.free(shelf)
    elif step == "c":
        shelf.count(PADS, qty(str(n)), "count")
    else:
        _take_back(reservation, shelf, str(n), again=n % 2 == 0)


class TestStates:
    @pytest.mark.parametrize("state", list(ReservationState))
    @pytest.mark.parametrize("command", RESERVATION.commands)
    def test_of_a_reservation_name_what_is_allowed(self, state: ReservationState, command: str) -> None:
        shelf = a_shelf(a_stock())
        reservation = _attached(shelf)
        _issue(reservation, shelf, "1")
        reservation.state = state
        line_id = reservation.lines[0].part_line_id
        acts: dict[str, Callable[[], object]] = {
            "attach": lambda: reservation.attach(uuid4(), shelf),
            "close": lambda: reservation.close(shelf),
            "request_picking": lambda: reservation.must_be_pickable([line_id]),
            "issue": lambda: _issue(reservation, shelf, "1"),
            "return": lambda: _take_back(reservation, shelf, "1"),
            "set_aside": lambda: reservation.set_aside(line_id, shelf),
            "free": lambda: reservation.free(line_id, shelf),
        }
        if command in RESERVATION.allowed(state):
            acts[command]()
            assert reservation.state == RESERVATION.go(state, command)
            return
        with pytest.raises(IllegalTransition) as refusal:
            acts[command]()
        assert (refusal.value.state, refusal.value.allowed) == (state, RESERVATION.allowed(state))

    @pytest.mark.parametrize("state", list(PickState))
    @pytest.mark.parametrize("command", PICK.commands)
    def test_of_a_pick_request_name_what_is_allowed(self, state: PickState, command: str) -> None:
        request = PickRequest(
            reservation_id=uuid4(), technician_id=uuid4(), lines=[], requested_at=FRIDAY, state=state
        )
        acts: dict[str, Callable[[], object]] = {
            "pick": lambda: request.pick("PI-250307-0001", FRIDAY),
            "withdraw": request.withdraw,
        }
        if command in PICK.allowed(state):
            acts[command]()
            assert request.state == PICK.go(state, command)
            return
        with pytest.raises(IllegalTransition):
            acts[command]()

    @pytest.mark.parametrize("state", list(PartState))
    def test_of_a_part_name_what_is_allowed(self, state: PartState) -> None:
        part = Part(part_no=PADS, state=state)
        if "withdraw" in PART.allowed(state):
            assert part.withdraw().part_no == PADS
            return
        with pytest.raises(IllegalTransition):
            part.withdraw()
