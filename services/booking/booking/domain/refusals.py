"""What booking says no to; each docstring is the title that people read."""

from servicekit import Refusal


class CapacityExceeded(Refusal):
    """The day has not enough labour left for this work."""


class SlotFull(Refusal):
    """All technicians are booked at that time."""


class VehicleAlreadyBooked(Refusal):
    """This vehicle is booked for an overlapping time."""


class ShopClosed(Refusal):
    """The shop is closed at that time."""


class SlotInThePast(Refusal):
    """That time has passed."""


class SlotTooShort(Refusal):
    """The slot ends before the work can be done."""


class SlotTooLong(Refusal):
    """The slot ends later than slots are offered."""


class SlotNotOffered(Refusal):
    """This slot is no longer free."""


class ServiceNotOffered(Refusal):
    """This service is not on the menu."""


class PartUnknown(Refusal):
    """The catalogue has no such part."""


class PartsShort(Refusal):
    """Parts for this appointment are missing."""


class WorkAlreadyAuthorised(Refusal):
    """This work was agreed on the visit and cannot be changed here."""


class VisitNotAway(Refusal):
    """The car is not expected back for this visit."""


class AlreadyBooked(Refusal):
    """There is an open appointment for this visit."""


class CallClosed(Refusal):
    """This call has been dealt with."""


class RequestIncomplete(Refusal):
    """A request needs a fault or a service from the menu."""
