"""The registration form that the customer signs on arrival (RECP-03 to RECP-11)."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from contracts.base import Fact
from contracts.values import FaultFacts
from servicekit import Refusal
from servicekit.personal_data import mask, mask_all

IntendedOutcome = Literal["repair", "later_repair", "diagnosis_only"]


class FormNotSigned(Refusal):
    """The customer has not signed the registration form."""


class Belonging(Fact):
    """One thing that was in the car when it came (RECP-11)."""

    item: str = Field(description="the thing, e.g. umbrella")
    note: str = Field(default="", description="where it is or how it looks, masked")


class Condition(Fact):
    """How the car looked on the walk-round (RECP-10, RECP-11)."""

    exterior: str = Field(default="", description="body, glass, wheels: scratches and dents")
    interior: str = Field(default="", description="seats, instruments, warning lights")
    engine: str = Field(default="", description="engine bay: fluids, leaks")
    chassis: str = Field(default="", description="underbody of the car")


class Expectation(Fact):
    """What the customer expects of time, cost and standard (RECP-07)."""

    finish_by: datetime | None = Field(default=None, description="when the customer needs the car, UTC")
    budget: str = Field(default="", description="what it may cost, in the customer's words")
    standard: str = Field(default="", description="how good the result must be, in the customer's words")


class RegistrationForm(Fact):
    """The signed form (RECP-03): the fault as the customer describes it, wishes, and what was in the car."""

    form_no: str = Field(description="number of the form, e.g. F-250307-0001")
    signed_at: datetime = Field(description="when the customer signed, UTC")
    fault: FaultFacts = Field(default=FaultFacts(), description="the fault as the customer describes it")
    special_requirements: tuple[str, ...] = Field(default=(), description="what the customer insists on")
    belongings: tuple[Belonging, ...] = Field(default=(), description="what was in the car")
    condition: Condition = Field(default=Condition(), description="how the car looked")
    expectation: Expectation = Field(default=Expectation(), description="time, cost and standard")
    intended_outcome: IntendedOutcome = Field(
        default="repair", description="what the customer wants of this visit (RECP-19)"
    )

    @property
    def notes_anything(self) -> bool:
        """Whether belongings or the car's condition were noted (RECP-11)."""
        return bool(self.belongings) or self.condition != Condition()

    def masked(self) -> "RegistrationForm":
        """The form without numbers that could be a person's."""
        fault = {k: mask(v) if isinstance(v, str) else v for k, v in self.fault.model_dump().items()}
        belongings = tuple(Belonging(item=mask(b.item), note=mask(b.note)) for b in self.belongings)
        return self.model_copy(
            update={
                "fault": FaultFacts(**fault),
                "special_requirements": mask_all(self.special_requirements),
                "belongings": belongings,
            }
        )
