"""The service menu: what can be booked, with the labour, skill and parts that it usually takes."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from booking.domain.base import Base
from booking.domain.copies import Part
from contracts.base import Fact
from contracts.events.booking import ServiceOffered, ServiceWithdrawn
from contracts.values import Line, LineKind, PartNeed, ServicePart, Title
from servicekit import Aggregate, Refusal
from servicekit.columns import Json
from servicekit.states import Machine


class ServiceNotOffered(Refusal):
    """This service is not on the menu."""


class PartUnknown(Refusal):
    """The catalogue has no such part."""


class ServiceState(StrEnum):
    """Whether a menu item can be booked."""

    OFFERED = "offered"
    WITHDRAWN = "withdrawn"


class ServiceType(StrEnum):
    """The kinds of service that a customer can ask for (BOOK-30)."""

    REPAIR = "repair"
    MAINTENANCE = "maintenance"
    INSPECTION = "inspection"
    CONSULTATION = "consultation"
    FIRST_SERVICE = "first_service"
    QUICK_REPAIR = "quick_repair"
    DOOR_TO_DOOR = "door_to_door"
    PACKAGE = "package"
    CARE = "care"
    MODIFICATION = "modification"


SERVICE = Machine[ServiceState](
    "service",
    {
        "offer": ({ServiceState.OFFERED, ServiceState.WITHDRAWN}, ServiceState.OFFERED),
        "withdraw": ({ServiceState.OFFERED}, ServiceState.WITHDRAWN),
    },
    initial=ServiceState.OFFERED,
)

_MAINTENANCE = frozenset(
    {ServiceType.MAINTENANCE, ServiceType.FIRST_SERVICE, ServiceType.PACKAGE, ServiceType.CARE}
)
_DIAGNOSIS = frozenset({ServiceType.INSPECTION, ServiceType.CONSULTATION})


class ServiceTerms(Fact):
    """What a menu item is and takes."""

    title: Title = Field(description="name that customers see")
    service_type: ServiceType = Field(description="kind of service (BOOK-30)")
    work_type: str = Field(description="kind of work that the labour rate is looked up by, e.g. mechanical")
    skill: str = Field(description="skill that the technician needs")
    labour_minutes: int = Field(description="usual labour, whole minutes")
    parts: tuple[ServicePart, ...] = Field(default=(), description="parts that it usually takes")


class MenuItem(Aggregate, Base):
    """One service of the menu, known by its code."""

    __tablename__ = "services"
    STREAM = "booking.service"

    service_code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    state: Mapped[str] = mapped_column(default=ServiceState.OFFERED)
    terms: Mapped[ServiceTerms] = mapped_column(Json(ServiceTerms))
    changed_at: Mapped[datetime]

    @property
    def allowed(self) -> list[str]:
        """What the menu's keeper may do with it now."""
        return SERVICE.allowed(self.state)

    @property
    def line_kind(self) -> LineKind:
        """What its lines are for the day's mix of work (BOOK-21)."""
        if self.terms.service_type in _MAINTENANCE:
            return "maintenance"
        return "diagnosis" if self.terms.service_type in _DIAGNOSIS else "repair"

    def offer(self, terms: ServiceTerms, *, parts: Mapping[str, Part], at: datetime) -> ServiceOffered:
        """Put it on the menu, anew if it is there. Raises ``PartUnknown``: ``parts`` are those on sale."""
        state = SERVICE.go(self.state, "offer")
        missing = [needed.part_no for needed in terms.parts if needed.part_no not in parts]
        if missing:
            raise PartUnknown(part_nos=missing, waiting_for="parts.part")
        self.state, self.terms, self.changed_at = state, terms, at
        return ServiceOffered(
            service_code=self.service_code,
            title=terms.title,
            work_type=terms.work_type,
            skill=terms.skill,
            labour_minutes=terms.labour_minutes,
            parts=terms.parts,
        )

    def withdraw(self, *, at: datetime) -> ServiceWithdrawn:
        """Take it off the menu; appointments that have it stay as they are."""
        self.state, self.changed_at = SERVICE.go(self.state, "withdraw"), at
        return ServiceWithdrawn(service_code=self.service_code)

    def line(self, *, parts: Mapping[str, Part], new_id: Callable[[], UUID]) -> Line:
        """The work as a line of a request; its ids are minted here and stay. Raises ``ServiceNotOffered``."""
        if self.state != ServiceState.OFFERED:
            raise ServiceNotOffered(service_code=self.service_code, state=self.state)
        return Line(
            line_id=new_id(),
            kind=self.line_kind,
            title=self.terms.title,
            work_type=self.terms.work_type,
            skill=self.terms.skill,
            labour_minutes=self.terms.labour_minutes,
            service_code=self.service_code,
            parts=tuple(
                PartNeed(
                    part_line_id=new_id(),
                    part_no=needed.part_no,
                    quantity=needed.quantity,
                    title=known.title if (known := parts.get(needed.part_no)) else None,
                )
                for needed in self.terms.parts
            ),
        )


def lines_from_menu(
    service_codes: Iterable[str],
    menu: Mapping[str, MenuItem],
    *,
    parts: Mapping[str, Part],
    new_id: Callable[[], UUID],
    kept: Iterable[Line] = (),
) -> tuple[Line, ...]:
    """A line for each code; lines in ``kept`` that are asked for again keep their ids.

    Raises ``ServiceNotOffered`` for a code that is not on the menu.
    """
    held = {line.service_code: line for line in kept}
    lines = []
    for code in dict.fromkeys(service_codes):
        if code in held:
            lines.append(held[code])
        elif code in menu:
            lines.append(menu[code].line(parts=parts, new_id=new_id))
        else:
            raise ServiceNotOffered(service_code=code)
    return tuple(lines)
