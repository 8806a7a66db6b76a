"""The log of contacts with a customer: time, content, participants, the customer's feedback (CRM-33)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.domain.base import Base
from servicekit.columns import Json, Utc

ContactSource = Literal["crm", "booking", "reception", "complaints"]
"""The department that was in contact with the customer."""


class Contact(Base):
    """One contact, logged by an agent or learnt from another department; never changed."""

    __tablename__ = "contacts"
    __table_args__ = (
        Index("ix_contacts_customer", "customer_id", "at", "id"),
        Index("ix_contacts_visit", "visit_id", "at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    request_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(Utc)
    topic: Mapped[str]
    channel: Mapped[str]
    content: Mapped[str] = mapped_column(default="")
    feedback: Mapped[str] = mapped_column(default="")
    participants: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    source: Mapped[str] = mapped_column(default="crm")
    by: Mapped[str]
