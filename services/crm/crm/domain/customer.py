"""A customer: who they are, how they can be reached, what they agreed to (CRM-01, DATA-05)."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.events.crm import CustomerChanged, CustomerRegistered
from crm.domain.base import Base
from crm.domain.phone import masked
from servicekit import Aggregate, Refusal, new_id
from servicekit.columns import Utc
from servicekit.states import Machine
from shopkit.columns import Money


class CustomerClass(StrEnum):
    """CRM-02; ``normal`` is the ordinary customer, as labour rates name the class."""

    VIP = "vip"
    NORMAL = "normal"
    POTENTIAL = "potential"


class Purpose(StrEnum):
    """What personal data may be used for (DATA-06), and care messages (CRM-35)."""

    REPAIR_RECORDS = "repair_records"
    COMMUNICATION = "communication"
    IMPROVEMENT = "improvement"
    CARE_MESSAGES = "care_messages"


class CustomerState(StrEnum):
    """The life of a customer's file."""

    REGISTERED = "registered"


_ON_FILE = ({CustomerState.REGISTERED}, CustomerState.REGISTERED)
CUSTOMER = Machine(
    "customer",
    {"change": _ON_FILE, "classify": _ON_FILE, "give_consent": _ON_FILE, "withdraw_consent": _ON_FILE},
    initial=CustomerState.REGISTERED,
)


class PhoneTaken(Refusal):
    """A customer with this phone number is on file already."""


class ConsentNotGiven(Refusal):
    """There is no consent for this purpose that could be withdrawn."""


class ConsentStands(Refusal):
    """The customer has already consented to this purpose."""


def search_form(name: str) -> str:
    """A name as it is searched by: one width, one case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


class Consent(Base):
    """One authorisation by the customer, with scope, time and withdrawal (DATA-05); never deleted."""

    __tablename__ = "consents"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    purpose: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(Utc)
    recorded_by: Mapped[str]
    channel: Mapped[str]
    withdrawn_at: Mapped[datetime | None] = mapped_column(Utc)
    withdrawal_by: Mapped[str | None]


class Customer(Aggregate, Base):
    """One file per customer, several vehicles (CRM-01). Phone and address are sealed, the name is not."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_search_name", "search_name", postgresql_ops={"search_name": "text_pattern_ops"}),
    )
    STREAM = "crm.customer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_no: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    search_name: Mapped[str]
    state: Mapped[str] = mapped_column(default=CustomerState.REGISTERED)
    customer_class: Mapped[str] = mapped_column(default=CustomerClass.NORMAL)
    credit_limit: Mapped[Decimal | None] = mapped_column(Money)
    currency: Mapped[str]
    phone_sealed: Mapped[str | None]
    phone_index: Mapped[str | None] = mapped_column(unique=True)
    phone_ending: Mapped[str | None]
    address_sealed: Mapped[str | None]
    registered_at: Mapped[datetime] = mapped_column(Utc)
    verified_at: Mapped[datetime] = mapped_column(Utc)
    consents: Mapped[list[Consent]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=Consent.given_at
    )

    @classmethod
    def register(
        cls,
        *,
        id: UUID,
        customer_no: str,
        display_name: str,
        customer_class: CustomerClass,
        currency: str,
        at: datetime,
    ) -> tuple["Customer", CustomerRegistered]:
        """A customer comes on file; phone and address follow sealed, by ``reach_by``."""
        customer = cls(
            id=id,
            customer_no=customer_no,
            display_name=display_name,
            search_name=search_form(display_name),
            customer_class=customer_class,
            currency=currency,
            registered_at=at,
            verified_at=at,
            consents=[],
        )
        return customer, CustomerRegistered(**customer._whole_state())

    @property
    def phone(self) -> str | None:
        """The masked phone number."""
        return masked(self.phone_ending)

    @property
    def has_address(self) -> bool:
        """Whether an address is on file."""
        return self.address_sealed is not None

    @property
    def allowed(self) -> list[str]:
        """The commands that may be given now."""
        return CUSTOMER.allowed(self.state)

    def change(self, *, display_name: str, at: datetime) -> Sequence[CustomerChanged]:
        """The name is updated at once (DATA-12); contacts change by ``reach_by``. Data counts as verified."""
        CUSTOMER.check(self.state, "change")
        self.verified_at = at
        if display_name == self.display_name:
            return ()
        self.display_name, self.search_name = display_name, search_form(display_name)
        return (self._changed(),)

    def reach_by(self, *, sealed: str, index: str, ending: str) -> None:
        """The phone number from now on: encrypted, its blind index, and its last digits."""
        self.phone_sealed, self.phone_index, self.phone_ending = sealed, index, ending

    def live_at(self, sealed: str | None) -> None:
        """The encrypted address from now on."""
        self.address_sealed = sealed

    def classify(
        self, *, customer_class: CustomerClass, credit_limit: Decimal | None
    ) -> Sequence[CustomerChanged]:
        """Class (CRM-02) and approved credit; billing reads its terms from the event."""
        CUSTOMER.check(self.state, "classify")
        if (customer_class, credit_limit) == (self.customer_class, self.credit_limit):
            return ()
        self.customer_class, self.credit_limit = customer_class, credit_limit
        return (self._changed(),)

    def give_consent(self, purpose: Purpose, *, channel: str, by: str, at: datetime) -> Consent:
        """The customer clearly authorises one purpose (DATA-05)."""
        CUSTOMER.check(self.state, "give_consent")
        if (given := self.consent_for(purpose)) is not None:
            raise ConsentStands(purpose=purpose, given_at=given.given_at.isoformat())
        consent = Consent(
            id=new_id(), customer_id=self.id, purpose=purpose, given_at=at, recorded_by=by, channel=channel
        )
        self.consents.append(consent)
        return consent

    def withdraw_consent(self, purpose: Purpose, *, by: str, at: datetime) -> Consent:
        """The customer takes an authorisation back; it stays on record."""
        CUSTOMER.check(self.state, "withdraw_consent")
        consent = self.consent_for(purpose)
        if consent is None:
            raise ConsentNotGiven(purpose=purpose)
        consent.withdrawn_at, consent.withdrawal_by = at, by
        return consent

    def consent_for(self, purpose: Purpose) -> Consent | None:
        """The authorisation that was not withdrawn, if any."""
        return next((c for c in self.consents if c.purpose == purpose and c.withdrawn_at is None), None)

    def has_withdrawn(self, purpose: Purpose) -> bool:
        """Whether the customer once agreed to this purpose and does no longer (CRM-55)."""
        return self.consent_for(purpose) is None and any(c.purpose == purpose for c in self.consents)

    def _changed(self) -> CustomerChanged:
        return CustomerChanged(**self._whole_state())

    def _whole_state(self) -> dict[str, Any]:
        return {
            "customer_id": self.id,
            "customer_no": self.customer_no,
            "display_name": self.display_name,
            "customer_class": str(self.customer_class),
            "credit_limit": self.credit_limit,
            "currency": None if self.credit_limit is None else self.currency,
        }
