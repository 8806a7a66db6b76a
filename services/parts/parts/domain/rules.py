"""The numbers of the parts department that a shop may change."""

import servicekit
from servicekit import rule


class HouseRules(servicekit.HouseRules):
    """House rules of parts."""

    lapse_hours: int = rule(
        24,
        "PART-15",
        "hours after the end of a slot before parts set aside for it are freed",
        ge=1,
        le=24 * 90,
    )
    unbooked_lapse_days: int = rule(
        30,
        "PART-15",
        "days that parts of a request without a slot are kept before the car comes",
        ge=1,
        le=365,
    )
    lead_working_days: int = rule(
        3, "PART-05", "working days until a delivery is expected when the supplier names none", ge=0, le=365
    )
    slow_picking_minutes: int = rule(
        15,
        "PART-09",
        "minutes from the technician's request to the issue that count as slow",
        ge=1,
        le=24 * 60,
    )
