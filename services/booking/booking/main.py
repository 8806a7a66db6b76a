"""Booking's table of contents: its doors, what it hears, its timers, what a new shop begins with."""

from booking.api import appointments, customers, shop
from booking.commands.appointments import NO_SHOW
from booking.commands.shop import open_shop
from booking.domain.base import Base
from booking.domain.rules import HouseRules
from booking.reactions import copies, visits
from contracts.events import crm, parts, reception
from servicekit import Service, ServiceSettings

service = Service(
    "booking",
    base=Base,
    settings=ServiceSettings,
    rules=HouseRules,
    routers=[appointments.router, shop.router, customers.router],
    title="Booking",
)

service.on(crm.CustomerRegistered, copies.copy_customer_on_registered_or_changed)
service.on(crm.CustomerChanged, copies.copy_customer_on_registered_or_changed)
service.on(crm.VehicleRegistered, copies.copy_vehicle_on_registered_or_changed)
service.on(crm.VehicleChanged, copies.copy_vehicle_on_registered_or_changed)

service.on(parts.PartListed, copies.copy_part_on_listed_or_changed)
service.on(parts.PartChanged, copies.copy_part_on_listed_or_changed)
service.on(parts.PartWithdrawn, copies.withdraw_part_on_part_withdrawn)

service.on(parts.PartsReserved, copies.note_parts_on_reservation)
service.on(parts.ShortageDetected, copies.note_parts_on_reservation)
service.on(parts.ReservationAttached, copies.note_parts_on_reservation)
service.on(parts.PartsReleased, copies.note_parts_on_reservation)
service.on(parts.PartsArrived, copies.offer_slot_on_parts_arrived)
service.on(parts.PartsBackOrdered, copies.note_order_on_back_ordered)
service.on(parts.EtaChanged, copies.note_eta_on_eta_changed)

service.on(reception.VisitOpened, visits.keep_appointment_on_visit_opened)
service.on(reception.VehicleReceived, visits.note_wait_on_vehicle_received)
service.on(reception.HandoverPromised, visits.count_walk_in_on_handover_promised)
service.on(reception.PromiseRevised, visits.move_walk_in_on_promise_revised)
service.on(reception.VehicleLeft, visits.book_return_on_vehicle_left)
service.on(reception.VehicleReturned, visits.keep_return_on_vehicle_returned)
service.on(reception.ReworkAgreed, visits.offer_slot_on_rework_agreed)
service.on(reception.VisitClosed, visits.give_up_return_on_visit_closed)

service.at(NO_SHOW, visits.miss_appointment, silence_of=("reception.visit",))
service.seed(open_shop)
