"""The house rules of customer relations: every number, its meaning, and where it comes from."""

from decimal import Decimal

import servicekit
from servicekit import rule


class HouseRules(servicekit.HouseRules):
    """What each shop may decide for itself."""

    notice_hours: int = rule(
        24, "RECP-35", "hours after handover by which the completion notice is given", ge=1, le=720
    )
    measure_notice_hours: int = rule(
        24, "COMP-05", "hours after a complaint's measure by which the customer is notified", ge=1, le=720
    )
    follow_up_working_days: int = rule(
        3, "CRM-10", "working days after a visit by which the customer is called", ge=0, le=90
    )
    recovery_working_days: int = rule(
        1, "BOOK-37", "working days after a missed booking by which the customer is called", ge=0, le=90
    )
    handling_working_days: int = rule(
        3, "CRM-10", "working days after a complaint's end by which its handling is asked about", ge=0, le=90
    )
    call_attempts: int = rule(
        3, "CRM-11", "calls without an answer after which a customer counts as unreachable", ge=1, le=20
    )
    survey_working_days: int = rule(
        3, "CRM-12", "working days after handover by which the survey is sent (F-13)", ge=0, le=90
    )
    survey_complete_days: int = rule(
        3,
        "CRM-12",
        "calendar days after handover by which an answer is in time, a report figure (C-04)",
        ge=0,
        le=365,
    )
    survey_open_days: int = rule(
        30, "CRM-12", "days after which a survey can no longer be answered", ge=1, le=365
    )
    survey_least_answers: int = rule(8, "CRM-16", "items that a survey needs at least (F-01)", ge=1, le=10)
    low_item_points: int = rule(
        3, "CRM-26", "points of an item that are a sign of dissatisfaction, and all below (F-09)", ge=0, le=10
    )
    low_total: Decimal = rule(
        Decimal(80),
        "CRM-26",
        "total of a survey below which the customer is dissatisfied (F-09)",
        ge=0,
        le=100,
    )
    careful_days: int = rule(
        30, "CRM-52", "days that the mark stays after a complaint has ended", ge=0, le=3650
    )
    reminder_days: int = rule(
        90, "CRM-36", "days after which declined work is offered again, if no date was agreed", ge=1, le=3650
    )
    quiet_months: int = rule(
        12, "CRM-47", "months without a visit after which a customer is declining (F-33)", ge=1, le=120
    )
    mature_visits: int = rule(4, "CRM-04", "visits from which a customer can be mature (F-33)", ge=1, le=1000)
    mature_band_percent: int = rule(
        20, "CRM-04", "percent that the spend of a mature customer moves at most (F-33)", ge=0, le=100
    )
