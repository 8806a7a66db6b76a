"""The registry of the workshop's tables."""

from sqlalchemy.orm import DeclarativeBase

from servicekit import new_metadata


class Base(DeclarativeBase):
    """All mapped classes of the workshop; the servicekit tables stand in the same metadata."""

    metadata = new_metadata()
