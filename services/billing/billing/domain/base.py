"""The registry and tables that all of billing's mapped classes share."""

from sqlalchemy.orm import DeclarativeBase

from servicekit import new_metadata


class Base(DeclarativeBase):
    """One registry and one MetaData for the department."""

    metadata = new_metadata()
