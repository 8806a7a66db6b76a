"""The prices in force for a customer, from the copies of catalogue and labour rates."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import case, select
from sqlalchemy.dialects.postgresql import distinct_on

from chassis import Tx
from contracts.values import Line
from reception.domain.copies import CatalogueEntry, Customer, LabourRate
from reception.domain.pricing import LabourPrice, PartPrice, PriceList

GENERAL_CLASSES = ("", "any", "normal")
"""Rates of these classes hold for every customer whose class has none of its own, the first found."""


async def price_list(tx: Tx, customer_id: UUID, lines: Iterable[Line]) -> PriceList:
    """What these lines' parts and labour cost this customer today; what no copy has is absent."""
    wanted = list(lines)
    return PriceList(
        parts=await _parts(tx, {need.part_no for line in wanted for need in line.parts}),
        labour=await _labour(tx, customer_id, {line.work_type for line in wanted}),
    )


async def _parts(tx: Tx, numbers: set[str]) -> dict[str, PartPrice]:
    if not numbers:
        return {}
    found = await tx.session.scalars(select(CatalogueEntry).where(CatalogueEntry.part_no.in_(numbers)))
    return {
        entry.part_no: PartPrice(
            unit_price=entry.unit_price, tax_rate=entry.tax_rate.normalize(), title=entry.title
        )
        for entry in found
    }


async def _labour(tx: Tx, customer_id: UUID, work_types: set[str]) -> dict[str, LabourPrice]:
    if not work_types:
        return {}
    own = select(Customer.customer_class).where(Customer.id == customer_id).scalar_subquery()
    preferred = case(
        (LabourRate.customer_class == own, -1),
        *((LabourRate.customer_class == general, n) for n, general in enumerate(GENERAL_CLASSES)),
    )
    query = (
        select(LabourRate)
        .where(
            LabourRate.work_type.in_(work_types),
            LabourRate.customer_class.in_(GENERAL_CLASSES) | (LabourRate.customer_class == own),
            LabourRate.valid_from <= tx.today,
        )
        .ext(distinct_on(LabourRate.work_type))
        .order_by(LabourRate.work_type, preferred, LabourRate.valid_from.desc())
    )
    found = await tx.session.scalars(query)
    return {
        rate.work_type: LabourPrice(hourly_rate=rate.hourly_rate, tax_rate=rate.tax_rate.normalize())
        for rate in found
    }
