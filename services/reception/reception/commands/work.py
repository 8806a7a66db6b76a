"""Lines of work made at the desk: from the menu, by hand, and line 0."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import select

from contracts.base import Fact, Quantity
from contracts.values import Line, PartNeed, Payer, Title
from reception.domain.copies import Service
from reception.domain.rules import HouseRules
from reception.domain.work import LineUnknown
from servicekit import Refusal, Tx, new_id
from servicekit.personal_data import mask

DIAGNOSIS = Title(zh="检查诊断", en="Diagnosis")

_FROM_MENU = ("title", "work_type", "skill", "labour_minutes")

Word = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(max_length=2000)]


class ServiceNotOffered(Refusal):
    """This service is not on the menu."""


class NewPart(Fact):
    """A part that work needs."""

    part_no: Word = Field(description="catalogue number of the part")
    quantity: Annotated[Quantity, Field(gt=0, lt=10_000)] = Field(
        description="wanted quantity in the part's unit"
    )


class NewWork(Fact):
    """Work to put on a visit: a menu item by its code, or described by hand.

    With ``service_code`` everything else is taken from the menu unless it is given; with ``line_id`` it
    replaces what is offered under that line.
    """

    service_code: Word | None = Field(default=None, description="menu item that the line is made from")
    line_id: UUID | None = Field(default=None, description="line whose offer this replaces; null: a new line")
    kind: Literal["maintenance", "repair"] | None = Field(
        default=None, description="maintenance or repair; null: maintenance"
    )
    title: Title | None = Field(default=None, description="what is done, in plain words (RECP-15)")
    work_type: Word | None = Field(default=None, description="kind of work that the labour rate is for")
    skill: Word | None = Field(default=None, description="skill that the technician needs (WORK-08)")
    labour_minutes: Annotated[int, Field(ge=0, le=60_000)] | None = Field(
        default=None, description="expected labour, whole minutes"
    )
    parts: Annotated[tuple[NewPart, ...], Field(max_length=100)] | None = Field(
        default=None, description="parts that the work needs; null: those of the menu item"
    )
    payer: Payer = Field(default="customer", description="customer, or shop for rework and goodwill")
    why: Text = Field(default="", description="why the work is needed (RECP-15)")
    benefit: Text = Field(default="", description="what the customer gains (RECP-15)")

    @model_validator(mode="after")
    def _must_be_described(self) -> Self:
        described = (self.kind, self.title, self.work_type, self.skill, self.labour_minutes)
        if self.service_code is None and None in described:
            raise ValueError("give a service_code, or kind, title, work_type, skill and labour_minutes")
        return self


async def lines_of(tx: Tx, works: Iterable[NewWork], *, known: Iterable[Line]) -> list[Line]:
    """Lines with ids of their own, or the id of the ``known`` line that they replace.

    Raises ``LineUnknown``, ``ServiceNotOffered``.
    """
    wanted, here = list(works), {line.line_id: line for line in known}
    for work in wanted:
        if work.line_id is not None and work.line_id not in here:
            raise LineUnknown(line_id=str(work.line_id))
    codes = {work.service_code for work in wanted if work.service_code}
    menu: dict[str, Service] = {}
    if codes:
        found = await tx.session.scalars(select(Service).where(Service.code.in_(codes), Service.offered))
        menu = {service.code: service for service in found}
    return [
        _line(work, _template(work, menu), here[work.line_id] if work.line_id else None) for work in wanted
    ]


def diagnosis_line(rules: HouseRules, *, payer: Payer, labour_minutes: int | None) -> Line:
    """Line 0: the customer authorises it by signing the registration form (BILL-19)."""
    return Line(
        line_id=new_id(),
        kind="diagnosis",
        title=DIAGNOSIS,
        work_type=rules.diagnosis_work_type,
        skill=rules.diagnosis_skill,
        labour_minutes=rules.diagnosis_minutes if labour_minutes is None else labour_minutes,
        payer=payer,
    )


def _template(work: NewWork, menu: dict[str, Service]) -> Service | None:
    if work.service_code is None:
        return None
    if work.service_code not in menu:
        raise ServiceNotOffered(service_code=work.service_code)
    return menu[work.service_code]


def _line(work: NewWork, service: Service | None, before: Line | None) -> Line:
    given = {name: getattr(work, name) for name in _FROM_MENU}
    about = {name: getattr(service, name) if value is None else value for name, value in given.items()}
    return Line(
        line_id=work.line_id or new_id(),
        kind=work.kind or "maintenance",
        **about,
        parts=_parts(work, service, before),
        payer=work.payer,
        service_code=work.service_code,
        why=mask(work.why),
        benefit=mask(work.benefit),
    )


def _parts(work: NewWork, service: Service | None, before: Line | None) -> tuple[PartNeed, ...]:
    """A part that the line needed before keeps its id: it may be reserved or handed out."""
    wanted = work.parts if work.parts is not None else service.parts if service else ()
    had = {need.part_no: need.part_line_id for need in (before.parts if before else ())}
    return tuple(
        PartNeed(
            part_line_id=had.pop(part.part_no, None) or new_id(),
            part_no=part.part_no,
            quantity=part.quantity,
        )
        for part in wanted
    )
