"""What the workshop decides: jobs, lines, parts, bays, technicians, house rules; no I/O and no clock."""

from workshop.domain.base import Base
from workshop.domain.bay import Bay
from workshop.domain.copies import Appointment, ShopCalendar, Visit, Whereabouts
from workshop.domain.job import Job
from workshop.domain.job_states import JOB, JobState
from workshop.domain.line import LINE, JobLine, LineState
from workshop.domain.parts import PartLine
from workshop.domain.rules import HouseRules
from workshop.domain.technician import Technician

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
    "Whereabouts",
]
