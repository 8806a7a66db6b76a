"""Work to offer again: what a customer declined, and what the shop recommended (E6, CRM-36)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.domain.base import Base
from servicekit import Aggregate
from servicekit.columns import Utc
from servicekit.states import Machine


class ReminderState(StrEnum):
    """Whether the work is still to be offered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class ReminderKind(StrEnum):
    """Where the work comes from: the customer declined it, or the shop recommended it."""

    DECLINED = "declined"
    RECOMMENDED = "recommended"


REMINDER = Machine(
    "reminder",
    {
        "accept": ({ReminderState.OPEN}, ReminderState.ACCEPTED),
        "reopen": ({ReminderState.ACCEPTED}, ReminderState.OPEN),
        "dismiss": ({ReminderState.OPEN}, ReminderState.DISMISSED),
    },
    initial=ReminderState.OPEN,
)


class Reminder(Aggregate, Base):
    """One piece of work to offer again on a day."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("visit_id", "subject"),
        Index("ix_reminders_due", "state", "remind_on", "id"),
        Index("ix_reminders_vehicle", "vehicle_id", "state"),
        Index("ix_reminders_customer", "customer_id", "state"),
        Index("ix_reminders_request", "request_id"),
    )
    STREAM = None

    id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default=ReminderState.OPEN)
    customer_id: Mapped[UUID]
    vehicle_id: Mapped[UUID | None]
    visit_id: Mapped[UUID]
    subject: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    remind_on: Mapped[date]
    noted_at: Mapped[datetime] = mapped_column(Utc)
    request_id: Mapped[UUID | None]
    dismissed_at: Mapped[datetime | None] = mapped_column(Utc)
    dismissed_by: Mapped[str | None]
    dismissal_reason: Mapped[str] = mapped_column(default="")

    @property
    def allowed(self) -> list[str]:
        """What an agent may do with it."""
        return [command for command in REMINDER.allowed(self.state) if command == "dismiss"]

    def accept(self, request_id: UUID | None) -> None:
        """The customer comes for it, or agreed to it; a second time changes nothing."""
        if self.state == ReminderState.OPEN:
            self.state, self.request_id = REMINDER.go(self.state, "accept"), request_id

    def reopen(self) -> None:
        """The customer does not come after all; what was dismissed stays so."""
        if self.state == ReminderState.ACCEPTED:
            self.state, self.request_id = REMINDER.go(self.state, "reopen"), None

    def dismiss(self, *, reason: str, by: str, at: datetime) -> None:
        """The customer does not want to be offered it again."""
        self.state = REMINDER.go(self.state, "dismiss")
        self.dismissed_at, self.dismissed_by, self.dismissal_reason = at, by, reason
