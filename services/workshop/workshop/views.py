"""What front ends see of the workshop."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.values import Skill, Technician, Title
from servicekit.http import View
from workshop.domain import LINE, Bay, Job, JobLine, Visit
from workshop.domain.values import Alarm, Diagnosis, Inspection, Interruption, LateEvent

_PEOPLES_LINE_COMMANDS = ("start", "complete")


class PartView(View):
    """A part of a line of work: needed, set aside, issued, returned, used."""

    id: UUID
    line_id: UUID
    part_no: str
    title: Title | None
    expected: Decimal
    reserved: Decimal
    short: Decimal
    back_ordered: Decimal
    issued: Decimal
    returned: Decimal
    used: Decimal
    squared: bool
    eta: datetime | None


class LineView(View):
    """A line of work and how far it is."""

    id: UUID
    kind: str
    title: Title
    work_type: str
    skill: str
    labour_minutes: int
    payer: str
    service_code: str | None
    why: str
    benefit: str
    state: str
    authorised: bool
    blocked: bool
    measure_id: UUID | None
    technician_id: UUID | None
    technician_name: str | None
    planned_start: datetime | None
    planned_end: datetime | None
    started_at: datetime | None
    running_since: datetime | None
    completed_at: datetime | None
    spent_minutes: int
    result_text: str
    failures: int
    workers: tuple[Technician, ...]
    parts: list[PartView]
    allowed: list[str]


class VehicleView(View):
    """Which car it is."""

    request_no: str
    plate: str
    vin: str | None
    make: str
    model: str
    model_year: int | None
    whereabouts: str
    arrived_at: datetime
    rework_of_visit_id: UUID | None


class PromiseView(View):
    """What the customer was promised and how it looks."""

    promise_revision: int | None
    promised_at: datetime | None
    promise_refused: str | None
    latest_start: datetime | None
    forecast_at: datetime | None
    at_risk: bool
    alarms: tuple[Alarm, ...]


class JobView(View):
    """Everything that the job's screen shows."""

    id: UUID
    version: int
    visit_id: UUID
    request_id: UUID
    state: str
    allowed: list[str]
    waiting_reason: str
    priority_class: str
    waiting_on_site: bool
    fault: str
    special_requirements: tuple[str, ...]
    opened_at: datetime
    changed_at: datetime
    away: bool
    parked: bool
    bay_id: UUID | None
    bay: str | None
    vehicle: VehicleView
    promise: PromiseView
    lines: list[LineView]
    diagnosis: Diagnosis | None
    interruptions: tuple[Interruption, ...]
    inspections: tuple[Inspection, ...]
    penalty_points: int
    presented_revision: int | None
    answered_revision: int | None
    ready_revision: int | None
    inspector_id: UUID | None
    inspected_at: datetime | None
    washed_at: datetime | None
    ready_at: datetime | None
    accepted_at: datetime | None
    closed_at: datetime | None
    squared: bool
    late_events: tuple[LateEvent, ...]


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

    visit_id: UUID
    request_no: str
    plate: str
    make: str
    model: str
    whereabouts: str
    arrived_at: datetime
    job_id: UUID | None = None
    version: int | None = None
    state: str = "awaiting_intake"
    waiting_reason: str = "intake"
    waiting_since: datetime | None = None
    priority_class: str
    waiting_on_site: bool = False
    technicians: list[str] = []
    bay: str | None = None
    parked: bool = False
    promised_at: datetime | None = None
    promise_refused: str | None = None
    latest_start: datetime | None = None
    forecast_at: datetime | None = None
    at_risk: bool = False
    lines_open: int = 0
    lines_done: int = 0


class QueueItem(View):
    """One job that waits for a technician, at its place in the dispatch order (F-36)."""

    job_id: UUID
    version: int
    visit_id: UUID
    request_no: str
    plate: str
    priority_class: str
    latest_start: datetime | None
    arrived_at: datetime
    promised_at: datetime | None
    lines: list["QueueLine"]


class QueueLine(View):
    """A line that can be given out."""

    id: UUID
    kind: str
    title: Title
    skill: str
    labour_minutes: int
    state: str


class BayView(View):
    """A bay and the job whose car stands in it."""

    id: UUID
    version: int
    name: str
    equipment: tuple[str, ...]
    in_use: bool
    state: str
    job_id: UUID | None
    occupied_since: datetime | None


def bay_view(bay: Bay) -> BayView:
    """The bay with its state in words."""
    state = "closed" if not bay.in_use else "occupied" if bay.job_id else "free"
    own: dict[str, Any] = {n: getattr(bay, n) for n in BayView.model_fields if n != "state"}
    return BayView(**own, state=state)


class WorkView(View):
    """A line in a technician's hands."""

    job_id: UUID
    line_id: UUID
    title: Title
    plate: str
    state: str
    planned_start: datetime | None
    planned_end: datetime | None


class TechnicianView(View):
    """A technician's status and the time in it (WORK-45), present and next work (WORK-11)."""

    id: UUID
    version: int
    employee_no: str
    name: str
    skills: tuple[Skill, ...]
    active: bool
    status: str
    waiting_for: str | None
    since: datetime
    minutes_in_status: int
    absence_reason: str
    absent_until: datetime | None
    current: WorkView | None
    next: WorkView | None


class ScheduleEntry(View):
    """One line in a technician's day; idle minutes before it, and whether it is late (F-17)."""

    job_id: UUID
    line_id: UUID
    title: Title
    state: str
    planned_start: datetime
    planned_end: datetime
    started_at: datetime | None
    completed_at: datetime | None
    idle_minutes_before: int
    idle_flagged: bool
    late: bool


class DayLoad(View):
    """Planned and real work of a day against what its technicians can do, minutes."""

    on: date
    planned_minutes: int
    real_minutes: int
    appointments: int
    bays_held: int
    by_skill: dict[str, int]
    technicians: int
    capacity_minutes: int


class CodeView(View):
    """A diagnostic trouble code."""

    code: str
    description: str


class Tag(View):
    """What stands on the card in the car (WORK-18)."""

    request_no: str
    plate: str
    make: str
    model: str
    state: str
    promised_at: datetime | None
    bay: str | None
    technicians: list[str]
    special_requirements: tuple[str, ...]
