"""The numbers of staff: each with its requirement, and each shop may change them."""

import servicekit
from servicekit import rule


class HouseRules(servicekit.HouseRules):
    """What staff works by."""

    access_token_minutes: int = rule(10, "DATA-04", "minutes that an access token is good for", ge=1, le=60)
    refresh_days: int = rule(14, "DATA-04", "days that a sign-in can be refreshed", ge=1, le=90)
    failures_before_lock: int = rule(
        5, "DATA-04", "wrong passwords in a row before an account locks", ge=3, le=20
    )
    lock_minutes: int = rule(15, "DATA-04", "minutes that an account stays locked", ge=1, le=1440)
    shortest_password: int = rule(12, "DATA-04", "characters that a password must have", ge=8, le=100)
