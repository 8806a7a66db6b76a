"""The registry of everything that staff keeps in its database."""

from sqlalchemy.orm import DeclarativeBase

from servicekit import new_metadata


class Base(DeclarativeBase):
    """All of staff's tables; those of the servicekit are not among them."""

    metadata = new_metadata()
