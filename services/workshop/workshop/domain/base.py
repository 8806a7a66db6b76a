"""The registry of the workshop's tables."""

from sqlalchemy.orm import DeclarativeBase

from servicekit import new_metadata


class Base(DeclarativeBase):
    """All mapped classes of the workshop; the metadata has the servicekit tables too."""

    metadata = new_metadata()
