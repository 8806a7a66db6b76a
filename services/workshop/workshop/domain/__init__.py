"""What the workshop decides: jobs, lines, parts, resources and house rules; no I/O and no clock."""

from workshop.domain.base import Base
from workshop.domain.copies import Appointment, ShopCalendar, Visit
from workshop.domain.job import JOB, Job, JobState
from workshop.domain.line import LINE, JobLine, LineState
from workshop.domain.parts import PartLine
from workshop.domain.resources import Bay, Technician
from workshop.domain.rules import HouseRules

__all__ = [
    "JOB",
    "LINE",
    "Appointment",
    "Base",
    "Bay",
    "HouseRules",
    "Job",
    "JobLine",
    "JobState",
    "LineState",
    "PartLine",
    "ShopCalendar",
    "Technician",
    "Visit",
]
