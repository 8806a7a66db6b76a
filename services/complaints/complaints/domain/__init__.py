"""What complaints decides: cases with their clocks, and measures that others carry out."""

from complaints.domain.base import Base
from complaints.domain.complaint import Complaint, NotTheOwner
from complaints.domain.copies import Customer, Inspection, Invoice, InvoiceState, Job, Visit
from complaints.domain.entry import Entry
from complaints.domain.kpis import Kpis
from complaints.domain.measure import ApprovalNeeded, Measure, MeasureOpen
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
from complaints.domain.values import (
    Decision,
    NewCase,
    NothingToDiscount,
    NothingToRefund,
    NoVisitToRedo,
    Person,
)

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
    "InvoiceState",
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
