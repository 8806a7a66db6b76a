"""What callers send to the workshop."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.values import DiagnosticCode, InspectionItem, Line, PartNeed, Title
from servicekit import new_id
from servicekit.http import Body
from workshop.domain.values import Cause, Reading, Step, StepResult

Text = Annotated[str, Field(max_length=2000)]
Said = Annotated[str, Field(min_length=1, max_length=2000)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Quantity = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=3)]


class TitleBody(Body):
    """A name that a customer may see, in both languages."""

    zh: Name
    en: Name


class PartBody(Body):
    """A part that proposed work needs."""

    part_no: Name
    quantity: Annotated[Quantity, Field(gt=0)]
    title: TitleBody | None = None


class ProposedLine(Body):
    """A piece of work that a technician proposes; its ids are minted here."""

    kind: Literal["maintenance", "repair"] = "repair"
    title: TitleBody
    work_type: Name
    skill: Annotated[str, Field(max_length=100)] = ""
    labour_minutes: Annotated[int, Field(ge=0, le=60_000)]
    parts: Annotated[list[PartBody], Field(max_length=200)] = []
    service_code: Name | None = None
    why: Text = ""
    benefit: Text = ""

    def as_line(self) -> Line:
        """With fresh ids for the line and its parts."""
        return Line(
            line_id=new_id(),
            kind=self.kind,
            title=Title(zh=self.title.zh, en=self.title.en),
            work_type=self.work_type,
            skill=self.skill,
            labour_minutes=self.labour_minutes,
            parts=tuple(_as_need(part) for part in self.parts),
            service_code=self.service_code,
            why=self.why,
            benefit=self.benefit,
        )


def _as_need(part: PartBody) -> PartNeed:
    title = part.title and Title(zh=part.title.zh, en=part.title.en)
    return PartNeed(part_line_id=new_id(), part_no=part.part_no, quantity=part.quantity, title=title)


class Dispatch(Body):
    """Who works where and when; without lines: all that wait for a technician."""

    technician_id: UUID
    bay_id: UUID | None = Field(default=None, description="none: the car's bay, else the first free one")
    line_ids: Annotated[list[UUID], Field(max_length=200)] = []
    planned_start: datetime | None = Field(default=None, description="none: now")
    planned_end: datetime | None = Field(default=None, description="none: by labour and working time")


class ByTechnician(Body):
    """Whose work it is; none: the caller's own."""

    technician_id: UUID | None = Field(default=None, description="another's work needs workshop.supervise")


class Usage(Body):
    """What went into the car of one part line."""

    part_line_id: UUID
    used: Quantity


class Completion(ByTechnician):
    """A finished line."""

    labour_minutes: Annotated[int, Field(ge=0, le=60_000)] | None = Field(
        default=None, description="none: the measured time"
    )
    parts: Annotated[list[Usage], Field(max_length=200)] = []
    result: Text = ""


class UsageCorrection(Body):
    """What was really used."""

    parts: Annotated[list[Usage], Field(min_length=1, max_length=200)]


def quantities(parts: list[Usage]) -> dict[UUID, Decimal]:
    """Used quantity by part line."""
    return {part.part_line_id: part.used for part in parts}


class StepBody(Body):
    """Result of one of the five steps."""

    step: Step
    result: Said


class ReadingBody(Body):
    """An instrument and what it showed."""

    instrument: Name
    reading: Text = ""


class CodeBody(Body):
    """A trouble code; one that is not in the list needs a description."""

    code: Annotated[str, Field(min_length=1, max_length=20)]
    description: Text = ""


class DiagnosisReport(ByTechnician):
    """Five steps, instruments, codes, findings and the work proposed."""

    steps: Annotated[list[StepBody], Field(max_length=20)]
    instruments: Annotated[list[ReadingBody], Field(max_length=50)] = []
    codes: Annotated[list[CodeBody], Field(max_length=100)] = []
    findings: Annotated[list[Said], Field(min_length=1, max_length=50)]
    lines: Annotated[list[ProposedLine], Field(max_length=100)] = []

    def step_results(self) -> list[StepResult]:
        """The steps as the diagnosis keeps them."""
        return [StepResult(step=s.step, result=s.result) for s in self.steps]

    def readings(self) -> list[Reading]:
        """The instruments as the diagnosis keeps them."""
        return [Reading(instrument=r.instrument, reading=r.reading) for r in self.instruments]

    def trouble_codes(self) -> list[DiagnosticCode]:
        """The codes as read."""
        return [DiagnosticCode(code=c.code, description=c.description) for c in self.codes]


class ReviewBody(Body):
    """What another technician says of the plan."""

    approved: bool
    remarks: Text = ""


class AdditionalWork(Body):
    """Work found while working."""

    lines: Annotated[list[ProposedLine], Field(min_length=1, max_length=100)]
    why: Said
    benefit: Text = ""
    blocks_line_ids: Annotated[list[UUID], Field(max_length=200)] = []
    vehicle_parked: bool = False


class InterruptionBody(Body):
    """Why work stops: A abnormality, B answer, C parts."""

    cause: Cause = "A"
    line_ids: Annotated[list[UUID], Field(max_length=200)] = []
    reason: Said
    moved_to_parking: bool = False


class Resumption(Body):
    """Which interruption ends."""

    cause: Cause = "A"


class ItemBody(Body):
    """One inspected item."""

    item: Name
    value: Text = ""
    passed: bool = True


class PassedInspection(Body):
    """An inspection whose every item passed."""

    items: Annotated[list[ItemBody], Field(min_length=1, max_length=100)]
    test_drive: bool = False


class FailedInspection(Body):
    """What is wrong, and which lines must be done again."""

    line_ids: Annotated[list[UUID], Field(min_length=1, max_length=200)]
    findings: Annotated[list[Said], Field(min_length=1, max_length=50)]
    items: Annotated[list[ItemBody], Field(max_length=100)] = []
    test_drive: bool = False


def inspection_items(items: list[ItemBody]) -> list[InspectionItem]:
    """The items as the inspection keeps them."""
    return [InspectionItem(item=i.item, value=i.value, passed=i.passed) for i in items]


class NewBay(Body):
    """A bay to add."""

    name: Name
    equipment: Annotated[list[Name], Field(max_length=50)] = []


class BayBody(NewBay):
    """A bay as it shall be."""

    in_use: bool = True


class Absence(Body):
    """When and why a technician is away."""

    since: datetime | None = Field(default=None, description="none: now")
    until: datetime | None = Field(default=None, description="none: until further notice")
    reason: Said
