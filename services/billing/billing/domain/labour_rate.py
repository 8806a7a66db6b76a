"""Labour rates: what an hour of a kind of work costs a class of customer, and from which day."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from billing.domain.base import Base
from contracts.events.billing import LabourRateSet
from servicekit import Aggregate
from servicekit.columns import Utc
from shopkit.columns import Money, Rate


def rate_id(work_type: str, customer_class: str) -> str:
    """The rate's identity, ``<work_type>:<customer_class>``."""
    return f"{work_type}:{customer_class}"


class LabourRateStep(Base):
    """What a rate was set to: it applies from its day until the next step."""

    __tablename__ = "labour_rate_steps"

    rate: Mapped[str] = mapped_column(ForeignKey("labour_rates.rate"), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    hourly_rate: Mapped[Decimal] = mapped_column(Money)
    tax_rate: Mapped[Decimal] = mapped_column(Rate)
    set_at: Mapped[datetime] = mapped_column(Utc)
    set_by: Mapped[UUID]
    reason: Mapped[str] = mapped_column(default="")


class LabourRate(Aggregate, Base):
    """One line of the published price list (BILL-04)."""

    __tablename__ = "labour_rates"
    STREAM = "billing.labour-rate"

    rate: Mapped[str] = mapped_column(primary_key=True)
    work_type: Mapped[str] = mapped_column(index=True)
    customer_class: Mapped[str]
    currency: Mapped[str]
    steps: Mapped[list[LabourRateStep]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by=LabourRateStep.valid_from
    )

    @classmethod
    def new(cls, work_type: str, customer_class: str, *, currency: str) -> "LabourRate":
        """A rate that has no price yet."""
        rate = rate_id(work_type, customer_class)
        return cls(rate=rate, work_type=work_type, customer_class=customer_class, currency=currency, steps=[])

    def set(
        self,
        *,
        hourly_rate: Decimal,
        tax_rate: Decimal,
        valid_from: date,
        at: datetime,
        set_by: UUID,
        reason: str,
    ) -> LabourRateSet:
        """What an hour costs, net, from a shop-local day on. A second price for the same day replaces the
        first: estimates that were presented keep the price that is frozen in them."""
        step = next((step for step in self.steps if step.valid_from == valid_from), None)
        if step is None:
            step = LabourRateStep(rate=self.rate, valid_from=valid_from)
            self.steps.append(step)
        step.hourly_rate, step.tax_rate, step.set_at = hourly_rate, tax_rate, at
        step.set_by, step.reason = set_by, reason
        return LabourRateSet(
            rate=self.rate,
            work_type=self.work_type,
            customer_class=self.customer_class,
            hourly_rate=hourly_rate,
            currency=self.currency,
            tax_rate=tax_rate,
            valid_from=valid_from,
        )

    def in_force(self, on: date) -> LabourRateStep | None:
        """What applies on a shop-local day; ``None`` before its first step."""
        return max((s for s in self.steps if s.valid_from <= on), key=lambda s: s.valid_from, default=None)
