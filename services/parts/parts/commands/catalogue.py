"""Keeping the catalogue and the list of suppliers."""

from uuid import UUID

from sqlalchemy import select

from parts.domain import Part, PartCard, Stock, Supplier
from servicekit import NotFound, Refusal, Tx


class SupplierAlreadyKnown(Refusal):
    """There is a supplier of this name."""


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
    """Replace what the catalogue says about a part."""
    part = await tx.get(Part, part_no)
    await _must_know_supplier(tx, card.supplier_id)
    tx.publish(part, part.change(card, tx.settings.shop_currency))
    return part


async def withdraw_part(tx: Tx, *, part_no: str) -> Part:
    """Offer a part no longer."""
    part = await tx.get(Part, part_no)
    tx.publish(part, part.withdraw())
    return part


async def add_supplier(
    tx: Tx, *, name: str, qualified: bool, qualification: str, lead_working_days: int | None
) -> Supplier:
    """Note a supplier (PART-12). Raises ``SupplierAlreadyKnown``."""
    known = await tx.find_by(Supplier, name=name)
    if known is not None:
        raise SupplierAlreadyKnown(supplier_id=known.id, name=name)
    supplier = Supplier(
        name=name, qualified=qualified, qualification=qualification, lead_working_days=lead_working_days
    )
    tx.add(supplier)
    return supplier


async def change_supplier(
    tx: Tx,
    *,
    supplier_id: UUID,
    name: str,
    qualified: bool,
    qualification: str,
    lead_working_days: int | None,
) -> Supplier:
    """Change what is known of a supplier; orders placed before keep the name they were placed with."""
    supplier = await tx.get(Supplier, supplier_id)
    namesake = await tx.find_by(Supplier, name=name)
    if namesake is not None and namesake.id != supplier_id:
        raise SupplierAlreadyKnown(supplier_id=namesake.id, name=name)
    supplier.name, supplier.qualified = name, qualified
    supplier.qualification, supplier.lead_working_days = qualification, lead_working_days
    return supplier


async def _must_know_supplier(tx: Tx, supplier_id: UUID | None) -> None:
    if supplier_id is None:
        return
    if await tx.session.scalar(select(Supplier.id).where(Supplier.id == supplier_id)) is None:
        raise NotFound("Supplier", supplier_id)
