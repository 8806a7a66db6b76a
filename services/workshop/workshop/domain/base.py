"""The registry of the workshop's tables."""

from sqlalchemy.orm import DeclarativeBase

from chassis import new_metadata


class Base(DeclarativeBase):
    """All mapped classes of the workshop; the chassis tables stand in the same metadata."""

    metadata = new_metadata()
