"""The account of a visit: what the customer authorised at each revision, and what the workshop did."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.domain.base import Base
from billing.domain.charges import at_no_charge, authorised_gross
from contracts.values import Line, LineResult, PricedLine
from servicekit import Aggregate
from servicekit.columns import Json, Utc
from shopkit.columns import Money

SIGNATURE = 0
"""The revision of what needs no estimate: line 0 by the signed registration form, and rework."""

Cause = Literal["inspection", "complaint"]
"""Why work is done again."""


class Rework(Base):
    """Work done again at the shop's cost, after an inspection or for a complaint (BILL-23)."""

    __tablename__ = "reworks"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(index=True)
    cause: Mapped[str]
    measure_id: Mapped[UUID | None]
    line_ids: Mapped[tuple[UUID, ...]] = mapped_column(Json(tuple[UUID, ...]))


class AuthorisedLine(Base):
    """One line as it was authorised at one revision of the estimate; its price is the one on the invoice."""

    __tablename__ = "authorised_lines"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.visit_id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(primary_key=True)
    payer: Mapped[str]
    labour_net: Mapped[Decimal] = mapped_column(Money)
    gross: Mapped[Decimal] = mapped_column(Money)
    measure_id: Mapped[UUID | None] = mapped_column(default=None)
    line: Mapped[PricedLine] = mapped_column(Json(PricedLine))


class AuthorisedTotal(Base):
    """What all lines authorised at one answered revision cost together, with tax: the most that is billed."""

    __tablename__ = "authorised_totals"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.visit_id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    gross: Mapped[Decimal] = mapped_column(Money)


@dataclass(frozen=True, slots=True)
class Authorised:
    """The set of lines authorised at a revision, and what they cost together at most, with tax."""

    lines: tuple[PricedLine, ...]
    gross: Decimal


class Account(Aggregate, Base):
    """One per visit, opened when the car arrives; it publishes nothing, its invoice does."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index("ix_accounts_opened_at", "opened_at", "visit_id"),
        Index("ix_accounts_open", "opened_at", "visit_id", postgresql_where=text("closed_at is null")),
        # Found by their beginning, whatever the database's collation.
        Index("ix_accounts_plate", "plate", postgresql_ops={"plate": "text_pattern_ops"}),
        Index("ix_accounts_vin", "vin", postgresql_ops={"vin": "text_pattern_ops"}),
        Index("ix_accounts_request_no", "request_no", postgresql_ops={"request_no": "text_pattern_ops"}),
    )

    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(unique=True)
    request_no: Mapped[str]
    customer_id: Mapped[UUID] = mapped_column(index=True)
    vehicle_id: Mapped[UUID]
    plate: Mapped[str] = mapped_column(default="")
    vin: Mapped[str | None] = mapped_column(default=None)
    opened_at: Mapped[datetime] = mapped_column(Utc)
    arrived_at: Mapped[datetime | None] = mapped_column(Utc, default=None)
    rework_of_visit_id: Mapped[UUID | None] = mapped_column(default=None)
    measure_id: Mapped[UUID | None] = mapped_column(default=None)
    intake_completed_at: Mapped[datetime | None] = mapped_column(Utc, default=None)
    presented_revision: Mapped[int | None] = mapped_column(default=None)
    answered_revision: Mapped[int] = mapped_column(default=SIGNATURE)
    ready_revision: Mapped[int | None] = mapped_column(default=None)
    results: Mapped[tuple[LineResult, ...]] = mapped_column(Json(tuple[LineResult, ...]), default=tuple)
    handed_over_at: Mapped[datetime | None] = mapped_column(Utc, default=None)
    closed_at: Mapped[datetime | None] = mapped_column(Utc, default=None)
    record_no: Mapped[str | None] = mapped_column(default=None)
    lines: Mapped[list[AuthorisedLine]] = relationship(
        lazy="raise", order_by=(AuthorisedLine.revision, AuthorisedLine.line_id)
    )
    totals: Mapped[list[AuthorisedTotal]] = relationship(lazy="raise", order_by=AuthorisedTotal.revision)

    def authorise(self, lines: Iterable[PricedLine], *, revision: int, gross: Decimal | None = None) -> None:
        """The customer agreed to these lines: by signature (revision 0) or by an answer, whose whole set and
        total this is."""
        known = {line.line_id for line in self.lines if line.revision == revision}
        fresh = [line for line in lines if line.line_id not in known]
        self.lines += [_authorised(self.visit_id, line, revision=revision) for line in fresh]
        if gross is not None:
            self.totals.append(AuthorisedTotal(visit_id=self.visit_id, revision=revision, gross=gross))
            self.answered_revision = max(self.answered_revision, revision)

    def add_rework(self, lines: Iterable[Line], *, measure_id: UUID) -> None:
        """Rework was ordered for a complaint: authorised whatever the estimate's revision, and free."""
        known = {line.line_id for line in self.lines if line.revision == SIGNATURE}
        self.lines += [
            _authorised(self.visit_id, at_no_charge(line), revision=SIGNATURE, measure_id=measure_id)
            for line in lines
            if line.line_id not in known
        ]

    def authorised_at(self, revision: int) -> Authorised:
        """What may be billed at an answered revision: its set, and what the signature covers."""
        by_id = {row.line_id: row.line for row in self.lines if row.revision == SIGNATURE}
        by_id |= {row.line_id: row.line for row in self.lines if row.revision == revision}
        lines = tuple(by_id.values())
        answered = next((total.gross for total in self.totals if total.revision == revision), None)
        return Authorised(lines, authorised_gross(lines) if answered is None else answered)

    def lacks(self, revision: int, results: Iterable[LineResult]) -> str:
        """Which fact of reception is missing to bill these results; empty if none is."""
        if self.intake_completed_at is None:
            return "intake"
        if self.answered_revision < revision:
            return f"answer to estimate revision {revision}"
        known = {line.line_id for line in self.authorised_at(revision).lines}
        # What was not done is not billed, so nobody need know its price.
        done = [result.line_id for result in results if result.outcome == "done"]
        unknown = [line_id for line_id in done if line_id not in known]
        return f"authorisation of line {unknown[0]}" if unknown else ""

    def note_results(self, results: tuple[LineResult, ...], *, revision: int) -> None:
        """What became of the lines, as the workshop published it last."""
        self.results, self.ready_revision = results, revision


def _authorised(
    visit_id: UUID, line: PricedLine, *, revision: int, measure_id: UUID | None = None
) -> AuthorisedLine:
    return AuthorisedLine(
        visit_id=visit_id,
        revision=revision,
        line_id=line.line_id,
        payer=line.payer,
        labour_net=line.labour_net,
        gross=line.gross,
        measure_id=measure_id,
        line=line,
    )
