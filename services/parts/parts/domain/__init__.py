"""What parts decides, without I/O and without a clock: stock, reservations, orders, picking."""

from parts.domain.base import Base
from parts.domain.copies import Appointment, ShopCalendar
from parts.domain.part import Part, PartCard
from parts.domain.picking import PickRequest, Slip
from parts.domain.purchase import PurchaseOrder, PurchaseOrderLine, Supplier
from parts.domain.reservation import Reservation
from parts.domain.reservation_line import ReservationLine
from parts.domain.rules import HouseRules
from parts.domain.stock import Movement, Shelf, Stock

__all__ = [
    "Appointment",
    "Base",
    "HouseRules",
    "Movement",
    "Part",
    "PartCard",
    "PickRequest",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Reservation",
    "ReservationLine",
    "Shelf",
    "ShopCalendar",
    "Slip",
    "Stock",
    "Supplier",
]
