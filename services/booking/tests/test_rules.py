"""Booking's rules without a database: requests, calls, preparation, every state with every command."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from services.booking.tests.builders import (
    FRIDAY,
    MONDAY_9,
    RULES,
    a_confirmed,
    a_line,
    a_plan,
    a_request,
    a_reservation,
    in_state,
)

from booking.domain.appointment import Appointment, WorkAlreadyAuthorised
from booking.domain.appointment_states import APPOINTMENT, BY_FACTS, AppointmentState
from booking.domain.calls import CallKind, reminders
from booking.domain.capacity import (
    Load,
    load_of,
)
from booking.domain.figures import Counted
from booking.domain.menu import MenuItem, ServiceNotOffered, ServiceTerms, ServiceType, lines_from_menu
from booking.domain.preparation import PartsShort
from booking.domain.wish import RequestIncomplete
from contracts.values import ServicePart, Title
from servicekit import IllegalTransition, new_id

MONDAY = MONDAY_9.date()


class TestARequest:
    def test_must_be_answered_within_a_day(self) -> None:
        monday_10 = datetime(2025, 3, 10, 2, 0, tzinfo=UTC)

        made = a_request(at=monday_10)

        assert made.respond_by == datetime(2025, 3, 11, 2, 0, tzinfo=UTC)  # Tue 10:00 (F-11)
        assert not made.is_overdue(made.respond_by)
        assert made.is_overdue(made.respond_by + timedelta(seconds=1))

    def test_names_a_fault_or_work(self) -> None:
        with pytest.raises(RequestIncomplete):
            a_request(fault_text=" ", lines=())

    def test_without_work_takes_the_minutes_of_a_diagnosis(self) -> None:
        assert a_request(lines=()).work == Load(RULES.diagnosis_minutes)
        assert load_of([a_line(minutes=60)], diagnosis=True, rules=RULES) == Load(90)

    def test_belongs_to_who_took_it_until_handed_over(self) -> None:
        made = a_request()
        made.hand_over_to("wang", by="zhao", at=FRIDAY)

        assert made.owner == "wang"
        assert [(c.change, c.by) for c in made.changes] == [("requested", "zhao"), ("owner_changed", "zhao")]

    @pytest.mark.parametrize("field", ["fault_text", "fault_occurred", "source"])
    def test_keeps_no_phone_numbers(self, field: str) -> None:
        own: dict[str, Any] = {field: "call 138 1234 5678 or 13812345678"}
        made = a_request(**own)

        assert getattr(made, field) == "call ••• or •••"


class TestReminders:
    @pytest.mark.req("BOOK-11")
    def test_come_three_days_and_one_day_before(self) -> None:
        slot = FRIDAY + timedelta(days=10)

        assert list(reminders(slot, urgent=False, rules=RULES, at=FRIDAY)) == [
            (CallKind.NOTICE, slot - timedelta(days=3)),
            (CallKind.DAY_BEFORE, slot - timedelta(days=1)),
        ]

    @pytest.mark.req("BOOK-11")
    def test_come_at_once_when_the_slot_is_near(self) -> None:
        slot = FRIDAY + timedelta(hours=5)

        assert list(reminders(slot, urgent=False, rules=RULES, at=FRIDAY)) == [(CallKind.NOTICE, FRIDAY)]

    def test_spare_urgent_requests(self) -> None:
        assert not list(reminders(FRIDAY, urgent=True, rules=RULES, at=FRIDAY))

    def test_stay_on_the_list_while_the_customer_is_undecided(self) -> None:
        made = a_confirmed()
        call = made.calls[0]
        later = FRIDAY + timedelta(hours=4)

        made.log_call(call.id, "continues", note="", again_at=later, by="zhao", at=FRIDAY)
        assert (call.done_at, call.due_at) == (None, later)
        made.log_call(call.id, "completed", note="", again_at=None, by="zhao", at=later)
        assert call.done_at == later


def test_key_figures_follow_the_formula() -> None:
    counted = Counted(
        arrivals=60,
        booked_arrivals=42,
        contacts=80,
        bookings=48,
        due=48,
        kept=42,
        cancelled_in_time=2,
        missed=4,
        requests=0,
        complete_requests=0,
    )

    assert counted.booking_share == Decimal("0.7000")
    assert counted.contact_success == Decimal("0.6000")
    assert counted.show_rate == Decimal("0.9130")
    assert counted.no_show_rate == Decimal("0.0870")
    assert counted.record_completeness is None


class TestPreparing:
    @pytest.mark.req("BOOK-17")
    def test_is_done_with_the_fourth_check(self) -> None:
        made = a_confirmed()

        events = [made.prepare(c, ready=True, by="zhao", at=FRIDAY) for c in ("bay", "crew", "reception")]

        assert [event is not None for event in events] == [False, False, True]  # parts: none are needed
        assert made.prepare("bay", ready=True, by="zhao", at=FRIDAY) is None
        assert made.prepare("bay", ready=False, by="zhao", at=FRIDAY) is None
        assert made.prepared_at is None
        assert made.prepare("bay", ready=True, by="zhao", at=FRIDAY) is not None

    def test_of_missing_parts_cannot_be_ticked(self) -> None:
        made = a_confirmed(lines=(a_line(parts_needed=1),))
        made.check_parts(a_reservation(made, short=True), at=FRIDAY)

        with pytest.raises(PartsShort):
            made.prepare("parts", ready=True, by="zhao", at=FRIDAY)

    def test_begins_anew_when_the_slot_moves(self) -> None:
        made = a_confirmed()
        made.prepare("bay", ready=True, by="zhao", at=FRIDAY)

        event = _reschedule(made)

        assert (event.revision, made.bay.ready, made.parts.ready) == (2, False, True)


class TestWork:
    def test_of_the_menu_gets_its_ids_once(self) -> None:
        item = MenuItem(
            service_code="OIL",
            changed_at=FRIDAY,
            terms=ServiceTerms(
                title=Title(zh="保养", en="Service"),
                service_type=ServiceType.MAINTENANCE,
                work_type="maintenance",
                skill="service",
                labour_minutes=60,
                parts=(ServicePart(part_no="OIL-5W30", quantity=Decimal(4)),),
            ),
        )
        first = lines_from_menu(["OIL"], {"OIL": item}, parts={}, new_id=new_id)

        again = lines_from_menu(["OIL", "OIL"], {"OIL": item}, parts={}, new_id=new_id, kept=first)

        assert again == first
        assert first[0].kind == "maintenance"
        with pytest.raises(ServiceNotOffered):
            lines_from_menu(["WASH"], {}, parts={}, new_id=new_id)
        item.withdraw(at=FRIDAY)
        with pytest.raises(ServiceNotOffered):
            item.line(parts={}, new_id=new_id)

    @pytest.mark.req("BOOK-30")
    @pytest.mark.parametrize(
        ("service_type", "kind"),
        [
            ("repair", "repair"),
            ("maintenance", "maintenance"),
            ("inspection", "diagnosis"),
            ("consultation", "diagnosis"),
            ("first_service", "maintenance"),
            ("quick_repair", "repair"),
            ("door_to_door", "repair"),
            ("package", "maintenance"),
            ("care", "maintenance"),
            ("modification", "repair"),
        ],
    )
    def test_of_each_type_counts_in_its_share_of_the_day(self, service_type: str, kind: str) -> None:
        terms = ServiceTerms(
            title=Title(zh="项目", en="Work"),
            service_type=ServiceType(service_type),
            work_type="mechanical",
            skill="service",
            labour_minutes=60,
        )
        item = MenuItem(service_code="X", changed_at=FRIDAY, terms=terms)

        line = item.line(parts={}, new_id=new_id)

        assert (line.kind, load_of([line], diagnosis=False, rules=RULES).maintenance) == (
            kind,
            60 if kind == "maintenance" else 0,
        )

    def test_agreed_on_the_visit_cannot_be_changed_here(self) -> None:
        with pytest.raises(WorkAlreadyAuthorised):
            a_request(visit_id=uuid4()).change_work((), diagnosis=False, rules=RULES)


def _reschedule(made: Appointment) -> Any:
    return made.reschedule(
        a_plan(made, MONDAY_9 + timedelta(days=1)),
        reason="",
        asked_by="customer",
        overbooked_by=None,
        rules=RULES,
        by="zhao",
        at=FRIDAY,
    )


COMMANDS: dict[str, Callable[[Appointment], object]] = {
    "respond": lambda a: a.respond(note="", by="zhao", at=FRIDAY),
    "confirm": lambda a: a.confirm(a_plan(a), overbooked_by=None, rules=RULES, by="zhao", at=FRIDAY),
    "reschedule": _reschedule,
    "prepare": lambda a: a.prepare("bay", ready=True, by="zhao", at=FRIDAY),
    "log_call": lambda a: a.log_call(
        a.calls[0].id if a.calls else uuid4(), "continues", note="", again_at=None, by="zhao", at=FRIDAY
    ),
    "confirm_attendance": lambda a: a.confirm_attendance(by="zhao", at=FRIDAY),
    "cancel": lambda a: a.cancel(reason="", cancelled_by="customer", rules=RULES, by="zhao", at=FRIDAY),
}


@pytest.mark.parametrize("state", list(AppointmentState))
@pytest.mark.parametrize("command", [c for c in APPOINTMENT.commands if c not in BY_FACTS])
def test_every_command_in_every_state(state: AppointmentState, command: str) -> None:
    made = in_state(state)
    if command == "log_call" and state == AppointmentState.REQUESTED:
        made.call_with_offer(due_at=FRIDAY)

    if command in APPOINTMENT.allowed(state):
        COMMANDS[command](made)
        assert made.state == APPOINTMENT.go(state, command)
    else:
        with pytest.raises(IllegalTransition) as refused:
            COMMANDS[command](made)
        assert refused.value.state == state
        assert refused.value.allowed == APPOINTMENT.allowed(state)
        assert made.state == state


class TestTheCarComing:
    @pytest.mark.parametrize("state", [s for s in AppointmentState if s != AppointmentState.KEPT])
    def test_wins_in_every_state(self, state: AppointmentState) -> None:
        made, visit_id = in_state(state), uuid4()

        event = made.keep(visit_id, arrived_on=MONDAY, slot_days={MONDAY: made.work}, at=MONDAY_9)

        assert event is not None
        assert (made.state, made.kept_visit_id) == ("kept", visit_id)
        assert event.after_missed == (state == AppointmentState.MISSED)
        assert made.load == {MONDAY: made.work}

    def test_on_another_day_frees_the_slot(self) -> None:
        made = a_confirmed()

        made.keep(uuid4(), arrived_on=date(2025, 3, 8), slot_days=made.load, at=FRIDAY)

        assert not made.slot_held
        assert made.load == {date(2025, 3, 8): made.work}

    def test_a_second_time_changes_nothing(self) -> None:
        made = in_state("kept")

        assert made.keep(uuid4(), arrived_on=MONDAY, slot_days={}, at=MONDAY_9) is None

    @pytest.mark.req("BOOK-37")
    def test_not_within_the_grace_makes_it_missed(self) -> None:
        made = a_confirmed()
        grace = timedelta(minutes=RULES.grace_minutes)

        assert made.miss(rules=RULES, at=MONDAY_9 + grace - timedelta(seconds=1)) is None
        event = made.miss(rules=RULES, at=MONDAY_9 + grace)

        assert event is not None
        assert (event.slot_start, event.grace_minutes) == (MONDAY_9, RULES.grace_minutes)
        assert made.load == {}
        assert made.miss(rules=RULES, at=MONDAY_9 + 2 * grace) is None


class TestCancelling:
    @pytest.mark.parametrize(("hours", "in_time"), [(24, True), (23, False)])
    def test_is_in_time_a_day_before(self, hours: int, in_time: bool) -> None:
        made = a_confirmed()

        event = made.cancel(
            reason="call 13812345678",
            cancelled_by="customer",
            rules=RULES,
            by="zhao",
            at=MONDAY_9 - timedelta(hours=hours),
        )

        assert event.in_time is in_time
        assert "13812345678" not in event.reason
        assert made.load == {}
        assert all(call.done_at for call in made.calls)
