"""What billing keeps of other departments' facts: customers' terms, parts handed out, open disputes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.domain.base import Base
from contracts.values import LineResult, UsedPart
from servicekit.columns import Utc
from shopkit.columns import Money, Quantity

_NONE = Decimal("0.000")


class Customer(Base):
    """A customer's name and credit terms, as crm published them last."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_name", "display_name", postgresql_ops={"display_name": "text_pattern_ops"}),
    )

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_no: Mapped[str]
    display_name: Mapped[str]
    customer_class: Mapped[str]
    credit_limit: Mapped[Decimal | None] = mapped_column(Money)


class PartLine(Base):
    """How much of a part line was handed out and came back, as parts published it; totals only ever rise."""

    __tablename__ = "part_lines"

    part_line_id: Mapped[UUID] = mapped_column(primary_key=True)
    reservation_id: Mapped[UUID]
    request_id: Mapped[UUID] = mapped_column(index=True)
    line_id: Mapped[UUID]
    part_no: Mapped[str]
    issued: Mapped[Decimal] = mapped_column(Quantity)
    returned: Mapped[Decimal] = mapped_column(Quantity)

    @property
    def kept(self) -> Decimal:
        """What stays in the car: issued less returned."""
        return self.issued - self.returned


class Dispute(Base):
    """A complaint's mark: while it is open nobody is dunned for the visit, or for the customer if the
    complaint names no visit."""

    __tablename__ = "disputes"
    __table_args__ = (
        Index("ix_disputes_open_visit", "visit_id", postgresql_where=text("is_open")),
        Index("ix_disputes_open_customer", "customer_id", postgresql_where=text("is_open")),
    )

    complaint_id: Mapped[UUID] = mapped_column(primary_key=True)
    complaint_no: Mapped[str] = mapped_column(default="")
    customer_id: Mapped[UUID]
    visit_id: Mapped[UUID | None]
    is_open: Mapped[bool] = mapped_column(default=True)
    since: Mapped[datetime] = mapped_column(Utc)


@dataclass(frozen=True, slots=True)
class Unsquared:
    """A part line whose issues, returns and use do not agree."""

    part_line_id: UUID
    issued: Decimal
    returned: Decimal
    used: Decimal


def unsquared(results: Iterable[LineResult], parts: Mapping[UUID, PartLine]) -> list[Unsquared]:
    """Where issued less returned is not what the workshop reports as used; empty when all agree."""
    used = {part.part_line_id: part.used for result in results for part in result.parts}
    found = []
    for part_line_id in sorted({*used, *parts}):
        part = parts.get(part_line_id)
        issued, returned = (part.issued, part.returned) if part else (_NONE, _NONE)
        if issued - returned != used.get(part_line_id, _NONE):
            found.append(Unsquared(part_line_id, issued, returned, used.get(part_line_id, _NONE)))
    return found


def overtaken(results: Iterable[LineResult], parts: Mapping[UUID, PartLine]) -> bool:
    """Whether parts wrote a slip that had not reached the workshop when it called the job ready.

    The workshop reopens the job when it does, and the results that it publishes then count."""
    used = (part for result in results for part in result.parts)
    return any(_is_ahead(parts[part.part_line_id], part) for part in used if part.part_line_id in parts)


def _is_ahead(part: PartLine, used: UsedPart) -> bool:
    issued, returned = used.issued, used.returned
    return issued is not None and returned is not None and (part.issued > issued or part.returned > returned)
