"""The rules of arrival, and every command in every state; no database, no clock."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from services.reception.tests.builders import (
    ADVISOR,
    CHECKS,
    NOON,
    PRICES,
    RULES,
    a_line,
    a_visit,
    papers,
)

from reception.domain import Visit
from reception.domain.acceptance import Acceptance
from reception.domain.arrival import LateReceptionUnexplained
from reception.domain.estimate import ESTIMATE
from reception.domain.instants import NotInThePast
from reception.domain.promise import PROMISE
from reception.domain.record import Closing
from reception.domain.registration import FormNotSigned, RegistrationForm
from reception.domain.visit_states import VISIT, VisitState
from servicekit import IllegalTransition
from servicekit.states import Machine


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

        with pytest.raises(LateReceptionUnexplained):
            visit.receive(
                advisor_id=ADVISOR,
                reason=reason,
                alternative=alternative,
                rules=RULES,
                at=NOON + timedelta(minutes=16),
            )

        assert visit.state == VisitState.ARRIVED

    def test_an_arrival_cannot_lie_in_the_future(self) -> None:
        with pytest.raises(NotInThePast):
            a_visit(VisitState.ARRIVED).arrive(
                arrived_at=NOON + timedelta(minutes=1), slot_start=None, priority_class="normal", at=NOON
            )


class TestTheRegistrationForm:
    def form(self, **own: object) -> RegistrationForm:
        return RegistrationForm.model_validate({"form_no": "F-250307-0001", "signed_at": NOON} | own)

    def test_must_be_signed(self) -> None:
        with pytest.raises(FormNotSigned):
            a_visit(VisitState.RECEIVED).complete_intake(
                self.form(), signed=False, mileage_km=None, waiting_on_site=False, currency="CNY"
            )

    def test_authorises_line_zero_and_nothing_else(self) -> None:
        visit = a_visit(VisitState.RECEIVED)
        zero, booked = a_line(kind="diagnosis", work_type="diagnosis", minutes=30, part=None), a_line()
        visit.work.propose([booked, zero], PRICES)

        done = visit.complete_intake(
            self.form(), signed=True, mileage_km=52_000, waiting_on_site=True, currency="CNY"
        )

        assert [line.line_id for line in done.lines] == [zero.line_id, booked.line_id]
        assert done.authorised_line_ids == (zero.line_id,)
        assert done.lines[0].gross == Decimal("63.60")
        assert done.priority_class == "waiting"

    def test_is_masked_before_it_is_published(self) -> None:
        visit = a_visit(VisitState.RECEIVED)
        form = self.form(
            special_requirements=("call 13812345678",), fault={"phenomenon": "13812345678 rings"}
        )

        done = visit.complete_intake(form, signed=True, mileage_km=1, waiting_on_site=False, currency="CNY")

        assert "13812345678" not in done.model_dump_json()


class TestStates:
    @pytest.mark.parametrize("state", list(VisitState))
    @pytest.mark.parametrize("command", VISIT.commands)
    def test_every_command_in_every_state_leads_somewhere_or_names_what_is_allowed(
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
        later = NOON + timedelta(hours=1)
        attempts: dict[str, Callable[[Visit], object]] = {
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
            "promise": lambda v: v.promise_handover(later, waiting_on_site=False, at=NOON),
            "notify": lambda v: v.notify(topic="progress", channel="phone", notified_at=NOON, at=NOON),
            "vehicle_left": lambda v: v.leave(
                reason="x", return_expected_at=None, done_line_ids=set(), at=NOON
            ),
            "vehicle_returned": lambda v: v.come_back(at=NOON),
            "accept_work": lambda v: v.accept_work(
                Acceptance(1, CHECKS, ()), papers=papers(estimate_revision=None), rules=RULES, at=NOON
            ),
            "close": lambda v: v.close(Closing("R"), at=NOON),
        }
        for command, attempt in attempts.items():
            visit = a_visit(state)
            visit.work.propose([a_line()], PRICES)
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
