"""What parts publishes: the catalogue, reservations for requests, and purchase orders."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.base import Event, Fact, Instant, Money, Revision, TaxRate
from contracts.fields import Currency, PartNo, RequestId, ReservationId
from contracts.values import BackOrderedPart, ChangedEta, IssuedPart, OrderedPart, ReservationLine, Title


class _PartEvent(Event):
    KEY: ClassVar[str] = "part_no"

    part_no: PartNo


class _PartState(_PartEvent):
    title: Title = Field(description="name of the part")
    kind: str = Field(description="oem or substitute")
    unit: str = Field(description="what one is: piece, litre, set, ...")
    unit_price: Money = Field(description="net list price of one unit")
    currency: Currency
    tax_rate: TaxRate = Field(description="tax as a fraction, e.g. 0.13")


class PartListed(_PartState):
    """A part is in the catalogue; reception copies the price, booking checks its menu."""

    TYPE: ClassVar[str] = "parts.part.listed"


class PartChanged(_PartState):
    """Name or price of a part changed; whole state, listeners overwrite their copy."""

    TYPE: ClassVar[str] = "parts.part.changed"


class PartWithdrawn(_PartEvent):
    """A part is no longer sold; reception and booking stop offering it."""

    TYPE: ClassVar[str] = "parts.part.withdrawn"


class ForRevision(Fact):
    """Which wish a reservation answers."""

    source: str = Field(description="appointment, estimate or rework")
    revision: Revision = Field(description="revision of the appointment or of the estimate")


class _ReservationEvent(Event):
    KEY: ClassVar[str] = "reservation_id"

    reservation_id: ReservationId
    request_id: RequestId
    appointment_id: UUID | None = Field(default=None, description="the appointment, if booked")
    visit_id: UUID | None = Field(default=None, description="the visit, once the car is here")


class PartsReserved(_ReservationEvent):
    """Everything wanted is set aside; booking, reception, workshop and billing copy the whole state."""

    TYPE: ClassVar[str] = "parts.reservation.reserved"

    for_revision: ForRevision = Field(description="which wish it answers")
    lines: tuple[ReservationLine, ...] = Field(description="whole state of all part lines")


class ShortageDetected(_ReservationEvent):
    """Some of what is wanted is not in stock; booking and reception ask the customer (E2)."""

    TYPE: ClassVar[str] = "parts.reservation.shortage-detected"

    for_revision: ForRevision = Field(description="which wish it answers")
    lines: tuple[ReservationLine, ...] = Field(description="whole state of all part lines")


class ReservationAttached(_ReservationEvent):
    """The car is here and its parts belong to the visit now; its listeners know them by visit."""

    TYPE: ClassVar[str] = "parts.reservation.attached"

    lines: tuple[ReservationLine, ...] = Field(description="whole state of all part lines")


class PartsIssued(_ReservationEvent):
    """The keeper handed parts out for authorised lines; workshop has them, billing counts them."""

    TYPE: ClassVar[str] = "parts.reservation.issued"

    slip_no: str = Field(description="number of the issue slip")
    technician_id: UUID = Field(description="who took them")
    estimate_revision: Revision | None = Field(
        default=None,
        description="answered revision that authorised them; perhaps not yet known to the workshop",
    )
    lines: tuple[IssuedPart, ...] = Field(description="rows of this slip, with totals")
    currency: Currency


class PartsReturned(_ReservationEvent):
    """Unused parts came back; workshop squares its lines, billing subtracts them."""

    TYPE: ClassVar[str] = "parts.reservation.returned"

    slip_no: str = Field(description="number of the return slip")
    technician_id: UUID = Field(description="who brought them")
    lines: tuple[IssuedPart, ...] = Field(description="rows of this slip, with totals")
    currency: Currency


class PartsReleased(_ReservationEvent):
    """Parts are no longer kept: cancelled, missed, declined, lapsed or closed; issued ones stay out."""

    TYPE: ClassVar[str] = "parts.reservation.released"

    reason: str = Field(description="cancelled, missed, declined, changed, lapsed or closed")
    lines: tuple[ReservationLine, ...] = Field(description="whole state of all part lines")


class PartsBackOrdered(_ReservationEvent):
    """The customer agreed to wait for ordered parts; reception, workshop and booking learn when."""

    TYPE: ClassVar[str] = "parts.reservation.back-ordered"

    purchase_order_no: str = Field(description="number of the order")
    lines: tuple[BackOrderedPart, ...] = Field(description="part lines on order")


class EtaChanged(_ReservationEvent):
    """The supplier moved a delivery; reception notifies the customer, workshop checks the promise."""

    TYPE: ClassVar[str] = "parts.reservation.eta-changed"

    lines: tuple[ChangedEta, ...] = Field(description="part lines whose arrival moved")
    reason: str = Field(default="", description="the supplier's reason")


class PartsArrived(_ReservationEvent):
    """A receipt was allotted to this reservation; workshop goes on, reception notifies the customer."""

    TYPE: ClassVar[str] = "parts.reservation.arrived"

    lines: tuple[ReservationLine, ...] = Field(description="whole state of all part lines")


class _PurchaseOrderEvent(Event):
    KEY: ClassVar[str] = "purchase_order_id"

    purchase_order_id: UUID = Field(description="the purchase order")
    purchase_order_no: str = Field(description="number of the order as people know it")
    supplier: str = Field(description="name of the supplier")
    currency: Currency
    lines: tuple[OrderedPart, ...] = Field(description="parts ordered or received")


class PurchaseOrderPlaced(_PurchaseOrderEvent):
    """Parts were ordered from a supplier; the department's own record, nobody listens yet."""

    TYPE: ClassVar[str] = "parts.purchase-order.placed"

    due_at: Instant | None = Field(default=None, description="when delivery is expected, UTC")


class PurchaseOrderReceived(_PurchaseOrderEvent):
    """A delivery was booked into stock; the department's own record, nobody listens yet."""

    TYPE: ClassVar[str] = "parts.purchase-order.received"

    received_at: Instant = Field(description="when it was booked in, UTC")
