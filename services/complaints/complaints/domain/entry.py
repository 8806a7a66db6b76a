"""The history of a case: who did what, when, and what the customer was told (COMP-07, COMP-13)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from complaints.domain.base import Base
from servicekit.columns import Utc


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
