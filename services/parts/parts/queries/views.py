"""What the front ends of parts see: the answers of its routes."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.base import Money, Quantity, TaxRate
from contracts.values import Payer, Title
from parts.domain.part import PartKind, PartState
from parts.domain.picking import PickState, SlipKind
from parts.domain.purchase import EtaChange, OrderState
from parts.domain.reservation import ReservationState, WishSource
from parts.domain.stock import MovementKind
from servicekit.http import View

Version = Annotated[int, Field(description="raised by every change; the ETag of one")]
Allowed = Annotated[list[str], Field(description="commands that its state allows now")]
PartNo = Annotated[str, Field(description="catalogue number of the part")]
OnHand = Annotated[Quantity, Field(description="quantity on the shelf")]
Reserved = Annotated[Quantity, Field(description="of what is on hand, promised to reservations")]
Available = Annotated[Quantity, Field(description="on hand and promised to nobody")]
OnOrder = Annotated[Quantity, Field(description="quantity still to come on open orders")]
UnitCost = Annotated[Money, Field(description="net average cost of one unit")]
PartLineId = Annotated[UUID, Field(description="the part line; the same in estimate, job and invoice")]
LineId = Annotated[UUID, Field(description="the line of work that it belongs to")]
ReservationId = Annotated[UUID, Field(description="the reservation")]
RequestId = Annotated[UUID, Field(description="the request; uuid5 of shop and request_no")]
RequestNo = Annotated[str | None, Field(description="number of the request, e.g. B-250307-0042")]
AppointmentId = Annotated[UUID | None, Field(description="the appointment, if one is known")]
VisitId = Annotated[UUID | None, Field(description="the visit, once the car is here or expected")]
Plate = Annotated[str | None, Field(description="licence plate, once the car is here")]
TechnicianId = Annotated[UUID, Field(description="employee id of the technician")]
Work = Annotated[Title, Field(description="what is done with the part")]
PartTitle = Annotated[Title | None, Field(description="name of the part; null if it was never listed")]
Eta = Annotated[datetime | None, Field(description="when what is on order is expected, UTC")]
Batch = Annotated[str | None, Field(description="supplier's batch (PART-11)")]
SlipNo = Annotated[str | None, Field(description="number of the slip, e.g. PI-250307-0001")]
PayerOf = Annotated[Payer, Field(description="customer, or shop for rework and goodwill")]
By = Annotated[str, Field(description="employee id, or system")]


class PartView(View):
    """A part with its stock (PART-01)."""

    part_no: PartNo
    state: PartState = Field(description="whether it is offered")
    title: Title = Field(description="name of the part")
    kind: PartKind = Field(description="maker's own part or substitute (PART-04)")
    unit: str = Field(description="unit of its quantities: piece, litre, set, ...")
    unit_price: Money = Field(description="net list price of one unit")
    tax_rate: TaxRate = Field(description="tax as a fraction, e.g. 0.13")
    reorder_point: Quantity | None = Field(description="suggest to order at or below it (PART-28)")
    reorder_quantity: Quantity | None = Field(description="how much to order then")
    supplier_id: UUID | None = Field(description="supplier from which it is ordered")
    warranty_months: int | None = Field(description="warranty on the part, months (PART-11)")
    version: Version
    on_hand: OnHand
    reserved: Reserved
    available: Available
    unit_cost: UnitCost
    allowed: Allowed


class PartDetail(PartView):
    """One part with what is on order."""

    on_order: OnOrder


class Suggestion(PartView):
    """A part to order again (PART-28)."""

    on_order: OnOrder


class SupplierView(View):
    """A supplier."""

    id: UUID = Field(description="the supplier")
    name: str = Field(description="name, unique")
    qualified: bool = Field(description="whether parts may be bought there (PART-12)")
    qualification: str = Field(description="evidence of the qualification")
    lead_working_days: int | None = Field(description="usual working days to delivery; null: the house rule")
    version: Version


class StockView(View):
    """One part on the shelf."""

    part_no: PartNo
    on_hand: OnHand
    reserved: Reserved
    available: Available
    unit_cost: UnitCost
    counted_at: datetime | None = Field(description="when it was counted last, UTC")
    version: Version


class MovementView(View):
    """One row of the ledger."""

    position: int = Field(description="place in the ledger, rising")
    kind: MovementKind = Field(description="why a quantity changed")
    quantity: Quantity = Field(description="change of what is on hand")
    promised: Quantity = Field(description="change of what is reserved")
    on_hand_after: Quantity = Field(description="on hand after it")
    reserved_after: Quantity = Field(description="reserved after it")
    unit_cost: UnitCost
    part_line_id: UUID | None = Field(description="the part line, for what a request needs")
    slip_no: SlipNo
    purchase_order_id: UUID | None = Field(description="the order that was delivered")
    batch: Batch
    certificate_no: str | None = Field(description="certificate of the delivery (PART-11)")
    reason: str = Field(description="why, e.g. of a count")
    by: By
    at: datetime = Field(description="when, UTC")


class Shortage(View):
    """A part line that waits (PART-08)."""

    part_line_id: PartLineId
    line_id: LineId
    part_no: PartNo
    part_title: PartTitle
    work: Work
    reservation_id: ReservationId
    request_id: RequestId
    request_no: RequestNo
    visit_id: VisitId
    plate: Plate
    short: Quantity = Field(description="quantity that the stock lacks")
    back_ordered: Quantity = Field(description="how much of that is on order")
    authorised: bool = Field(description="whether the customer agreed to the work")
    eta: Eta
    short_since: datetime = Field(description="since when it is short, UTC")
    age_minutes: int = Field(description="how long that is, whole minutes")


class FiguresView(View):
    """Key figures of parts over a span of time (F-29); null where nothing happened."""

    lines_requested: int = Field(description="part lines asked for")
    lines_from_stock: int = Field(description="of those, filled from stock at once")
    fill_rate_percent: Money | None = Field(description="filled at once / asked for, per cent")
    picks: int = Field(description="technicians' requests that were answered")
    mean_wait_minutes: Money | None = Field(description="mean wait at the counter, minutes")
    slow_picks: int = Field(description="waits longer than the house rule (PART-09)")
    issued_rows: int = Field(description="rows of issue slips")
    wrong_rows: int = Field(description="rows brought back as the wrong part")
    wrong_part_percent: Money | None = Field(description="wrong rows / issued rows, per cent (PART-19)")


class LineView(View):
    """One part line; wanted = reserved + short + released."""

    part_line_id: PartLineId
    line_id: LineId
    part_no: PartNo
    part_title: PartTitle
    work: Work
    payer: PayerOf
    authorised: bool = Field(description="whether the customer agreed to the work")
    declined: bool = Field(description="whether the customer declined the work")
    wanted: Quantity = Field(description="quantity asked for")
    reserved: Quantity = Field(description="quantity set aside, including what was issued since")
    held: Quantity = Field(description="quantity on the shelf for this line")
    short: Quantity = Field(description="quantity that the stock lacks")
    back_ordered: Quantity = Field(description="how much of that is on order")
    released: Quantity = Field(description="quantity no longer wanted")
    issued: Quantity = Field(description="quantity handed out so far")
    returned: Quantity = Field(description="quantity that came back so far")
    available: Quantity = Field(description="free stock of the part, beyond what is held for this line")
    eta: Eta


class _ReservationHead(View):
    id: ReservationId
    request_id: RequestId
    request_no: RequestNo
    appointment_id: AppointmentId
    visit_id: VisitId
    plate: Plate
    state: ReservationState = Field(description="open until the car is here, then attached, then closed")
    slot_start: datetime | None = Field(description="begin of the booked slot, UTC")
    opened_at: datetime = Field(description="when it was made, UTC")
    version: Version


class ReservationRow(_ReservationHead):
    """A reservation in a list."""

    is_short: bool = Field(description="whether something of it is missing")


class ReservationView(_ReservationHead):
    """Everything about a reservation."""

    for_source: WishSource = Field(description="what named its lines last")
    for_revision: int = Field(description="revision of that appointment or estimate")
    answered_revision: int | None = Field(description="revision of the estimate that was answered last")
    closed_at: datetime | None = Field(description="when its visit was closed, UTC")
    waiting_at_counter: int = Field(description="technicians' requests that wait for its parts")
    lines: list[LineView] = Field(description="its part lines")
    allowed: Allowed


class UsedPartView(View):
    """A part that went into the car (PART-10)."""

    part_line_id: PartLineId
    line_id: LineId
    part_no: PartNo
    title: PartTitle
    kind: PartKind | None = Field(description="maker's own part or substitute (PART-04)")
    unit: str | None = Field(description="unit of the quantity")
    quantity: Quantity = Field(description="quantity that stays in the car")
    unit_price: Money | None = Field(description="list price today; the price billed is the authorised one")
    warranty_months: int | None = Field(description="warranty on the part, months (PART-11)")
    payer: PayerOf


class PickedPartView(View):
    """A part asked for."""

    part_line_id: PartLineId
    part_no: PartNo
    quantity: Quantity = Field(description="quantity asked for")


class PickView(View):
    """A technician's request at the counter."""

    id: UUID = Field(description="the request")
    reservation_id: ReservationId
    request_no: RequestNo
    plate: Plate
    technician_id: TechnicianId
    state: PickState = Field(description="whether the technician still waits")
    lines: list[PickedPartView] = Field(description="parts asked for")
    requested_at: datetime = Field(description="when the wait began, UTC")
    picked_at: datetime | None = Field(description="when the slip was written, UTC")
    slip_no: SlipNo
    waited_minutes: int = Field(description="wait until the slip, or until now, whole minutes (PART-09)")
    version: Version
    allowed: Allowed


class SlipView(View):
    """A slip in a list."""

    slip_no: str = Field(description="number of the slip, e.g. PI-250307-0001")
    kind: SlipKind = Field(description="issue or return")
    reservation_id: ReservationId
    technician_id: TechnicianId
    by: By
    at: datetime = Field(description="when it was written, UTC")


class SlipRow(View):
    """A row of a slip."""

    part_line_id: PartLineId
    part_no: PartNo
    quantity: Quantity = Field(description="quantity handed out or brought back")
    unit_cost: UnitCost
    batch: Batch
    reason: str = Field(description="why it was brought back: unused or wrong_part")


class SlipDetail(SlipView):
    """A slip with its rows (PART-02)."""

    lines: list[SlipRow] = Field(description="its rows")


class Issued(View):
    """The slip that was written, and the reservation after it."""

    slip: SlipDetail = Field(description="the slip")
    reservation: ReservationView = Field(description="the reservation after it")


class OrderLineView(View):
    """A part on order."""

    id: UUID = Field(description="the order line")
    part_no: PartNo
    quantity: Quantity = Field(description="quantity ordered")
    received: Quantity = Field(description="quantity delivered so far")
    open: Quantity = Field(description="quantity still to come")
    unit_cost: Money | None = Field(description="net cost of one unit, as ordered")
    part_line_id: UUID | None = Field(description="the part line that waits for it")
    reservation_id: UUID | None = Field(description="the reservation that waits for it")


class OrderView(View):
    """A purchase order with who did what when (PART-13) and the history of its arrival (PART-06)."""

    id: UUID = Field(description="the order")
    order_no: str = Field(description="number of the order, e.g. PO-250307-0001")
    state: OrderState = Field(description="requested until it has a supplier")
    supplier_id: UUID | None = Field(description="the supplier")
    supplier_name: str = Field(description="its name when the order was placed")
    due_at: datetime | None = Field(description="when delivery is expected, UTC")
    eta_changes: list[EtaChange] = Field(description="history of the expected arrival (PART-06)")
    created_by: By
    created_at: datetime = Field(description="when it was written, UTC")
    placed_by: str | None = Field(description="employee id, or system")
    placed_at: datetime | None = Field(description="when it was placed, UTC")
    ended_by: str | None = Field(description="employee id, or system")
    ended_at: datetime | None = Field(description="when it was received or cancelled, UTC")
    version: Version
    lines: list[OrderLineView] = Field(description="parts on it")
    allowed: Allowed
