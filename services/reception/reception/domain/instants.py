"""When something happened, as a person states it."""

from datetime import datetime

from servicekit import Refusal


class NotInThePast(Refusal):
    """This instant has not come yet: what happened cannot lie in the future."""


def must_have_happened(instant: datetime, *, at: datetime) -> datetime:
    """``instant`` itself. Raises ``NotInThePast`` when it is later than ``at``."""
    if instant > at:
        raise NotInThePast(at=instant.isoformat())
    return instant
