"""Customers: register, change, classify, consent."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from crm import repository
from crm.domain import Customer, CustomerClass, PhoneTaken, Purpose, normal_phone
from crm.settings import Settings
from servicekit import Tx, new_id
from servicekit.personal_data import blind_index, seal


async def register_customer(
    tx: Tx,
    *,
    display_name: str,
    phone: str,
    address: str | None,
    customer_class: CustomerClass,
    consents: list[Purpose],
    channel: str,
) -> Customer:
    """A new file. Raises ``PhoneTaken`` with the id of the one that has this phone number."""
    number = normal_phone(phone, _region(tx))
    await _must_be_free(tx, number, but=None)
    customer, registered = Customer.register(
        id=new_id(),
        customer_no=f"C{await tx.next_number('customer'):06d}",
        display_name=display_name,
        customer_class=customer_class,
        currency=tx.settings.shop_currency,
        at=tx.now,
    )
    await _reach_by(tx, customer, number)
    if address:
        customer.live_at(await seal(tx, customer.id, address, field="address"))
    for purpose in dict.fromkeys(consents):
        customer.give_consent(purpose, channel=channel, by=tx.by, at=tx.now)
    tx.add(customer)
    tx.publish(customer, registered)
    return customer


async def change_customer(tx: Tx, *, customer_id: UUID, changes: dict[str, Any]) -> Customer:
    """Change what is named in ``changes``: ``display_name``, ``phone``, ``address`` (``None``: none)."""
    customer = await repository.lock_customer(tx, customer_id)
    if changes.get("phone") is not None:
        number = normal_phone(changes["phone"], _region(tx))
        await _must_be_free(tx, number, but=customer_id)
        await _reach_by(tx, customer, number)
    if "address" in changes:
        address = changes["address"]
        customer.live_at(await seal(tx, customer.id, address, field="address") if address else None)
    name = changes.get("display_name") or customer.display_name
    tx.publish(customer, *customer.change(display_name=name, at=tx.now))
    return customer


async def classify_customer(
    tx: Tx, *, customer_id: UUID, customer_class: CustomerClass, credit_limit: Decimal | None
) -> Customer:
    """Class and credit from now on."""
    customer = await repository.lock_customer(tx, customer_id)
    changed = customer.classify(customer_class=customer_class, credit_limit=credit_limit)
    tx.publish(customer, *changed)
    return customer


async def give_consent(tx: Tx, *, customer_id: UUID, purpose: Purpose, channel: str) -> Customer:
    """The customer authorises a purpose."""
    customer = await repository.lock_customer(tx, customer_id)
    customer.give_consent(purpose, channel=channel, by=tx.by, at=tx.now)
    return customer


async def withdraw_consent(tx: Tx, *, customer_id: UUID, purpose: Purpose) -> Customer:
    """The customer takes an authorisation back."""
    customer = await repository.lock_customer(tx, customer_id)
    customer.withdraw_consent(purpose, by=tx.by, at=tx.now)
    return customer


async def _must_be_free(tx: Tx, number: str, *, but: UUID | None) -> None:
    other = await repository.customer_by_phone(tx, blind_index(tx, number, field="phone"))
    if other is not None and other[0] != but:
        raise PhoneTaken(existing_id=str(other[0]), customer_no=other[1])


async def _reach_by(tx: Tx, customer: Customer, number: str) -> None:
    customer.reach_by(
        sealed=await seal(tx, customer.id, number, field="phone"),
        index=blind_index(tx, number, field="phone"),
        ending=number[-4:],
    )


def _region(tx: Tx) -> str:
    assert isinstance(tx.settings, Settings)
    return tx.settings.phone_region
