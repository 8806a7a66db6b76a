"""The prices in force for a customer, from the copies of catalogue and labour rates."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from contracts.values import Line, Title
from reception.domain.copies import CatalogueEntry, Customer, LabourRate
from reception.domain.pricing import LabourPrice, PartPrice, PriceList
from servicekit import Tx
from servicekit.columns import Json

GENERAL_CLASSES = ("", "any", "normal")
"""Rates of these classes hold for every customer whose class has none of its own, the first found."""

_PART, _LABOUR = "part", "labour"


async def price_list(tx: Tx, customer_id: UUID, lines: Iterable[Line]) -> PriceList:
    """What these lines' parts and labour cost this customer today, by one statement; what no copy has is
    absent."""
    wanted = list(lines)
    parts: dict[str, PartPrice] = {}
    labour: dict[str, LabourPrice] = {}
    part_nos = {need.part_no for line in wanted for need in line.parts}
    asked = [_labour(tx, customer_id, {line.work_type for line in wanted})] if wanted else []
    asked += [_parts(part_nos)] if part_nos else []
    for kind, name, price, tax_rate, title in await tx.session.execute(union_all(*asked)) if asked else ():
        if kind == _PART:
            parts[name] = PartPrice(unit_price=price, tax_rate=tax_rate.normalize(), title=title)
        else:
            labour[name] = LabourPrice(hourly_rate=price, tax_rate=tax_rate.normalize())
    return PriceList(parts=parts, labour=labour)


def _parts(numbers: set[str]) -> Select[*tuple[Any, ...]]:
    return select(
        literal(_PART),
        CatalogueEntry.part_no,
        CatalogueEntry.unit_price,
        CatalogueEntry.tax_rate,
        CatalogueEntry.title,
    ).where(CatalogueEntry.part_no.in_(numbers))


def _labour(tx: Tx, customer_id: UUID, work_types: set[str]) -> Select[*tuple[Any, ...]]:
    own = select(Customer.customer_class).where(Customer.id == customer_id).scalar_subquery()
    preferred = case(
        (LabourRate.customer_class == own, -1),
        *((LabourRate.customer_class == general, n) for n, general in enumerate(GENERAL_CLASSES)),
    )
    rates = (
        select(LabourRate.work_type, LabourRate.hourly_rate, LabourRate.tax_rate)
        .where(
            LabourRate.work_type.in_(work_types),
            LabourRate.customer_class.in_(GENERAL_CLASSES) | (LabourRate.customer_class == own),
            LabourRate.valid_from <= tx.today,
        )
        .ext(distinct_on(LabourRate.work_type))
        .order_by(LabourRate.work_type, preferred, LabourRate.valid_from.desc())
        .subquery()
        .c
    )
    nothing = null().cast(Json(Title))
    return select(literal(_LABOUR), rates.work_type, rates.hourly_rate, rates.tax_rate, nothing)
