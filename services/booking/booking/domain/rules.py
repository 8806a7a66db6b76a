"""Booking's house rules: every number that this department decides by."""

from decimal import Decimal

import servicekit
from servicekit import rule


class HouseRules(servicekit.HouseRules):
    """What a shop may set its own way; each number names the requirement it comes from."""

    respond_hours: int = rule(
        24, "BOOK-08", "hours in which a request must be answered (F-11)", ge=1, le=24 * 7
    )
    technicians: int = rule(
        6, "BOOK-18", "technicians of a usual day, for the bookable hours (F-16)", ge=0, le=500
    )
    maintenance_share: Decimal = rule(
        Decimal("0.70"), "BOOK-21", "share of a day's labour that is kept for maintenance", ge=0, le=1
    )
    diagnosis_minutes: int = rule(
        30, "BOOK-13", "labour kept for looking at a fault nobody knows yet, minutes", ge=1, le=480
    )
    slot_step_minutes: int = rule(30, "BOOK-19", "slots are offered at this distance, minutes", ge=5, le=480)
    slot_minimum_minutes: int = rule(30, "BOOK-22", "the shortest slot, minutes", ge=5, le=480)
    offered_days: int = rule(14, "BOOK-18", "days ahead in which free slots are offered", ge=1, le=60)
    offered_slots: int = rule(40, "BOOK-18", "most slots in one offer", ge=1, le=200)
    peak_margin: Decimal = rule(
        Decimal("0.25"),
        "BOOK-19",
        "an hour whose load is this much above the day's mean is a peak",
        ge=0,
        le=1,
    )
    grace_minutes: int = rule(
        30, "BOOK-37", "minutes after the slot begins before it counts as missed", ge=0, le=24 * 60
    )
    cancel_notice_hours: int = rule(
        24, "BOOK-25", "hours before the slot until which a cancellation is in time (F-15)", ge=0, le=24 * 30
    )
    notice_days: int = rule(
        3, "BOOK-11", "days before the slot on which the customer is reminded", ge=0, le=30
    )
    reminder_days: int = rule(1, "BOOK-38", "days before the slot of the second reminder", ge=0, le=30)
    link_days: int = rule(30, "BOOK-33", "days for which a customer's link is valid", ge=1, le=365)
