"""The department's tables belong to one base; its numbers are house rules."""

from sqlalchemy.orm import DeclarativeBase

from servicekit import HouseRules as ChassisRules
from servicekit import new_metadata, rule


class Base(DeclarativeBase):
    """Staff's registry and MetaData."""

    metadata = new_metadata()


class HouseRules(ChassisRules):
    """Every number that staff decides by."""

    access_token_minutes: int = rule(10, "DATA-04", "minutes that an access token is good for", ge=1, le=60)
    refresh_days: int = rule(14, "DATA-04", "days that a sign-in can be refreshed", ge=1, le=90)
    failures_before_lock: int = rule(5, "DATA-04", "wrong passwords in a row before an account locks", ge=3)
    lock_minutes: int = rule(15, "DATA-04", "minutes that an account stays locked", ge=1)
    shortest_password: int = rule(12, "DATA-04", "characters that a password must have", ge=8)
