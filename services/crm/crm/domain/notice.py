"""What a customer is to be notified of by a time: a completed service (F-14), a measure that is done."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm.domain.base import Base
from servicekit import Aggregate
from servicekit.columns import Utc
from servicekit.states import Machine


class NoticeKind(StrEnum):
    """What the notice is about."""

    COMPLETION = "completion"
    MEASURE_COMPLETED = "measure_completed"


class NoticeState(StrEnum):
    """Whether the customer has been notified."""

    DUE = "due"
    SENT = "sent"


NOTICE = Machine("notice", {"send": ({NoticeState.DUE}, NoticeState.SENT)}, initial=NoticeState.DUE)


class Notice(Aggregate, Base):
    """One message that is due; one per kind and subject (visit, or measure)."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id"),
        Index("ix_notices_due", "state", "due_at", "id"),
        Index("ix_notices_customer", "customer_id"),
    )
    STREAM = None

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default=NoticeState.DUE)
    customer_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    request_id: Mapped[UUID | None]
    complaint_id: Mapped[UUID | None]
    due_at: Mapped[datetime] = mapped_column(Utc)
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
    sent_by: Mapped[str | None]
    channel: Mapped[str | None]
    feedback: Mapped[str] = mapped_column(default="")

    @property
    def allowed(self) -> list[str]:
        """The commands that may be given now."""
        return NOTICE.allowed(self.state)

    @property
    def in_time(self) -> bool | None:
        """Whether it was sent by its time; ``None`` as long as it was not."""
        return None if self.sent_at is None else self.sent_at <= self.due_at

    def send(self, *, channel: str, feedback: str, by: str, at: datetime) -> None:
        """The customer was notified, and how they answered (RECP-35)."""
        self.state = NOTICE.go(self.state, "send")
        self.sent_at, self.sent_by, self.channel, self.feedback = at, by, channel, feedback
