"""Visits with their work, and the copies that a command or a reaction decides by."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on

from contracts.values import Line, Title
from reception.domain import Visit
from reception.domain.acceptance import Papers
from reception.domain.car import Car
from reception.domain.copies import Appointment, CatalogueEntry, Customer, Invoice, LabourRate, Vehicle
from reception.domain.pricing import LabourPrice, PartPrice, PriceList
from servicekit import Tx
from servicekit.columns import Json
from servicekit.loading import load

GENERAL_CLASSES = ("", "any", "normal")
"""Rates of these classes hold for every customer whose class has none of its own, the first found."""

_PART, _LABOUR = "part", "labour"


async def lock_visit(tx: Tx, visit_id: UUID) -> Visit:
    """The visit, locked, with its lines and estimates. Raises ``NotFound``."""
    return await load_work(tx, await tx.get(Visit, visit_id))


async def load_visit(tx: Tx, visit_id: UUID) -> Visit:
    """The same for showing: not locked. Raises ``NotFound``."""
    return await load_work(tx, await tx.read(Visit, visit_id))


async def load_work(tx: Tx, visit: Visit) -> Visit:
    """The same visit with its lines and estimates."""
    return await load(tx, visit, "lines", "estimates")


async def load_papers(tx: Tx, visit_id: UUID) -> Papers | None:
    """What the copy of the visit's invoice holds; read it while you hold the visit."""
    invoice = await tx.session.get(Invoice, visit_id)
    return None if invoice is None else Papers.model_validate(invoice, from_attributes=True)


async def load_appointment(tx: Tx, request_id: UUID) -> Appointment | None:
    """The request's appointment: a confirmed one before any other, the earliest slot first."""
    query = (
        select(Appointment)
        .where(Appointment.request_id == request_id)
        .order_by((Appointment.state == "confirmed").desc(), Appointment.slot_start.asc().nulls_last())
        .limit(1)
    )
    found: Appointment | None = await tx.session.scalar(query)
    return found


async def load_file(tx: Tx, *, vehicle_id: UUID, customer_id: UUID) -> tuple[Car | None, str | None]:
    """The car and the customer's class as customer relations has them on file, by one statement."""
    its_class = select(Customer.customer_class).where(Customer.id == customer_id).scalar_subquery()
    one = select(its_class.label("its_class")).subquery()
    found = select(Vehicle, one.c.its_class).select_from(one)
    row = (await tx.session.execute(found.outerjoin(Vehicle, Vehicle.id == vehicle_id))).one()
    vehicle: Vehicle | None = row[0]
    if vehicle is None:
        return None, row[1]
    return Car(vehicle.plate, vehicle.vin, vehicle.make, vehicle.model, vehicle.model_year), row[1]


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
