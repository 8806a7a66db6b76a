"""Keeping the list of suppliers (PART-12)."""

from uuid import UUID

from parts.domain import Supplier
from parts.domain.purchase import SupplierAlreadyKnown
from servicekit import Tx


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
