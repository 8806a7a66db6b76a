"""The registry of everything that reception keeps in its database."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase

from servicekit import new_metadata
from servicekit.columns import Utc


class Base(DeclarativeBase):
    """All of reception's tables; those of the servicekit are not among them."""

    metadata = new_metadata()
    type_annotation_map = {datetime: Utc(), str: Text()}
