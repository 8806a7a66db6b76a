"""What a customer asks for, before it becomes an appointment."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from booking.domain.appointment_parts import About
from booking.domain.capacity import Load, load_of
from booking.domain.rules import HouseRules
from contracts.events.booking import AppointmentRequested
from contracts.values import Line
from servicekit import Refusal
from servicekit.personal_data import mask

Channel = Literal["phone", "web", "app", "wechat", "counter", "parts", "reception"]
"""How a request came; parts and reception ask for one when a car is to return."""
Urgency = Literal["normal", "urgent"]


class RequestIncomplete(Refusal):
    """A request needs a fault or a service from the menu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a customer asks for, or what another department asks for in the customer's name."""

    customer_id: UUID
    vehicle_id: UUID
    channel: Channel
    source: str = "customer"
    fault_text: str = ""
    fault_occurred: str = ""
    urgency: Urgency = "normal"
    wanted_from: datetime | None = None
    lines: tuple[Line, ...] = ()
    diagnosis: bool = False
    rework_of_visit_id: UUID | None = None
    measure_id: UUID | None = None
    visit_id: UUID | None = None

    def masked(self) -> "Wish":
        """The same with personal data masked in its texts."""
        return replace(
            self,
            source=mask(self.source),
            fault_text=mask(self.fault_text.strip()),
            fault_occurred=mask(self.fault_occurred.strip()),
        )

    def load(self, rules: HouseRules) -> Load:
        """The labour that a slot for it must hold."""
        return load_of(self.lines, diagnosis=self.diagnosis, rules=rules)

    def respond_by(self, rules: HouseRules, *, at: datetime) -> datetime:
        """When the customer must have an answer (F-11); a car that left for parts cannot be given a slot
        before they are expected."""
        respond_by = at + timedelta(hours=rules.respond_hours)
        if self.visit_id is not None and self.wanted_from is not None:
            return max(respond_by, self.wanted_from)
        return respond_by

    def requested(self, about: About, *, respond_by: datetime) -> AppointmentRequested:
        """The event that it became a request."""
        return AppointmentRequested(
            **about,
            channel=self.channel,
            source=self.source,
            fault_text=self.fault_text,
            urgency=self.urgency,
            wanted_from=self.wanted_from,
            lines=self.lines,
            respond_by=respond_by,
            rework_of_visit_id=self.rework_of_visit_id,
            measure_id=self.measure_id,
            visit_id=self.visit_id,
        )


def must_name_work(lines: tuple[Line, ...], fault_text: str) -> None:
    """Raise ``RequestIncomplete`` when neither a fault nor work is named (BOOK-02)."""
    if not (lines or fault_text.strip()):
        raise RequestIncomplete()
