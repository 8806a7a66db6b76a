"""The counter: what technicians ask for, how long they wait (PART-09), and the slips."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from parts.domain.base import Base
from servicekit import Aggregate
from servicekit.columns import Json, Utc
from servicekit.ids import new_id
from servicekit.states import Machine


class PickState(StrEnum):
    """State of a technician's request."""

    WAITING = "waiting"
    PICKED = "picked"
    WITHDRAWN = "withdrawn"


PICK = Machine[PickState](
    "pick-request",
    {
        "pick": ({PickState.WAITING}, PickState.PICKED),
        "withdraw": ({PickState.WAITING}, PickState.WITHDRAWN),
    },
    initial=PickState.WAITING,
)


class PickedPart(BaseModel):
    """A part that a technician asks for."""

    model_config = ConfigDict(frozen=True)

    part_line_id: UUID
    part_no: str
    quantity: Decimal


class PickRequest(Aggregate, Base):
    """A technician waits at the counter; the wait is measured until the slip is written."""

    __tablename__ = "pick_requests"
    __table_args__ = (
        Index("ix_pick_requests_waiting", "requested_at", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_pick_requests_picked", "picked_at"),
        Index("ix_pick_requests_recent", "requested_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reservation_id: Mapped[UUID] = mapped_column(index=True)
    technician_id: Mapped[UUID]
    lines: Mapped[list[PickedPart]] = mapped_column(Json(list[PickedPart]))
    state: Mapped[str] = mapped_column(default=PickState.WAITING)
    requested_at: Mapped[datetime] = mapped_column(Utc)
    picked_at: Mapped[datetime | None] = mapped_column(Utc)
    waited_seconds: Mapped[int | None]
    slip_no: Mapped[str | None]

    def pick(self, slip_no: str, at: datetime) -> None:
        """The parts are handed out: the wait ends."""
        self.state = PICK.go(self.state, "pick")
        self.slip_no, self.picked_at = slip_no, at
        self.waited_seconds = max(int((at - self.requested_at).total_seconds()), 0)

    def withdraw(self) -> None:
        """The technician no longer waits."""
        self.state = PICK.go(self.state, "withdraw")


class SlipKind(StrEnum):
    """Which way the parts go."""

    ISSUE = "issue"
    RETURN = "return"


class Slip(Base):
    """An issue or return slip (PART-02); its rows are the movements that carry its number."""

    __tablename__ = "slips"
    __table_args__ = (Index("ix_slips_recent", "at", "slip_no"),)

    slip_no: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reservation_id: Mapped[UUID] = mapped_column(index=True)
    technician_id: Mapped[UUID]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
