"""Ids of everything that a department keeps."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7: unique everywhere, and sorted by when it was made."""
    return uuid7()
