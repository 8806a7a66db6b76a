"""What booking does when crm reports: its directory of customers and vehicles follows."""

from booking.domain.copies import Customer, Vehicle
from contracts.events.crm import CustomerChanged, CustomerRegistered, VehicleChanged, VehicleRegistered
from servicekit import Tx
from servicekit.copies import Columns, keep
from shopkit.numbers import search_key


async def copy_customer_on_registered_or_changed(tx: Tx, event: CustomerRegistered | CustomerChanged) -> None:
    """Desks see the customer's name."""
    columns: Columns = {
        Customer.customer_no: event.customer_no,
        Customer.display_name: event.display_name,
        Customer.name_key: search_key(event.display_name),
        Customer.customer_class: event.customer_class,
    }
    await keep(tx, Customer, {Customer.customer_id: event.customer_id}, columns)


async def copy_vehicle_on_registered_or_changed(tx: Tx, event: VehicleRegistered | VehicleChanged) -> None:
    """Desks see and find the vehicle."""
    columns: Columns = {
        Vehicle.customer_id: event.customer_id,
        Vehicle.plate: event.plate,
        Vehicle.plate_key: search_key(event.plate),
        Vehicle.vin: event.vin,
        Vehicle.make: event.make,
        Vehicle.model: event.model,
        Vehicle.model_year: event.model_year,
    }
    await keep(tx, Vehicle, {Vehicle.vehicle_id: event.vehicle_id}, columns)
