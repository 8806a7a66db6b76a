"""The car of a visit as it was described on arrival."""

from dataclasses import dataclass

from sqlalchemy.orm import mapped_column

from servicekit import Refusal
from shopkit.numbers import search_key


class FactsUnknown(Refusal):
    """No event has brought yet who comes with which car: give it by hand."""


@dataclass(frozen=True, slots=True)
class Car:
    """Plate and VIN in their searchable spelling; empty or ``None`` where nobody knows."""

    plate: str = ""
    vin: str | None = None
    make: str = ""
    model: str = ""
    model_year: int | None = None

    def corrected(
        self, *, plate: str | None, vin: str | None, make: str, model: str, model_year: int | None
    ) -> "Car":
        """What the desk sees wins over what is on file. Raises ``FactsUnknown`` when nobody knows a plate."""
        car = Car(
            plate=search_key(plate) if plate else self.plate,
            vin=search_key(vin) if vin else self.vin,
            make=make or self.make,
            model=model or self.model,
            model_year=model_year or self.model_year,
        )
        if not car.plate:
            raise FactsUnknown(missing=["plate"], waiting_for="crm.vehicle")
        return car


CAR_COLUMNS = (
    *("plate", "vin", "make", "model"),
    mapped_column("model_year"),
)
"""The columns of ``visits`` below the value, in the order of its fields."""
