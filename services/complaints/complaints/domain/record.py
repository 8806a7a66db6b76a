"""What is on record of a case: its facts, its two clocks and its history, which only grows."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from complaints.domain.entry import Entry
from complaints.domain.states import OPEN, Contact, EntryKind, State
from complaints.domain.values import Person
from contracts.events.complaints import ComplaintOverdue
from servicekit.columns import Utc
from servicekit.personal_data import mask


class CaseRecord:
    """The columns of a case, its clocks, and how a row is added to its history."""

    if TYPE_CHECKING:
        entries: Mapped[list[Entry]]

    id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_no: Mapped[str] = mapped_column(unique=True)
    source: Mapped[str]
    source_id: Mapped[UUID | None]
    channel: Mapped[str]
    category: Mapped[str]
    level: Mapped[str]
    text: Mapped[str]
    customer_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    request_id: Mapped[UUID | None]
    during_visit: Mapped[bool] = mapped_column(default=False)
    earlier_case_id: Mapped[UUID | None] = mapped_column(index=True)
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=State.RECEIVED)
    received_at: Mapped[datetime] = mapped_column(Utc)
    respond_by: Mapped[datetime] = mapped_column(Utc)
    resolve_by: Mapped[datetime] = mapped_column(Utc)
    first_respond_by: Mapped[datetime] = mapped_column(Utc)
    first_answered_at: Mapped[datetime | None] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    notified_at: Mapped[datetime | None] = mapped_column(Utc)
    resolved_at: Mapped[datetime | None] = mapped_column(Utc)
    respond_overdue_at: Mapped[datetime | None] = mapped_column(Utc)
    resolve_overdue_at: Mapped[datetime | None] = mapped_column(Utc)
    cause: Mapped[str | None]
    cause_text: Mapped[str] = mapped_column(default="")
    resolution: Mapped[str | None]
    confirmed_by_customer: Mapped[bool | None]
    reopenings: Mapped[int] = mapped_column(default=0)
    last_entry: Mapped[int] = mapped_column(default=0)

    @property
    def is_open(self) -> bool:
        """Somebody must still do something."""
        return self.state in OPEN

    def respond_clock_ran_out(self, *, due_at: datetime, at: datetime) -> list[ComplaintOverdue]:
        """Nobody answered in time; nothing if somebody did, or if the clock was set anew."""
        if self.answered_at is not None or self.respond_by > due_at or self.respond_overdue_at is not None:
            return []
        self.respond_overdue_at = at
        return self._overdue("respond", due_at, at)

    def resolve_clock_ran_out(self, *, due_at: datetime, at: datetime) -> list[ComplaintOverdue]:
        """It was not resolved in time; nothing if it was, or if the clock was set anew."""
        if not self.is_open or self.resolve_by > due_at or self.resolve_overdue_at is not None:
            return []
        self.resolve_overdue_at = at
        return self._overdue("resolve", due_at, at)

    def _own(self, by: Person | None) -> None:
        """First contact: a case that nobody owns belongs to whoever takes it up (COMP-03)."""
        if by is not None and self.owner_id is None:
            self.owner_id, self.owner_name = by.employee_id, by.name

    def _note(
        self,
        kind: EntryKind,
        at: datetime,
        by: Person | None,
        *,
        text: str = "",
        channel: Contact | None = None,
        about_id: UUID | None = None,
    ) -> None:
        # Children do not raise the version by themselves: this column does, so that screens and If-Match see
        # that the case went on.
        self.last_entry += 1
        self.entries.append(
            Entry(
                n=self.last_entry,
                kind=kind,
                at=at,
                by=by.employee_id if by else None,
                by_name=by.name if by else "",
                channel=channel,
                text=mask(text),
                about_id=about_id,
            )
        )

    def _ids(self) -> dict[str, Any]:
        return {
            "complaint_id": self.id,
            "customer_id": self.customer_id,
            "visit_id": self.visit_id,
            "request_id": self.request_id,
        }

    def _overdue(
        self, clock: str, due_at: datetime, at: datetime, *, about_id: UUID | None = None
    ) -> list[ComplaintOverdue]:
        self._note(EntryKind.OVERDUE, at, None, text=clock, about_id=about_id)
        return [ComplaintOverdue(**self._ids(), clock=clock, due_at=due_at)]
