"""The history of a case: who did what, when, and what the customer was informed of (COMP-07, COMP-13)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from complaints.domain.base import Base
from complaints.domain.states import Contact, EntryKind
from complaints.domain.values import Person
from servicekit.columns import Utc
from servicekit.personal_data import mask


class Entry(Base):
    """One row of a case's history, only ever added; ``by_name`` is empty for what happened by itself."""

    __tablename__ = "entries"

    complaint_id: Mapped[UUID] = mapped_column(ForeignKey("complaints.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
    by: Mapped[UUID | None]
    by_name: Mapped[str] = mapped_column(default="")
    channel: Mapped[str | None]
    text: Mapped[str] = mapped_column(default="")
    about_id: Mapped[UUID | None]

    @classmethod
    def of(
        cls,
        n: int,
        kind: EntryKind,
        at: datetime,
        by: Person | None,
        *,
        text: str,
        channel: Contact | None,
        about_id: UUID | None,
    ) -> "Entry":
        """The ``n``-th row, its text masked; ``by`` is ``None`` for what happened by itself."""
        return cls(
            n=n,
            kind=kind,
            at=at,
            by=by.employee_id if by else None,
            by_name=by.name if by else "",
            channel=channel,
            text=mask(text),
            about_id=about_id,
        )
