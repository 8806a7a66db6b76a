"""The registry and tables that all of crm's mapped classes share."""

from sqlalchemy.orm import DeclarativeBase

from servicekit import new_metadata


class Base(DeclarativeBase):
    """One registry and one MetaData for the department."""

    metadata = new_metadata()
