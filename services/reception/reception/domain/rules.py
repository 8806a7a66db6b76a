"""The numbers of the desk: each with its requirement, and each shop may change them."""

import servicekit
from servicekit import rule


class HouseRules(servicekit.HouseRules):
    """What reception works by."""

    reception_minutes: int = rule(
        15, "RECP-01", "minutes in which an arrived car must be received (F-10)", ge=1, le=240
    )
    answer_hours: int = rule(
        24, "RECP-24", "hours for which a presented estimate is open for an answer", ge=1, le=720
    )
    diagnosis_minutes: int = rule(30, "BILL-19", "labour minutes of line 0, the diagnosis", ge=0, le=6000)
    diagnosis_work_type: str = rule("diagnosis", "BILL-19", "kind of work that line 0 is priced by")
    diagnosis_skill: str = rule("diagnosis", "WORK-08", "skill that line 0 needs")
    price_wait_seconds: int = rule(
        30, "RECP-14", "seconds to wait for an unknown price before drafting", ge=0, le=3600
    )
    finishing_minutes: int = rule(
        30, "F-18", "minutes for inspection, wash and papers after the labour", ge=0, le=1440
    )
    closing_hours: int = rule(
        24, "RECP-35", "hours after handover in which the papers are closed", ge=1, le=720
    )
    handover_checks: tuple[str, ...] = rule(
        ("vehicle_inspected", "work_explained", "cost_explained", "clean"),
        "RECP-30",
        "what customer and advisor look at together before the customer signs",
    )
