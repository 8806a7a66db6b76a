"""A vehicle: plate and VIN in their normal form, whose it is and was (CRM-01, DATA-02)."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contracts.events.crm import VehicleChanged, VehicleRegistered
from crm.domain.base import Base
from servicekit import Aggregate, Refusal, new_id
from servicekit.columns import Utc
from servicekit.states import Machine


class VehicleState(StrEnum):
    """The life of a vehicle's file."""

    REGISTERED = "registered"


_ON_FILE = ({VehicleState.REGISTERED}, VehicleState.REGISTERED)
VEHICLE = Machine("vehicle", {"change": _ON_FILE, "pass_on": _ON_FILE}, initial=VehicleState.REGISTERED)


class VinTaken(Refusal):
    """A vehicle with this VIN is on file already."""


class AlreadyTheirs(Refusal):
    """The vehicle belongs to this customer already."""


class Ownership(Base):
    """Whose the vehicle was, from when to when."""

    __tablename__ = "ownerships"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    vehicle_id: Mapped[UUID] = mapped_column(ForeignKey("vehicles.id"), index=True)
    customer_id: Mapped[UUID]
    since_at: Mapped[datetime] = mapped_column(Utc)
    until_at: Mapped[datetime | None] = mapped_column(Utc)


class Vehicle(Aggregate, Base):
    """One car; its service history stays with it when it is sold."""

    __tablename__ = "vehicles"
    __table_args__ = (
        Index("ix_vehicles_plate", "plate", postgresql_ops={"plate": "text_pattern_ops"}),
        Index("ix_vehicles_vin_prefix", "vin", postgresql_ops={"vin": "text_pattern_ops"}),
    )
    STREAM = "crm.vehicle"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    state: Mapped[str] = mapped_column(default=VehicleState.REGISTERED)
    plate: Mapped[str]
    vin: Mapped[str | None] = mapped_column(unique=True)
    make: Mapped[str]
    model: Mapped[str]
    model_year: Mapped[int | None]
    engine_no: Mapped[str | None]
    in_use_since_on: Mapped[date | None]
    mileage_km: Mapped[int | None]
    mileage_at: Mapped[datetime | None] = mapped_column(Utc)
    registered_at: Mapped[datetime] = mapped_column(Utc)
    ownerships: Mapped[list[Ownership]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by=Ownership.since_at
    )

    @classmethod
    def register(
        cls,
        *,
        id: UUID,
        customer_id: UUID,
        plate: str,
        vin: str | None,
        make: str,
        model: str,
        model_year: int | None,
        engine_no: str | None,
        in_use_since_on: date | None,
        at: datetime,
    ) -> tuple["Vehicle", VehicleRegistered]:
        """A vehicle comes on file; ``plate`` and ``vin`` in their normal form."""
        vehicle = cls(
            id=id,
            customer_id=customer_id,
            plate=plate,
            vin=vin,
            make=make,
            model=model,
            model_year=model_year,
            engine_no=engine_no,
            in_use_since_on=in_use_since_on,
            registered_at=at,
            ownerships=[],
        )
        vehicle._belongs_to(customer_id, at)
        return vehicle, VehicleRegistered(**vehicle._whole_state())

    @property
    def allowed(self) -> list[str]:
        """The commands that may be given now."""
        return VEHICLE.allowed(self.state)

    def change(
        self,
        *,
        plate: str,
        vin: str | None,
        make: str,
        model: str,
        model_year: int | None,
        engine_no: str | None,
        in_use_since_on: date | None,
    ) -> Sequence[VehicleChanged]:
        """New facts of the car, published at once (CRM-08); nothing is when nobody else's copy changes."""
        VEHICLE.check(self.state, "change")
        before = self._whole_state()
        self.plate, self.vin, self.make, self.model = plate, vin, make, model
        self.model_year, self.engine_no, self.in_use_since_on = model_year, engine_no, in_use_since_on
        after = self._whole_state()
        return () if before == after else (VehicleChanged(**after),)

    def pass_on(self, customer_id: UUID, *, at: datetime) -> VehicleChanged:
        """The car has a new owner; its history stays with it."""
        VEHICLE.check(self.state, "pass_on")
        if customer_id == self.customer_id:
            raise AlreadyTheirs(customer_id=str(customer_id))
        self.ownerships[-1].until_at = at
        self.customer_id = customer_id
        self._belongs_to(customer_id, at)
        return VehicleChanged(**self._whole_state())

    def note_mileage(self, mileage_km: int, at: datetime) -> None:
        """The odometer as read last; an earlier reading that arrives late changes nothing."""
        if self.mileage_at is None or at >= self.mileage_at:
            self.mileage_km, self.mileage_at = mileage_km, at

    def _belongs_to(self, customer_id: UUID, at: datetime) -> None:
        self.ownerships.append(
            Ownership(id=new_id(), vehicle_id=self.id, customer_id=customer_id, since_at=at)
        )

    def _whole_state(self) -> dict[str, Any]:
        return {
            "vehicle_id": self.id,
            "customer_id": self.customer_id,
            "plate": self.plate,
            "vin": self.vin,
            "make": self.make,
            "model": self.model,
            "model_year": self.model_year,
        }
