"""What somebody at the desk must do for a customer, and what customers were notified of."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from reception.domain.base import Base
from servicekit import Aggregate

Purpose = Literal[
    "present_estimate", "contact_before", "tell_interruption", "tell_parts", "tell_ready", "sign_again"
]
"""Why somebody must act: see the reaction or timer that sets the task."""
Topic = Literal["ready", "progress", "delay", "parts", "other"]
Channel = Literal["phone", "message", "desk", "email"]


class Task(Aggregate, Base):
    """Something to do for a customer after another department's event; one per visit, purpose, subject."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("visit_id", "purpose", "subject"),
        Index("ix_tasks_open", "due_at", "id", postgresql_where=text("done_at is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID]
    purpose: Mapped[str]
    subject: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    done_by: Mapped[str | None] = mapped_column(default=None)

    def complete(self, *, by: str, at: datetime) -> None:
        """Done; a second time changes nothing."""
        if self.done_at is None:
            self.done_at, self.done_by = at, by


class Notice(Base):
    """One thing that a customer was notified of (RECP-27)."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_visit", "visit_id", "notified_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID]
    topic: Mapped[str]
    channel: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    notified_at: Mapped[datetime]
    notified_by: Mapped[str]


TASKS_OF_TOPIC: dict[str, Purpose] = {
    "delay": "contact_before",
    "parts": "tell_parts",
    "ready": "tell_ready",
    "progress": "tell_interruption",
}
"""Which tasks are done, by their purpose, when the customer was notified of a topic."""
