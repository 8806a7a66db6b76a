"""Acceptance: what customer and advisor look at together, and the signature (RECP-30, RECP-34)."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field
from sqlalchemy.orm import mapped_column

from contracts.base import Fact
from contracts.values import Check
from reception.domain.registration import RegistrationForm
from reception.domain.rules import HouseRules
from servicekit import Refusal
from servicekit.columns import Json


class InvoiceNotPrepared(Refusal):
    """There is no invoice yet that could be explained to the customer."""


class InvoiceChanged(Refusal):
    """The invoice has changed since it was shown: explain the latest revision."""


class ChecksMissing(Refusal):
    """Something that must be looked at together with the customer was not."""


class BelongingsUnchecked(Refusal):
    """What was noted at intake must be checked when the car goes back."""


class HandoverNotPossible(Refusal):
    """The keys stay here until work, signature and settlement are complete."""


class Papers(Fact):
    """What the copy of the visit's invoice holds."""

    invoice_id: UUID
    revision: int
    estimate_revision: int | None
    state: str
    settled: bool
    balance: Decimal


class BelongingCheck(Fact):
    """Whether a thing that was noted at intake is in the car (RECP-28)."""

    item: str = Field(description="the thing, as it was noted at intake")
    present: bool = Field(description="whether it is in the car")


@dataclass(frozen=True, slots=True)
class Signature:
    """The customer's signature under a revision of the invoice, with what was looked at before."""

    signed_at: datetime | None
    invoice_revision: int | None
    checks: tuple[Check, ...]
    belongings_ok: bool | None

    def void(self) -> "Signature":
        """The customer must sign again; what was looked at stays on record."""
        return replace(self, signed_at=None, invoice_revision=None)


SIGNATURE_COLUMNS = (
    mapped_column("signed_at"),
    mapped_column("signed_invoice_revision"),
    mapped_column("signed_checks", Json(tuple[Check, ...]), default=tuple),
    mapped_column("belongings_ok"),
)
"""The columns of ``visits`` below the value, in the order of its fields."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the customer signs: a revision of the invoice, and what was looked at together."""

    invoice_revision: int
    checks: tuple[Check, ...]
    belongings: tuple[BelongingCheck, ...]

    def papers_of(self, papers: Papers | None, *, answered_revision: int | None, state: str) -> Papers:
        """The papers, when the signed revision is their latest and for the latest answer.

        Raises ``InvoiceNotPrepared``, ``InvoiceChanged``."""
        if papers is None or papers.state == "withdrawn" or papers.estimate_revision != answered_revision:
            raise InvoiceNotPrepared(state=state, waiting_for="billing.invoice")
        if papers.revision != self.invoice_revision:
            raise InvoiceChanged(state=state, invoice_revision=papers.revision)
        return papers

    def must_be_complete(self, form: RegistrationForm | None, *, rules: HouseRules, state: str) -> None:
        """Raises ``ChecksMissing`` or ``BelongingsUnchecked`` for what nobody looked at."""
        looked_at = {check.check for check in self.checks}
        missing = [check for check in rules.handover_checks if check not in looked_at]
        if missing:
            raise ChecksMissing(state=state, missing=missing)
        noted = {thing.item for thing in form.belongings} if form else set()
        unchecked = sorted(noted - {thing.item for thing in self.belongings})
        if unchecked:
            raise BelongingsUnchecked(state=state, missing=unchecked)

    def signature(self, at: datetime) -> Signature:
        """The signature under it."""
        complete = all(thing.present for thing in self.belongings)
        return Signature(at, self.invoice_revision, self.checks, complete)


def missing_facts(*, is_ready: bool, signature: Signature, papers: Papers | None) -> list[str]:
    """What a handover still waits for, by the stream that brings each."""
    missing = [] if is_ready else ["workshop.job"]
    if signature.signed_at is None:
        missing.append("reception.visit")
    if papers is None or not papers.settled:
        missing.append("billing.invoice")
    return missing
