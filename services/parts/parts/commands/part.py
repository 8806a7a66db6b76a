"""Keeping the catalogue."""

from uuid import UUID

from sqlalchemy import select

from parts.domain import Part, PartCard, Stock, Supplier
from servicekit import NotFound, Tx


async def list_part(tx: Tx, *, part_no: str, card: PartCard) -> Part:
    """Take a part into the catalogue, with an empty place in stock, or offer a withdrawn one again."""
    await _must_know_supplier(tx, card.supplier_id)
    part = await tx.find(Part, part_no)
    if part is not None:
        tx.publish(part, part.list_again(card, tx.settings.shop_currency))
        return part
    part = Part.new(part_no, card)
    tx.add(part, Stock(part_no=part_no))
    tx.publish(part, part.listed(tx.settings.shop_currency))
    return part


async def change_part(tx: Tx, *, part_no: str, card: PartCard) -> Part:
    """Replace a part's entry in the catalogue."""
    part = await tx.get(Part, part_no)
    await _must_know_supplier(tx, card.supplier_id)
    tx.publish(part, part.change(card, tx.settings.shop_currency))
    return part


async def withdraw_part(tx: Tx, *, part_no: str) -> Part:
    """Offer a part no longer."""
    part = await tx.get(Part, part_no)
    tx.publish(part, part.withdraw())
    return part


async def _must_know_supplier(tx: Tx, supplier_id: UUID | None) -> None:
    if supplier_id is None:
        return
    if await tx.session.scalar(select(Supplier.id).where(Supplier.id == supplier_id)) is None:
        raise NotFound("Supplier", supplier_id)
