"""Calls that the booking desk owes its customers, and the scripts that are read on them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.base import Base
from booking.domain.rules import HouseRules
from contracts.values import Title
from servicekit import Aggregate, NotFound, Refusal
from servicekit.columns import Json
from servicekit.ids import new_id
from servicekit.personal_data import mask


class CallClosed(Refusal):
    """This call has been dealt with."""


class CallKind(StrEnum):
    """Why the desk calls."""

    OFFER = "offer"
    NOTICE = "notice"
    DAY_BEFORE = "day_before"


class CallType(StrEnum):
    """What a script is for (BOOK-35)."""

    REMINDER = "reminder"
    CONFIRMATION = "confirmation"
    CHANGE = "change"
    NO_SHOW = "no_show"


CallOutcome = Literal["completed", "continues", "not_reached"]
"""The activity is completed, or it continues: the customer is undecided or did not answer (BOOK-15)."""
OVERTAKEN: Literal["overtaken"] = "overtaken"
"""Nobody needs to call any more: the customer came, changed or cancelled."""
CallResult = Literal[CallOutcome, "overtaken"]
"""How an attempt or the whole call ended."""

SCRIPT_OF = {
    CallKind.OFFER: CallType.CONFIRMATION,
    CallKind.NOTICE: CallType.REMINDER,
    CallKind.DAY_BEFORE: CallType.REMINDER,
}


class Call(Base):
    """One call to make; it stays on the list until it is completed."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_due", "due_at", "id", postgresql_where=text("done_at is null")),
        Index("ix_calls_appointment_id", "appointment_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointments.id"))
    kind: Mapped[str]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    done_by: Mapped[str | None] = mapped_column(default=None)

    @property
    def script(self) -> str:
        """The type of script to read."""
        return SCRIPT_OF[CallKind(self.kind)]

    def log(
        self, outcome: CallOutcome, *, note: str, again_at: datetime | None, by: str, at: datetime
    ) -> None:
        """What came of an attempt; an undecided customer is called again. Raises ``CallClosed``."""
        if self.done_at is not None:
            raise CallClosed(call_id=str(self.id), outcome=self.outcome)
        self.attempts += 1
        self.outcome, self.note = outcome, mask(note)
        if outcome == "completed":
            self.done_at, self.done_by = at, by
        elif again_at is not None:
            self.due_at = again_at

    def overtake(self, *, at: datetime) -> None:
        """It is not needed any more."""
        if self.done_at is None:
            self.outcome, self.done_at, self.done_by = OVERTAKEN, at, "system"


def call_of(calls: Iterable[Call], call_id: UUID) -> Call:
    """One of these calls. Raises ``NotFound``."""
    for call in calls:
        if call.id == call_id:
            return call
    raise NotFound("call", call_id)


def overtake(calls: Iterable[Call], *kinds: CallKind, at: datetime) -> None:
    """Calls of these kinds are not needed any more."""
    for call in calls:
        if call.kind in kinds:
            call.overtake(at=at)


def reminders(
    slot_start: datetime, *, urgent: bool, rules: HouseRules, at: datetime
) -> Iterator[tuple[CallKind, datetime]]:
    """Which reminders a slot needs and when: three days before, at once if it is nearer, and the day before.

    Urgent requests are exempt (BOOK-11, BOOK-38, C-17).
    """
    if urgent:
        return
    notice = slot_start - timedelta(days=rules.notice_days)
    day_before = slot_start - timedelta(days=rules.reminder_days)
    yield CallKind.NOTICE, max(notice, at)
    if day_before > at:
        yield CallKind.DAY_BEFORE, day_before


def reminder_calls(slot_start: datetime, *, urgent: bool, rules: HouseRules, at: datetime) -> list[Call]:
    """The reminders of a slot as calls to make."""
    due = reminders(slot_start, urgent=urgent, rules=rules, at=at)
    return [Call(kind=kind, due_at=due_at) for kind, due_at in due]


class Script(Aggregate, Base):
    """The text of a type of call, in both languages; anyone who keeps the menu may edit it (BOOK-35)."""

    __tablename__ = "scripts"

    call_type: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[Title] = mapped_column(Json(Title))
    changed_by: Mapped[str] = mapped_column(default="system")
    changed_at: Mapped[datetime]


FIRST_SCRIPTS = {
    CallType.REMINDER: Title(
        zh="您好,提醒您{slot}的预约。时间仍然方便吗?需要改期或取消吗?",
        en="Hello, we remind you of your appointment on {slot}. Does the time still suit you?",
    ),
    CallType.CONFIRMATION: Title(
        zh="您好,我们可以为您安排{slot}。服务项目、费用和时间是否确认?",
        en="Hello, we can offer you {slot}. Do you confirm the work, its cost and the time?",
    ),
    CallType.CHANGE: Title(
        zh="您好,您的预约将改到{slot}。这个时间可以吗?",
        en="Hello, your appointment moves to {slot}. Does that suit you?",
    ),
    CallType.NO_SHOW: Title(
        zh="您好,今天没有见到您的车,一切都好吗?我们为您另约时间。",
        en="Hello, we missed you today; is everything all right? May we find you another time?",
    ),
}
"""What a new shop begins with."""
