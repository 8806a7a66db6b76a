"""Copies of other departments' data: known appointments, and the shop's calendar."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from parts.domain.base import Base
from servicekit.columns import Json
from shopkit.calendar import WorkingCalendar


class Appointment(Base):
    """An appointment that was confirmed or kept; a visit that names it can be attached."""

    __tablename__ = "appointments"

    appointment_id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(index=True)


class ShopCalendar(Base):
    """Booking's calendar, one row; deliveries are expected on working days of it."""

    __tablename__ = "shop_calendar"

    name: Mapped[str] = mapped_column(primary_key=True)
    calendar: Mapped[WorkingCalendar] = mapped_column(Json(WorkingCalendar))
