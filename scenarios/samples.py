"""What the shop needs before the first car: parts and stock, rates, menu, bays, and a day's capacity."""

import asyncio
from math import ceil

from scenarios.desks import billing, booking, parts, workshop
from scenarios.people import Crew
from scenarios.repairs import GOODS_TAX, LABOUR_TAX, MENU, PARTS, RATES, PartCard
from scenarios.shop_client import Person, ShopClient

BAYS = 20
_SHELF = 120
"""So many of each part lie free on the shelf when the day begins."""
_SUPPLIER = "Huadong Auto Parts"
_BOOKING_RULES = {"technicians": 14, "maintenance_share": "0.30"}
_CLASSES = ("normal", "vip")


async def create_samples(client: ShopClient, crew: Crew) -> str:
    """Create what is not there yet; gives the id of the supplier."""
    supplier_id = await _supplier(client, crew)
    await asyncio.gather(
        _stock(client, crew),
        _price_labour(client, crew),
        _build_bays(client, crew),
        _hold_rules(client, crew),
    )
    await _offer_menu(client, crew)
    await _workshop_knows(client, crew)
    return supplier_id


async def _supplier(client: ShopClient, crew: Crew) -> str:
    keeper = crew.one("parts-manager")
    known = [s for s in await parts.suppliers(client, keeper) if s["name"] == _SUPPLIER]
    supplier = known[0] if known else await parts.add_supplier(client, keeper, _SUPPLIER)
    return str(supplier["id"])


async def list_part(client: ShopClient, manager: Person, card: PartCard) -> None:
    """A part enters the catalogue; none is in stock."""
    await parts.list_part(
        client,
        manager,
        part_no=card.part_no,
        title={"zh": card.zh, "en": card.en},
        kind="oem",
        unit=card.unit,
        unit_price=card.price,
        tax_rate=GOODS_TAX,
    )


async def _stock(client: ShopClient, crew: Crew) -> None:
    manager = crew.one("parts-manager")
    listed = await parts.listed(client, manager)

    async def fill(card: PartCard) -> None:
        if card.part_no not in listed:
            await list_part(client, manager, card)
        await _fill_shelf(client, manager, card)

    await asyncio.gather(*(fill(card) for card in PARTS))


async def _fill_shelf(client: ShopClient, manager: Person, card: PartCard) -> None:
    """Put away until enough is free: what comes in goes first to whoever already waits for the part."""
    while (free := await parts.available(client, manager, card.part_no)) < _SHELF:
        await parts.put_away(client, manager, card.part_no, ceil(_SHELF - free), card.cost)


async def _price_labour(client: ShopClient, crew: Crew) -> None:
    finance = crew.one("finance")
    known = await billing.rates(client, finance)
    for work_type, rate in RATES.items():
        for customer_class in _CLASSES:
            if f"{work_type}:{customer_class}" not in known:
                await billing.set_rate(client, finance, work_type, customer_class, rate, LABOUR_TAX)


async def _build_bays(client: ShopClient, crew: Crew) -> None:
    supervisor = crew.one("workshop-supervisor")
    names = {bay["name"] for bay in await workshop.bays(client, supervisor)}
    for n in range(len(names) + 1, BAYS + 1):
        await workshop.add_bay(client, supervisor, f"Bay {n}")


async def _hold_rules(client: ShopClient, crew: Crew) -> None:
    """This shop has more technicians than the usual one, and repairs more than it maintains."""
    manager = crew.one("service-manager")
    for name, value in _BOOKING_RULES.items():
        body = {"value": value, "reason": "a shop of this size"}
        await client.ask("booking", "PUT", f"/house-rules/{name}", who=manager, json=body)


async def _offer_menu(client: ShopClient, crew: Crew) -> None:
    manager = crew.one("service-manager")
    known = await booking.menu(client, manager)
    for code, terms in MENU.items():
        if code not in known:

            async def offer(code: str = code, terms: dict[str, object] = terms) -> bool:
                await booking.offer(client, manager, code, **terms)
                return True

            await client.when_possible(offer, f"menu item {code}", also=frozenset({"part_unknown"}))


async def _workshop_knows(client: ShopClient, crew: Crew) -> None:
    """Nobody can be given work before the workshop has applied the event of the last one hired."""
    supervisor = crew.one("workshop-supervisor")
    wanted = {str(person.employee_id) for person in crew.people if person.role == "technician"}

    async def look() -> bool | None:
        known = {technician["id"] for technician in await workshop.technicians(client, supervisor)}
        return True if wanted <= known else None

    await client.eventually(look, "the workshop to know its technicians")
