"""The service menu: what managers offer and withdraw."""

from booking.domain.menu import MenuItem, ServiceTerms
from booking.repository import parts_on_sale
from servicekit import Tx


async def offer_service(tx: Tx, *, service_code: str, terms: ServiceTerms) -> MenuItem:
    """Put a service on the menu, or change what is there. Raises ``PartUnknown``."""
    item = await tx.find(MenuItem, service_code)
    if item is None:
        item = MenuItem(service_code=service_code, terms=terms, changed_at=tx.now)
        tx.add(item)
    else:
        item = await tx.get(MenuItem, service_code)
    sold = await parts_on_sale(tx, {needed.part_no for needed in terms.parts})
    tx.publish(item, item.offer(terms, parts=sold, at=tx.now))
    return item


async def withdraw_service(tx: Tx, *, service_code: str) -> None:
    """Take a service off the menu."""
    item = await tx.get(MenuItem, service_code)
    tx.publish(item, item.withdraw(at=tx.now))
