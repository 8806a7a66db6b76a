"""What complaints decides: cases with their clocks, and measures that others carry out."""

from complaints.domain.base import Base
from complaints.domain.complaint import Complaint
from complaints.domain.copies import Customer, Inspection, Invoice, Job, Visit
from complaints.domain.entry import Entry
from complaints.domain.kpis import Kpis
from complaints.domain.measure import Measure
from complaints.domain.refusals import (
    ApprovalNeeded,
    MeasureOpen,
    NothingToDiscount,
    NothingToRefund,
    NotTheOwner,
    NoVisitToRedo,
)
from complaints.domain.rules import HouseRules
from complaints.domain.states import (
    COMPLAINT,
    OPEN,
    Cause,
    Channel,
    Contact,
    EntryKind,
    MeasureKind,
    MeasureState,
    Source,
    State,
)
from complaints.domain.values import Decision, NewCase, Person

__all__ = [
    "COMPLAINT",
    "OPEN",
    "ApprovalNeeded",
    "Base",
    "Cause",
    "Channel",
    "Complaint",
    "Contact",
    "Customer",
    "Decision",
    "Entry",
    "EntryKind",
    "HouseRules",
    "Inspection",
    "Invoice",
    "Job",
    "Kpis",
    "Measure",
    "MeasureKind",
    "MeasureOpen",
    "MeasureState",
    "NewCase",
    "NoVisitToRedo",
    "NotTheOwner",
    "NothingToDiscount",
    "NothingToRefund",
    "Person",
    "Source",
    "State",
    "Visit",
]
