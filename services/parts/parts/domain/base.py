"""The registry of the department's mapped classes."""

from sqlalchemy.orm import DeclarativeBase

from servicekit import new_metadata


class Base(DeclarativeBase):
    """Every mapped class of parts; its metadata has the servicekit tables too."""

    metadata = new_metadata()
