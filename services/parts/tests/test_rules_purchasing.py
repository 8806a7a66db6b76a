"""The rules of purchasing without a database: suppliers, deliveries, what an order's state allows."""

from collections.abc import Callable

import pytest
from services.parts.tests.builders import FRIDAY, PADS, qty

from parts.domain import PurchaseOrder, PurchaseOrderLine, Supplier
from parts.domain.purchase import (
    ORDER,
    Delivered,
    MoreThanOrdered,
    OrderState,
    SupplierNotQualified,
    delivery_expected,
)
from servicekit import IllegalTransition
from shopkit.calendar import DEFAULT_CALENDAR


def _an_order(quantity: str = "1") -> PurchaseOrder:
    line = PurchaseOrderLine(part_no=PADS, quantity=qty(quantity))
    return PurchaseOrder(order_no="PO-250307-0001", created_by="system", created_at=FRIDAY, lines=[line])


class TestPurchasing:
    def test_is_only_from_qualified_suppliers(self) -> None:
        with pytest.raises(SupplierNotQualified):
            _an_order().place(
                Supplier(name="Anybody", qualified=False), currency="CNY", by="system", at=FRIDAY
            )

    def test_is_received_when_all_of_it_came(self) -> None:
        order = _an_order("4")
        order.place(Supplier(name="Bosch", qualified=True), currency="CNY", by="system", at=FRIDAY)

        order.receive([Delivered(order.lines[0].id, qty("3"))], currency="CNY", by="system", at=FRIDAY)
        assert order.state == OrderState.PLACED

        order.receive([Delivered(order.lines[0].id, qty("1"))], currency="CNY", by="system", at=FRIDAY)
        assert order.state == OrderState.RECEIVED

    def test_takes_no_more_than_was_ordered(self) -> None:
        order = _an_order("4")
        order.place(Supplier(name="Bosch", qualified=True), currency="CNY", by="system", at=FRIDAY)

        with pytest.raises(MoreThanOrdered):
            order.receive([Delivered(order.lines[0].id, qty("5"))], currency="CNY", by="system", at=FRIDAY)

    def test_is_expected_after_working_days_only(self) -> None:
        due = delivery_expected(DEFAULT_CALENDAR, FRIDAY, 1)

        assert (due.date() - FRIDAY.date()).days == 3  # Friday to Monday

    @pytest.mark.parametrize("state", list(OrderState))
    @pytest.mark.parametrize("command", ["place", "receive", "change_eta", "cancel"])
    def test_names_what_its_state_allows(self, state: OrderState, command: str) -> None:
        order = _an_order()
        order.state = state
        bosch = Supplier(name="Bosch", qualified=True)
        rows = [Delivered(order.lines[0].id, qty("1"))]
        acts: dict[str, Callable[[], object]] = {
            "place": lambda: order.place(bosch, currency="CNY", by="system", at=FRIDAY),
            "receive": lambda: order.receive(rows, currency="CNY", by="system", at=FRIDAY),
            "change_eta": lambda: order.change_eta(FRIDAY, reason="", by="system", at=FRIDAY),
            "cancel": lambda: order.cancel(by="system", at=FRIDAY),
        }
        if command in ORDER.allowed(state):
            acts[command]()
            assert order.state == ORDER.go(state, command)
            return
        with pytest.raises(IllegalTransition) as refusal:
            acts[command]()
        assert refusal.value.allowed == ORDER.allowed(state)
