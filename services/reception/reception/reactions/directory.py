"""Customers, vehicles, the menu, prices and the calendar: the copies that the desk works with."""

from sqlalchemy import select

from contracts.events.billing import LabourRateSet
from contracts.events.booking import CalendarChanged, ServiceOffered, ServiceWithdrawn
from contracts.events.crm import CustomerChanged, CustomerRegistered, VehicleChanged, VehicleRegistered
from contracts.events.parts import PartChanged, PartListed, PartWithdrawn
from reception.domain import Visit
from reception.domain.copies import Calendar, CatalogueEntry, Customer, LabourRate, Service, Vehicle
from servicekit import Tx
from shopkit.calendar import WorkingCalendar


async def copy_customer_on_registered(tx: Tx, event: CustomerRegistered) -> None:
    """The desk can find the customer by name."""
    await _copy_customer(tx, event)


async def copy_customer_on_changed(tx: Tx, event: CustomerChanged) -> None:
    """Name or class changed; whole state. The screens of this customer's visits show the name."""
    await _copy_customer(tx, event)
    here = select(Visit.id).where(Visit.customer_id == event.customer_id, Visit.closed_at.is_(None))
    for visit_id in await tx.session.scalars(here):
        tx.notify_watchers(Visit, visit_id)


async def copy_vehicle_on_registered(tx: Tx, event: VehicleRegistered) -> None:
    """The desk can find the vehicle by plate and VIN."""
    await _copy_vehicle(tx, event)


async def copy_vehicle_on_changed(tx: Tx, event: VehicleChanged) -> None:
    """Plate, customer or another fact changed; whole state."""
    await _copy_vehicle(tx, event)


async def copy_service_on_offered(tx: Tx, event: ServiceOffered) -> None:
    """Lines can be made from this menu item."""
    await tx.session.merge(
        Service(
            code=event.service_code,
            title=event.title,
            work_type=event.work_type,
            skill=event.skill,
            labour_minutes=event.labour_minutes,
            parts=event.parts,
            offered=True,
        )
    )


async def drop_service_on_withdrawn(tx: Tx, event: ServiceWithdrawn) -> None:
    """No more lines are made from it."""
    service = await tx.find(Service, event.service_code)
    if service is not None:
        service.offered = False


async def copy_price_on_part_listed(tx: Tx, event: PartListed) -> None:
    """Lines with this part can be priced."""
    await _copy_part(tx, event)


async def copy_price_on_part_changed(tx: Tx, event: PartChanged) -> None:
    """From now on estimates take the new price; presented ones keep theirs."""
    await _copy_part(tx, event)


async def drop_part_on_withdrawn(tx: Tx, event: PartWithdrawn) -> None:
    """The part is no longer sold; its last price stays for lines that have it."""
    entry = await tx.find(CatalogueEntry, event.part_no)
    if entry is not None:
        entry.sold = False


async def copy_rate_on_labour_rate_set(tx: Tx, event: LabourRateSet) -> None:
    """Labour is priced by it from its day on."""
    await tx.session.merge(
        LabourRate(
            work_type=event.work_type,
            customer_class=event.customer_class,
            valid_from=event.valid_from,
            hourly_rate=event.hourly_rate,
            tax_rate=event.tax_rate,
        )
    )


async def copy_calendar_on_changed(tx: Tx, event: CalendarChanged) -> None:
    """The earliest handover is counted by the shop's working time."""
    hours = WorkingCalendar.model_validate(event, from_attributes=True)
    await tx.session.merge(Calendar(name=event.calendar, hours=hours))


async def _copy_customer(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    await tx.session.merge(
        Customer(
            id=event.customer_id,
            customer_no=event.customer_no,
            display_name=event.display_name,
            customer_class=event.customer_class,
        )
    )


async def _copy_vehicle(tx: Tx, event: VehicleRegistered | VehicleChanged) -> None:
    await tx.session.merge(
        Vehicle(
            id=event.vehicle_id,
            customer_id=event.customer_id,
            plate=event.plate,
            vin=event.vin,
            make=event.make,
            model=event.model,
            model_year=event.model_year,
        )
    )


async def _copy_part(tx: Tx, event: PartListed | PartChanged) -> None:
    await tx.session.merge(
        CatalogueEntry(
            part_no=event.part_no,
            title=event.title,
            unit=event.unit,
            unit_price=event.unit_price,
            tax_rate=event.tax_rate,
            sold=True,
        )
    )
