"""The menu, the directory and the scripts for the screens, and what commands read of them."""

from collections.abc import Iterable

from sqlalchemy import select, union

from booking.domain.calls import Script
from booking.domain.copies import Customer, Part, Vehicle
from booking.domain.menu import MenuItem, ServiceState
from booking.queries.views import CustomerShown, DirectoryEntry, ScriptView, ServiceView, VehicleShown
from servicekit import NotFound, Tx
from servicekit.http import Page, PageRequest, paginate
from shopkit.numbers import search_key


async def parts_on_sale(tx: Tx, part_nos: Iterable[str]) -> dict[str, Part]:
    """Those of the parts that the catalogue sells."""
    wanted = set(part_nos)
    if not wanted:
        return {}
    found = await tx.all(select(Part).where(Part.part_no.in_(wanted), Part.withdrawn.is_(False)))
    return {part.part_no: part for part in found}


async def menu_items(tx: Tx, service_codes: Iterable[str]) -> dict[str, MenuItem]:
    """The menu items with these codes, as far as there are any."""
    wanted = set(service_codes)
    if not wanted:
        return {}
    found = await tx.all(select(MenuItem).where(MenuItem.service_code.in_(wanted)))
    return {item.service_code: item for item in found}


async def service(tx: Tx, service_code: str) -> ServiceView:
    """One menu item. Raises ``NotFound``."""
    await tx.session.flush()
    item = await tx.session.get(MenuItem, service_code)
    if item is None:
        raise NotFound("service", service_code)
    tx.set_subject(item)
    return _shown(item, await parts_on_sale(tx, _part_nos([item])))


async def services(tx: Tx, page: PageRequest, *, state: ServiceState | None) -> Page[ServiceView]:
    """The menu by code."""
    query = select(MenuItem)
    if state is not None:
        query = query.where(MenuItem.state == state)
    found: Page[MenuItem] = await paginate(tx, query, page, by=(MenuItem.service_code,))
    sold = await parts_on_sale(tx, _part_nos(found.items))
    return Page(items=[_shown(item, sold) for item in found.items], next=found.next)


def _part_nos(items: Iterable[MenuItem]) -> set[str]:
    return {needed.part_no for item in items for needed in item.terms.parts}


def _shown(item: MenuItem, sold: dict[str, Part]) -> ServiceView:
    gone = sorted(_part_nos([item]) - sold.keys())
    return ServiceView.of(item).model_copy(update={"unavailable_parts": gone})


async def directory(tx: Tx, page: PageRequest, *, query: str) -> Page[DirectoryEntry]:
    """Vehicles whose plate, VIN or customer's name begins with what was typed."""
    key = search_key(query)
    named = (
        select(Vehicle.vehicle_id)
        .join(Customer, Customer.customer_id == Vehicle.customer_id)
        .where(Customer.name_key.startswith(key, autoescape=True))
    )
    by_plate = select(Vehicle.vehicle_id).where(Vehicle.plate_key.startswith(key, autoescape=True))
    by_vin = select(Vehicle.vehicle_id).where(Vehicle.vin.startswith(key, autoescape=True))
    found = union(named, by_plate, by_vin).subquery()
    entries = (
        select(Vehicle, Customer)
        .outerjoin(Customer, Customer.customer_id == Vehicle.customer_id)
        .where(Vehicle.vehicle_id.in_(select(found.c.vehicle_id)))
    )

    def entry(row: tuple[Vehicle, Customer | None]) -> DirectoryEntry:
        vehicle, customer = row[0], row[1]
        shown = CustomerShown.of(customer) if customer else CustomerShown(customer_id=vehicle.customer_id)
        return DirectoryEntry(vehicle=VehicleShown.of(vehicle), customer=shown)

    return await paginate(tx, entries, page, by=(Vehicle.vehicle_id,), view=entry)


async def scripts(tx: Tx) -> list[ScriptView]:
    """What is said on each type of call (BOOK-35)."""
    return [ScriptView.of(one) for one in await tx.all(select(Script).order_by(Script.call_type))]
