"""What crm knows of a visit from the other departments, for follow-up and care (CRM-01, COLL-22)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from crm.domain.base import Base
from servicekit import Aggregate
from servicekit.columns import Json, Utc
from shopkit.columns import Money

NOTHING = Decimal("0.00")
CarefulReason = Literal[
    "complaint",
    "handed_over_late",
    "measure_not_possible",
    "promise_endangered",
    "promise_refused",
    "promise_revised",
    "reception_delayed",
]
"""What calls for a careful contact."""
VisitOutcome = Literal["repaired", "diagnosis_only", "declined", "left"]
"""How a visit ended, as reception names it."""
SettledHow = Literal["paid", "credit", "nothing_to_pay"]
"""How an invoice was settled, as billing names it."""


class WorkLine(BaseModel):
    """A piece of work as the customer knows it."""

    model_config = ConfigDict(frozen=True)

    line_id: UUID
    title_zh: str
    title_en: str
    done: bool | None = None


class Worker(BaseModel):
    """A technician of the visit."""

    model_config = ConfigDict(frozen=True)

    technician_id: UUID
    technician_name: str


class VisitFile(Aggregate, Base):
    """One visit as customer relations needs it. Its facts come from three departments in any order."""

    __tablename__ = "visit_files"
    __table_args__ = (
        Index("ix_visit_files_customer", "customer_id", "opened_at", "visit_id"),
        Index("ix_visit_files_vehicle", "vehicle_id", "opened_at", "visit_id"),
        Index("ix_visit_files_request", "request_id"),
    )
    STREAM = None

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID]
    opened_at: Mapped[datetime] = mapped_column(Utc)
    request_no: Mapped[str | None]
    customer_id: Mapped[UUID | None]
    vehicle_id: Mapped[UUID | None]
    plate: Mapped[str | None]
    walk_in: Mapped[bool] = mapped_column(default=False)
    rework_of_visit_id: Mapped[UUID | None]
    advisor_id: Mapped[UUID | None]
    waited_minutes: Mapped[int | None]
    within_sla: Mapped[bool | None]
    in_workshop_at: Mapped[datetime | None] = mapped_column(Utc)
    mileage_in_km: Mapped[int | None]
    mileage_out_km: Mapped[int | None]
    fault_text: Mapped[str] = mapped_column(default="")
    offered: Mapped[tuple[WorkLine, ...]] = mapped_column(Json(tuple[WorkLine, ...]), default=())
    work: Mapped[tuple[WorkLine, ...]] = mapped_column(Json(tuple[WorkLine, ...]), default=())
    technicians: Mapped[tuple[Worker, ...]] = mapped_column(Json(tuple[Worker, ...]), default=())
    inspections_failed: Mapped[int] = mapped_column(default=0)
    original_promise: Mapped[datetime | None] = mapped_column(Utc)
    last_promise: Mapped[datetime | None] = mapped_column(Utc)
    handed_over_at: Mapped[datetime | None] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    away_since: Mapped[datetime | None] = mapped_column(Utc)
    outcome: Mapped[str | None]
    record_no: Mapped[str | None]
    invoice_id: Mapped[UUID | None]
    invoice_no: Mapped[str | None]
    currency: Mapped[str | None]
    total_gross: Mapped[Decimal | None] = mapped_column(Money)
    payable: Mapped[Decimal | None] = mapped_column(Money)
    paid: Mapped[Decimal] = mapped_column(Money, default=NOTHING)
    settled: Mapped[str | None]
    careful_reasons: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())

    @property
    def careful(self) -> bool:
        """Whether something happened that the next contact should know of."""
        return bool(self.careful_reasons)

    def note_careful(self, reason: CarefulReason) -> None:
        """Remember, once each, what calls for a careful contact (CRM-52, E4)."""
        if reason not in self.careful_reasons:
            self.careful_reasons = (*self.careful_reasons, reason)

    def promise(self, at: datetime) -> None:
        """The handover that the customer was promised; the first is kept with the latest."""
        self.original_promise = self.original_promise or at
        self.last_promise = at

    def hand_over(self, at: datetime, *, original: datetime | None, last: datetime | None) -> None:
        """The keys are released; a handover later than promised asks for care."""
        self.handed_over_at = at
        self.original_promise, self.last_promise = (
            original or self.original_promise,
            last or self.last_promise,
        )
        if self.original_promise is not None and at > self.original_promise:
            self.note_careful("handed_over_late")

    def authorise(self, lines: Iterable[WorkLine]) -> None:
        """The whole set of work that the customer agreed to; results that are known already stay."""
        known = {line.line_id: line for line in self.work if line.done is not None}
        agreed = tuple(lines)
        named = {line.line_id for line in agreed}
        self.work = (
            *(
                x.model_copy(update={"done": known[x.line_id].done}) if x.line_id in known else x
                for x in agreed
            ),
            # The result came before the answer that named the work: its title follows.
            *(line for id, line in known.items() if id not in named),
        )

    def note_results(self, done: dict[UUID, bool], technicians: Sequence[Worker]) -> None:
        """What became of the work, and by whose hands."""
        known = {line.line_id for line in self.work}
        # Ready may come before the answer that it fulfils: keep the result, the title follows.
        early = tuple(WorkLine(line_id=id, title_zh="", title_en="") for id in done if id not in known)
        self.work = tuple(
            line.model_copy(update={"done": done.get(line.line_id, line.done)})
            for line in (*self.work, *early)
        )
        self.technicians = tuple(technicians) or self.technicians

    def title_of(self, line_id: UUID) -> WorkLine:
        """The work as it was offered; nameless if it never was."""
        nameless = WorkLine(line_id=line_id, title_zh="", title_en="")
        return next((line for line in (*self.offered, *self.work) if line.line_id == line_id), nameless)


class Spend(Base):
    """Money that a customer left here, or got back (negative), for the life-cycle stage (F-33)."""

    __tablename__ = "spend"
    __table_args__ = (Index("ix_spend_customer", "customer_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]
    visit_id: Mapped[UUID]
    amount: Mapped[Decimal] = mapped_column(Money)
    at: Mapped[datetime] = mapped_column(Utc)
