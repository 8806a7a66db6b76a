"""Lines of work made at the desk: from the menu, by hand, and line 0."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import select

from contracts.base import Fact, Quantity
from contracts.values import Line, PartNeed, Payer, Title
from reception.domain.copies import Service
from reception.domain.facts import said
from reception.domain.refusals import LineUnknown, ServiceNotOffered
from reception.domain.rules import HouseRules
from servicekit import Tx, new_id

DIAGNOSIS = Title(zh="检查诊断", en="Diagnosis")

_FROM_MENU = ("title", "work_type", "skill", "labour_minutes")

Word = Annotated[str, Field(min_length=1, max_length=100)]
Told = Annotated[str, Field(max_length=2000)]


class NewPart(Fact):
    """A part that work needs."""

    part_no: Word
    quantity: Annotated[Quantity, Field(gt=0, lt=10_000)]


class NewWork(Fact):
    """Work to put on a visit: a menu item by its code, or described by hand.

    With ``service_code`` everything else is taken from the menu unless it is given; with ``line_id`` it
    replaces what is offered under that line.
    """

    service_code: Word | None = None
    line_id: UUID | None = None
    kind: Literal["maintenance", "repair"] | None = None
    title: Title | None = None
    work_type: Word | None = None
    skill: Word | None = None
    labour_minutes: Annotated[int, Field(ge=0, le=60_000)] | None = None
    parts: Annotated[tuple[NewPart, ...], Field(max_length=100)] | None = None
    payer: Payer = "customer"
    why: Told = ""
    benefit: Told = ""

    @model_validator(mode="after")
    def _must_say_what_it_is(self) -> Self:
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
        why=said(work.why),
        benefit=said(work.benefit),
    )


def _parts(work: NewWork, service: Service | None, before: Line | None) -> tuple[PartNeed, ...]:
    """A part that the line needed before keeps its id: the store may have set it aside or handed it out."""
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
