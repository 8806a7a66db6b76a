"""The booking department: every endpoint, subscription and timer, and what a new shop begins with."""

from booking import api, timers
from booking.commands.shop import open_shop
from booking.domain.appointment import NO_SHOW
from booking.domain.base import Base
from booking.domain.rules import HouseRules
from booking.reactions import crm as on_crm
from booking.reactions import parts as on_parts
from booking.reactions import reception as on_reception
from booking.settings import Settings
from contracts.events import crm, parts, reception
from servicekit import Service

service = Service(
    "booking",
    base=Base,
    settings=Settings,
    rules=HouseRules,
    routers=api.ROUTERS,
    title="Booking",
)

service.on(crm.CustomerRegistered, on_crm.copy_customer_on_registered_or_changed)
service.on(crm.CustomerChanged, on_crm.copy_customer_on_registered_or_changed)
service.on(crm.VehicleRegistered, on_crm.copy_vehicle_on_registered_or_changed)
service.on(crm.VehicleChanged, on_crm.copy_vehicle_on_registered_or_changed)

service.on(parts.PartListed, on_parts.copy_part_on_listed_or_changed)
service.on(parts.PartChanged, on_parts.copy_part_on_listed_or_changed)
service.on(parts.PartWithdrawn, on_parts.withdraw_part_on_part_withdrawn)

service.on(parts.PartsReserved, on_parts.note_parts_on_reservation)
service.on(parts.ShortageDetected, on_parts.note_parts_on_reservation)
service.on(parts.ReservationAttached, on_parts.note_parts_on_reservation)
service.on(parts.PartsReleased, on_parts.note_parts_on_reservation)
service.on(parts.PartsArrived, on_parts.offer_slot_on_parts_arrived)
service.on(parts.PartsBackOrdered, on_parts.note_order_on_back_ordered)
service.on(parts.EtaChanged, on_parts.note_eta_on_eta_changed)

service.on(reception.VisitOpened, on_reception.keep_appointment_on_visit_opened)
service.on(reception.VehicleReceived, on_reception.note_wait_on_vehicle_received)
service.on(reception.HandoverPromised, on_reception.count_walk_in_on_handover_promised)
service.on(reception.PromiseRevised, on_reception.move_walk_in_on_promise_revised)
service.on(reception.VehicleLeft, on_reception.book_return_on_vehicle_left)
service.on(reception.VehicleReturned, on_reception.keep_return_on_vehicle_returned)
service.on(reception.ReworkAgreed, on_reception.offer_slot_on_rework_agreed)
service.on(reception.VisitClosed, on_reception.give_up_return_on_visit_closed)

service.at(NO_SHOW, timers.miss_appointment, silence_of=("reception.visit",))
service.seed(open_shop)
