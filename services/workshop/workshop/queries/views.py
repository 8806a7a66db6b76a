"""The view models of the workshop: what front ends get."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from contracts.values import LineKind, Payer, Skill, Technician, Title
from servicekit.http import View
from workshop.domain import LINE, Bay, Job, JobLine, JobState, LineState, Visit, Whereabouts
from workshop.domain.values import Alarm, Diagnosis, Inspection, Interruption, LateEvent

_PEOPLES_LINE_COMMANDS = ("start", "complete")

BoardState = JobState | Literal["awaiting_intake"]
"""The state of a car on the board; a car without a signed form has no job yet."""
BayState = Literal["closed", "occupied", "free"]
TechnicianStatus = Literal["working", "absent", "waiting", "idle"]


class PartView(View):
    """A part of a line of work: needed, reserved, issued, returned, used. Quantities in the part's unit."""

    id: UUID = Field(description="part line; the same id in estimate, reservation and invoice")
    line_id: UUID = Field(description="the line of work that needs it")
    part_no: str = Field(description="catalogue number of the part")
    title: Title | None = Field(description="the part's name, if it is known here")
    expected: Decimal = Field(description="quantity that the work needs")
    reserved: Decimal = Field(description="quantity reserved from stock")
    short: Decimal = Field(description="quantity that the stock lacks")
    back_ordered: Decimal = Field(description="quantity on a purchase order")
    issued: Decimal = Field(description="quantity issued to the workshop, in total")
    returned: Decimal = Field(description="quantity returned to the counter, in total")
    used: Decimal = Field(description="quantity that went into the car")
    squared: bool = Field(description="everything issued is used or returned")
    eta: datetime | None = Field(description="when what is short is expected, UTC")


class LineView(View):
    """A line of work and how far it is."""

    id: UUID = Field(description="line; the same id in estimate, job, reservation and invoice")
    kind: LineKind = Field(description="diagnosis, maintenance, repair or rework")
    title: Title = Field(description="what is done, in plain words")
    work_type: str = Field(description="kind of work that the labour rate is looked up by")
    skill: str = Field(description="skill that the technician needs; empty: none")
    labour_minutes: int = Field(description="expected labour, whole minutes")
    payer: Payer = Field(description="customer, or shop for rework and goodwill")
    service_code: str | None = Field(description="menu item that the line was made from")
    why: str = Field(description="why the work is needed")
    benefit: str = Field(description="what the customer gains")
    state: LineState = Field(description="how far the line is")
    authorised: bool = Field(description="the customer agreed to it")
    blocked: bool = Field(description="it waits for the customer's answer about other work")
    measure_id: UUID | None = Field(description="complaint measure that the line belongs to")
    technician_id: UUID | None = Field(description="employee it is dispatched to")
    technician_name: str | None = Field(description="name of that employee")
    planned_start: datetime | None = Field(description="planned start, UTC")
    planned_end: datetime | None = Field(description="planned end, UTC")
    started_at: datetime | None = Field(description="when it was first started, UTC")
    running_since: datetime | None = Field(description="since when it runs, UTC; null: it does not run")
    completed_at: datetime | None = Field(description="when it was completed, UTC")
    spent_minutes: int = Field(description="labour of all completed rounds, whole minutes")
    result_text: str = Field(description="what the technician reported at the end")
    failures: int = Field(description="how often the final inspection sent it back")
    workers: tuple[Technician, ...] = Field(description="who worked on it, in order")
    parts: list[PartView] = Field(description="its parts")
    allowed: list[str] = Field(description="commands that people may give to the line now")


class VehicleView(View):
    """Which car it is."""

    request_no: str = Field(description="number of the request, as on the paper")
    plate: str = Field(description="licence plate")
    vin: str | None = Field(description="vehicle identification number")
    make: str = Field(description="manufacturer")
    model: str = Field(description="model")
    model_year: int | None = Field(description="model year")
    whereabouts: Whereabouts = Field(description="where the car is")
    arrived_at: datetime = Field(description="arrival, UTC")
    rework_of_visit_id: UUID | None = Field(description="the visit whose work is done again")


class PromiseView(View):
    """What the customer was promised and how it looks."""

    promise_revision: int | None = Field(description="revision of the promise; null: none yet")
    promised_at: datetime | None = Field(description="promised handover, UTC")
    promise_refused: str | None = Field(description="why the customer refused a later promise (E4)")
    latest_start: datetime | None = Field(description="latest start that keeps the promise, UTC (F-18)")
    forecast_at: datetime | None = Field(description="expected handover, UTC")
    at_risk: bool = Field(description="the promise is in danger (F-19)")
    alarms: tuple[Alarm, ...] = Field(description="dangers published so far")


class JobView(View):
    """Everything that the job's screen shows."""

    id: UUID = Field(description="the job")
    version: int = Field(description="raised by every change; the ETag")
    visit_id: UUID = Field(description="the visit; one job per visit")
    request_id: UUID = Field(description="the request that the visit belongs to")
    state: JobState = Field(description="how far the job is")
    allowed: list[str] = Field(description="commands that people may give in this state")
    waiting_reason: str = Field(
        description="why nothing happens now: vehicle_away, answer, parts, inspection, parts_not_squared, "
        "review, wash, handover, dispatch, start, estimate, or the supervisor's reason; empty: work goes on"
    )
    priority_class: str = Field(description="urgent, rework, waiting, vip or normal (F-36)")
    waiting_on_site: bool = Field(description="the customer waits in the shop")
    fault: str = Field(description="the fault in the customer's words")
    special_requirements: tuple[str, ...] = Field(description="what the customer asked for, for the tag")
    opened_at: datetime = Field(description="when the form was signed and the job opened, UTC")
    changed_at: datetime = Field(description="last change, UTC")
    away: bool = Field(description="the customer drives the car until its parts arrive (E2)")
    parked: bool = Field(description="the car is in the parking lot")
    bay_id: UUID | None = Field(description="bay that the car is in or planned for")
    bay: str | None = Field(description="name of that bay")
    vehicle: VehicleView = Field(description="the car")
    promise: PromiseView = Field(description="promise, forecast and risk")
    lines: list[LineView] = Field(description="lines of work, in order")
    diagnosis: Diagnosis | None = Field(description="the plan as reported last")
    interruptions: tuple[Interruption, ...] = Field(description="interruptions, ended ones too")
    inspections: tuple[Inspection, ...] = Field(description="final inspections, in order")
    penalty_points: int = Field(description="points for failed inspections (WORK-28)")
    presented_revision: int | None = Field(description="estimate revision that waits for its answer")
    answered_revision: int | None = Field(description="estimate revision that was answered last")
    ready_revision: int | None = Field(description="answered revision that the job became ready with")
    inspector_id: UUID | None = Field(description="employee who inspects or inspected the car")
    inspected_at: datetime | None = Field(description="when the final inspection was passed, UTC")
    washed_at: datetime | None = Field(description="when the car was washed, UTC")
    ready_at: datetime | None = Field(description="when the job became ready, UTC")
    accepted_at: datetime | None = Field(description="when the customer signed for the work, UTC")
    closed_at: datetime | None = Field(description="when the car left, UTC")
    squared: bool = Field(description="every issued part is used or returned")
    late_events: tuple[LateEvent, ...] = Field(description="events that came after the job was closed")


_OWN = tuple(JobView.model_fields.keys() - {"allowed", "bay", "vehicle", "promise", "lines"})


def job_view(job: Job, visit: Visit, bay: str | None) -> JobView:
    """The job with its visit and the name of its bay."""
    own: dict[str, Any] = {name: getattr(job, name) for name in _OWN}
    return JobView(
        **own,
        allowed=job.allowed(),
        bay=bay,
        vehicle=VehicleView.of(visit),
        promise=PromiseView.of(job),
        lines=[_line_view(job, line) for line in job.lines],
    )


_OF_LINE = tuple(LineView.model_fields.keys() - {"blocked", "parts", "allowed"})


def _line_view(job: Job, line: JobLine) -> LineView:
    own: dict[str, Any] = {name: getattr(line, name) for name in _OF_LINE}
    return LineView(
        **own,
        blocked=line.id in job.blocked_line_ids,
        parts=[PartView.of(part) for part in job.parts_of(line)],
        allowed=[command for command in LINE.allowed(line.state) if command in _PEOPLES_LINE_COMMANDS],
    )


class BoardItem(View):
    """One car on the progress board (WORK-14); without a job while its intake is not complete."""

    visit_id: UUID = Field(description="the visit")
    request_no: str = Field(description="number of the request, as on the paper")
    plate: str = Field(description="licence plate")
    make: str = Field(description="manufacturer")
    model: str = Field(description="model")
    whereabouts: Whereabouts = Field(description="where the car is")
    arrived_at: datetime = Field(description="arrival, UTC")
    job_id: UUID | None = Field(default=None, description="the job; null before the form is signed")
    version: int | None = Field(default=None, description="version of the job")
    state: BoardState = Field(default="awaiting_intake", description="the job's state, or awaiting_intake")
    waiting_reason: str = Field(default="intake", description="why nothing happens now; as in the job")
    waiting_since: datetime | None = Field(default=None, description="since when it is interrupted, UTC")
    priority_class: str = Field(description="urgent, rework, waiting, vip or normal (F-36)")
    waiting_on_site: bool = Field(default=False, description="the customer waits in the shop")
    technicians: list[str] = Field(default=[], description="names of the technicians of its lines")
    bay: str | None = Field(default=None, description="name of its bay")
    parked: bool = Field(default=False, description="the car is in the parking lot")
    promised_at: datetime | None = Field(default=None, description="promised handover, UTC")
    promise_refused: str | None = Field(default=None, description="why a later promise was refused (E4)")
    latest_start: datetime | None = Field(default=None, description="latest start, UTC (F-18)")
    forecast_at: datetime | None = Field(default=None, description="expected handover, UTC")
    at_risk: bool = Field(default=False, description="the promise is in danger (F-19)")
    lines_open: int = Field(default=0, description="lines still to be done or answered")
    lines_done: int = Field(default=0, description="lines that are done")


class QueueItem(View):
    """One job that waits for a technician, in its position of the dispatch order (F-36)."""

    job_id: UUID = Field(description="the job")
    version: int = Field(description="version of the job")
    visit_id: UUID = Field(description="the visit")
    request_no: str = Field(description="number of the request, as on the paper")
    plate: str = Field(description="licence plate")
    priority_class: str = Field(description="urgent, rework, waiting, vip or normal (F-36)")
    latest_start: datetime | None = Field(description="latest start that keeps the promise, UTC (F-18)")
    arrived_at: datetime = Field(description="arrival, UTC")
    promised_at: datetime | None = Field(description="promised handover, UTC")
    lines: list["QueueLine"] = Field(description="lines that can be dispatched now")


class QueueLine(View):
    """A line that can be dispatched."""

    id: UUID = Field(description="the line")
    kind: LineKind = Field(description="diagnosis, maintenance, repair or rework")
    title: Title = Field(description="what is done, in plain words")
    skill: str = Field(description="skill that the technician needs; empty: none")
    labour_minutes: int = Field(description="expected labour, whole minutes")
    state: LineState = Field(description="how far the line is")


class BayView(View):
    """A bay and the job whose car is in it."""

    id: UUID = Field(description="the bay")
    version: int = Field(description="raised by every change; the ETag")
    name: str = Field(description="name of the bay, unique in the shop")
    equipment: tuple[str, ...] = Field(description="what it is equipped with")
    in_use: bool = Field(description="false: closed, no car is dispatched to it")
    state: BayState = Field(description="closed, occupied or free")
    job_id: UUID | None = Field(description="job whose car is in it")
    occupied_since: datetime | None = Field(description="since when, UTC")


def bay_view(bay: Bay) -> BayView:
    """The bay with its state."""
    state: BayState = "closed" if not bay.in_use else "occupied" if bay.job_id else "free"
    own: dict[str, Any] = {n: getattr(bay, n) for n in BayView.model_fields if n != "state"}
    return BayView(**own, state=state)


class WorkView(View):
    """A line that is dispatched to a technician."""

    job_id: UUID = Field(description="the job")
    line_id: UUID = Field(description="the line")
    title: Title = Field(description="what is done, in plain words")
    plate: str = Field(description="licence plate of the car")
    state: LineState = Field(description="how far the line is")
    planned_start: datetime | None = Field(description="planned start, UTC")
    planned_end: datetime | None = Field(description="planned end, UTC")


class TechnicianView(View):
    """A technician's status and the time in it (WORK-45), present and next work (WORK-11)."""

    id: UUID = Field(description="employee id")
    version: int = Field(description="raised by every change; the ETag")
    employee_no: str = Field(description="employee number")
    name: str = Field(description="name as shown")
    skills: tuple[Skill, ...] = Field(description="skills with their levels")
    active: bool = Field(description="false: has left or gets no work")
    status: TechnicianStatus = Field(description="working, absent, waiting (work cannot go on) or idle")
    waiting_for: str | None = Field(description="what the next work waits for: a waiting_reason, or bay")
    since: datetime = Field(description="since when in this status, UTC")
    minutes_in_status: int = Field(description="time in this status, whole minutes")
    absence_reason: str = Field(description="why absent")
    absent_until: datetime | None = Field(description="until when absent, UTC; null: until further notice")
    current: WorkView | None = Field(description="the line that runs now")
    next: WorkView | None = Field(description="the next planned line")


class ScheduleEntry(View):
    """One line in a technician's day; idle minutes before it, and whether it is late (F-17)."""

    job_id: UUID = Field(description="the job")
    line_id: UUID = Field(description="the line")
    title: Title = Field(description="what is done, in plain words")
    state: LineState = Field(description="how far the line is")
    planned_start: datetime = Field(description="planned start, UTC")
    planned_end: datetime = Field(description="planned end, UTC")
    started_at: datetime | None = Field(description="when it was first started, UTC")
    completed_at: datetime | None = Field(description="when it was completed, UTC")
    idle_minutes_before: int = Field(description="gap after the line before it, whole minutes")
    idle_flagged: bool = Field(description="the gap reaches the house rule idle_flag_minutes")
    late: bool = Field(description="still open after its planned end")


class DayLoad(View):
    """Planned and real work of a day against what its technicians can do, minutes."""

    on: date = Field(description="shop-local date")
    planned_minutes: int = Field(description="labour of appointments confirmed or kept, minutes")
    real_minutes: int = Field(description="labour of appointments kept, minutes")
    appointments: int = Field(description="appointments confirmed or kept")
    bays_held: int = Field(description="appointments that a bay is held for")
    by_skill: dict[str, int] = Field(description="planned labour by skill, minutes")
    technicians: int = Field(description="active technicians with a skill")
    capacity_minutes: int = Field(description="technicians times opening hours, minutes")


class CodeView(View):
    """A diagnostic trouble code."""

    code: str = Field(description="the code, e.g. P0301")
    description: str = Field(description="what it means")


class Tag(View):
    """What is printed on the card in the car (WORK-18)."""

    request_no: str = Field(description="number of the request, as on the paper")
    plate: str = Field(description="licence plate")
    make: str = Field(description="manufacturer")
    model: str = Field(description="model")
    state: JobState = Field(description="how far the job is")
    promised_at: datetime | None = Field(description="promised handover, UTC")
    bay: str | None = Field(description="name of its bay")
    technicians: list[str] = Field(description="names of the technicians of its lines")
    special_requirements: tuple[str, ...] = Field(description="what the customer asked for")
