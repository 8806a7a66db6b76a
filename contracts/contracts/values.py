"""The values that several departments' events carry: work lines, prices, parts, checks, hours."""

from datetime import date, time
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Fact, Instant, Minutes, Money, Quantity, TaxRate
from contracts.fields import LineId, PartLineId, PartNo

LineKind = Literal["diagnosis", "maintenance", "repair", "rework"]
Payer = Literal["customer", "shop"]
NOTHING = Decimal("0.00")
NO_PARTS = Decimal("0.000")


class Title(Fact):
    """A name that a customer may see, in both languages."""

    zh: str = Field(description="Chinese text")
    en: str = Field(description="English text")


class PartNeed(Fact):
    """A part that a line of work needs; its id stays the same in estimate, reservation and invoice."""

    part_line_id: UUID = Field(description="minted once by whoever first names the work")
    part_no: PartNo
    quantity: Quantity = Field(description="wanted quantity in the part's unit")
    title: Title | None = Field(default=None, description="the part's name, for those without a catalogue")


class Line(Fact):
    """One piece of work as the customer answers it, with its labour and its parts inside."""

    line_id: UUID = Field(description="minted once; the same in estimate, job, reservation and invoice")
    kind: LineKind = Field(description="diagnosis, maintenance, repair or rework")
    title: Title = Field(description="what is done, in plain words (RECP-15)")
    work_type: str = Field(description="kind of work that the labour rate is looked up by, e.g. mechanical")
    skill: str = Field(description="skill that the technician needs (WORK-08)")
    labour_minutes: Minutes = Field(description="expected labour, whole minutes")
    parts: tuple[PartNeed, ...] = Field(default=(), description="parts that the work needs")
    payer: Payer = Field(default="customer", description="customer, or shop for rework and goodwill")
    service_code: str | None = Field(default=None, description="menu item that the line was made from")
    why: str = Field(default="", description="why the work is needed, free text, masked (RECP-15)")
    benefit: str = Field(default="", description="what the customer gains, free text, masked (RECP-15)")


class PricedPart(PartNeed):
    """A part with its price as reception froze it."""

    unit_price: Money = Field(description="net price of one unit, in the shop's currency")
    net: Money = Field(description="quantity x unit price, rounded half up once")
    tax_rate: TaxRate = Field(description="tax on this part as a fraction, e.g. 0.13")


class PricedLine(Line):
    """A line with its price; frozen when the estimate is presented, and the price on the invoice."""

    parts: tuple[PricedPart, ...] = Field(default=(), description="parts with their prices")
    hourly_rate: Money = Field(description="net price of one hour of labour")
    labour_net: Money = Field(description="labour minutes at the hourly rate, rounded half up once")
    discount_net: Money = Field(
        default=NOTHING, description="net discount on the line at the labour's tax rate, off `gross`"
    )
    tax_rate: TaxRate = Field(description="tax on the labour as a fraction, e.g. 0.06")
    gross: Money = Field(description="what the customer pays for the line: labour, parts, discount, tax")
    unpriced: bool = Field(default=False, description="a price was not known when the line was drafted")


class DeclinedLine(Fact):
    """A line that the customer did not want."""

    line_id: UUID = Field(description="the declined line")
    reason: str = Field(default="", description="why the customer declined, masked")
    remind_on: date | None = Field(default=None, description="shop-local date to offer the work again")


class UsedPart(Fact):
    """What went into the car of one part line."""

    part_line_id: PartLineId
    used: Quantity = Field(description="quantity that stays in the car")
    issued: Quantity | None = Field(default=None, description="issued in all, as the workshop knows it")
    returned: Quantity | None = Field(default=None, description="returned in all, as the workshop knows it")


class LineResult(Fact):
    """What became of one authorised line."""

    line_id: LineId
    outcome: Literal["done", "not_done"] = Field(description="done, or not_done (nothing is billed)")
    labour_minutes: Minutes = Field(default=0, description="labour really spent, whole minutes (WORK-34)")
    parts: tuple[UsedPart, ...] = Field(default=(), description="parts really used")


class InvoiceLine(Fact):
    """One row of an invoice: labour of a line (no part_line_id), or one of its parts."""

    line_id: LineId
    part_line_id: UUID | None = Field(default=None, description="the part line; absent on the labour row")
    title: Title | None = Field(default=None, description="what stands on the paper")
    quantity: Quantity = Field(description="hours of labour, or quantity of the part in its unit")
    labour_minutes: Minutes | None = Field(default=None, description="billed minutes; labour rows only")
    unit_price: Money = Field(description="net price of one hour or one unit, as authorised")
    net: Money = Field(description="net of the row after discount, rounded once; 0.00 if the shop pays")
    tax_rate: TaxRate = Field(description="tax as a fraction, e.g. 0.13")
    gross: Money = Field(description="net with tax, for display; the total rounds tax per rate")
    payer: Payer = Field(default="customer", description="customer, or shop (row at 0.00)")
    benefit: str | None = Field(default=None, description="discount or measure that lowered the row")


class ReservationLine(Fact):
    """The whole state of one part line of a reservation; wanted = reserved + short + released."""

    part_line_id: PartLineId
    line_id: LineId
    part_no: PartNo
    wanted: Quantity = Field(description="quantity asked for")
    reserved: Quantity = Field(description="quantity reserved, including what was issued since")
    short: Quantity = Field(default=NO_PARTS, description="quantity that the stock lacks")
    released: Quantity = Field(default=NO_PARTS, description="quantity no longer wanted")
    issued: Quantity = Field(default=NO_PARTS, description="quantity handed out so far, at most reserved")
    returned: Quantity = Field(default=NO_PARTS, description="quantity that came back so far, at most issued")
    eta: Instant | None = Field(default=None, description="when the short quantity is expected, UTC")


class IssuedPart(Fact):
    """One row of an issue or return slip, with the totals after it."""

    part_line_id: PartLineId
    line_id: LineId
    part_no: PartNo
    quantity: Quantity = Field(description="quantity of this slip, always positive")
    unit_cost: Money = Field(description="net cost of one unit to the shop")
    batch: str | None = Field(default=None, description="supplier's batch, for recalls")
    issued_total: Quantity = Field(description="issued on this part line so far, this slip included")
    returned_total: Quantity = Field(description="returned on this part line so far, this slip included")


class BackOrderedPart(Fact):
    """A short part line that was put on a purchase order."""

    part_line_id: PartLineId
    quantity: Quantity = Field(description="quantity on order")
    eta: Instant | None = Field(default=None, description="when the supplier delivers, UTC")


class ChangedEta(Fact):
    """A part line whose arrival moved."""

    part_line_id: PartLineId
    old_eta: Instant | None = Field(default=None, description="arrival expected before, UTC")
    new_eta: Instant = Field(description="arrival expected now, UTC")


class OrderedPart(Fact):
    """One row of a purchase order."""

    part_no: PartNo
    quantity: Quantity = Field(description="quantity ordered or received")
    unit_cost: Money | None = Field(default=None, description="net cost of one unit")
    part_line_id: UUID | None = Field(default=None, description="part line that waits for it, if any")


class ServicePart(Fact):
    """A part that a menu item usually needs."""

    part_no: PartNo
    quantity: Quantity = Field(description="usual quantity in the part's unit")


class FaultFacts(Fact):
    """The customer's description of the fault (RECP-05) and answers to the interview guide (RECP-08)."""

    phenomenon: str = Field(default="", description="what the customer notices, masked")
    occurs_when: str | None = Field(default=None, description="when or where it occurs, masked")
    since: str | None = Field(default=None, description="when the fault first appeared, masked")
    affects_use: bool | None = Field(default=None, description="whether the car can still be used")
    noise: bool | None = Field(default=None, description="whether there is an abnormal noise")
    smell: bool | None = Field(default=None, description="whether there is an abnormal smell")
    engine: str | None = Field(default=None, description="cold, hot or both")
    speed: str | None = Field(default=None, description="low, high or both")
    load: str | None = Field(default=None, description="empty, full or both")
    road: str | None = Field(default=None, description="paved, dirt or both")
    added_equipment: str | None = Field(default=None, description="equipment fitted later, masked")
    last_maintenance: str | None = Field(default=None, description="when maintained last, masked")
    parts_repaired_before: str | None = Field(default=None, description="earlier repairs, masked")
    frequency: str | None = Field(default=None, description="constant or occasional")


class Check(Fact):
    """One point that the customer and the advisor look at together when the car is handed over."""

    check: str = Field(description="what was looked at")
    ok: bool = Field(description="whether the customer was content with it")


class Readiness(Fact):
    """One of the four preparations for a booked car."""

    ready: bool = Field(description="whether it is prepared")
    by: str | None = Field(default=None, description="employee id, or system")
    at: Instant | None = Field(default=None, description="when it was ticked, UTC")


class Slot(Fact):
    """A span of time that is kept free for a car."""

    start: Instant = Field(description="begin, UTC")
    end: Instant = Field(description="end, UTC")


class DiagnosticCode(Fact):
    """A fault code read from the car (WORK-02)."""

    code: str = Field(description="the code as read, e.g. P0301")
    description: str = Field(default="", description="what it means")


class InspectionItem(Fact):
    """One item of the final quality inspection (WORK-26)."""

    item: str = Field(description="what was inspected")
    value: str = Field(default="", description="reading or remark")
    passed: bool = Field(description="whether it meets the standard")


class Technician(Fact):
    """Who worked on a job."""

    technician_id: UUID = Field(description="employee id")
    technician_name: str = Field(description="employee's name as shown")


class Skill(Fact):
    """What an employee can do, and how well."""

    skill: str = Field(description="the skill, as lines name it")
    level: int = Field(default=1, ge=1, description="level from 1 (may do it) upwards")


class WeeklyHours(Fact):
    """Opening hours of one weekday."""

    weekday: int = Field(ge=0, le=6, description="0 Monday to 6 Sunday")
    opens: time = Field(description="shop-local time")
    closes: time = Field(description="shop-local time, later than opens")


class Break(Fact):
    """A pause of every working day."""

    starts: time = Field(description="shop-local time")
    ends: time = Field(description="shop-local time, later than starts")


class ClosedDay(Fact):
    """A day on which the shop does not work."""

    on: date = Field(description="shop-local date")
    reason: str = Field(default="", description="holiday or other reason")


class OpenDay(Fact):
    """A day with hours of its own, e.g. a weekend worked for a holiday; wins over a closed day."""

    on: date = Field(description="shop-local date")
    opens: time = Field(description="shop-local time")
    closes: time = Field(description="shop-local time, later than opens")


class SurveyPoint(Fact):
    """The grade of one item of a survey (F-01)."""

    item: str = Field(description="the item, e.g. service-attitude")
    points: int = Field(ge=0, le=10, description="very satisfied 10, satisfied 8, neutral 5, 3, 1")
