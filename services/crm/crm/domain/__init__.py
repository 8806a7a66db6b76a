"""What customer relations decides: aggregates with their states, house rules, refusals."""

from crm.domain.base import Base
from crm.domain.contact import Contact, ContactSource
from crm.domain.copies import ComplaintMark, ShopCalendar
from crm.domain.customer import (
    Consent,
    ConsentNotGiven,
    ConsentStands,
    Customer,
    CustomerClass,
    CustomerState,
    PhoneTaken,
    Purpose,
    search_form,
)
from crm.domain.follow_up import (
    Call,
    CancelReason,
    FollowUp,
    FollowUpKind,
    FollowUpState,
    Outcome,
    ReportReview,
)
from crm.domain.life_cycle import Custom, Stage, months_before, stage_of
from crm.domain.notice import Notice, NoticeKind, NoticeState
from crm.domain.phone import normal_phone
from crm.domain.reminder import Reminder, ReminderKind, ReminderState
from crm.domain.rules import HouseRules
from crm.domain.script import SCRIPTS
from crm.domain.survey import (
    GRADES,
    ITEMS,
    TEMPLATE,
    ConsentWithdrawn,
    ExpiryReason,
    NoComment,
    Survey,
    SurveyState,
    TooFewAnswers,
    Trigger,
)
from crm.domain.vehicle import AlreadyTheirs, Ownership, Vehicle, VehicleState, VinTaken
from crm.domain.visit_file import CarefulReason, SettledHow, Spend, VisitFile, VisitOutcome, Worker, WorkLine

__all__ = [
    "GRADES",
    "ITEMS",
    "SCRIPTS",
    "TEMPLATE",
    "AlreadyTheirs",
    "Base",
    "Call",
    "CancelReason",
    "CarefulReason",
    "ComplaintMark",
    "Consent",
    "ConsentNotGiven",
    "ConsentStands",
    "ConsentWithdrawn",
    "Contact",
    "ContactSource",
    "Custom",
    "Customer",
    "CustomerClass",
    "CustomerState",
    "ExpiryReason",
    "FollowUp",
    "FollowUpKind",
    "FollowUpState",
    "HouseRules",
    "NoComment",
    "Notice",
    "NoticeKind",
    "NoticeState",
    "Outcome",
    "Ownership",
    "PhoneTaken",
    "Purpose",
    "Reminder",
    "ReminderKind",
    "ReminderState",
    "ReportReview",
    "SettledHow",
    "ShopCalendar",
    "Spend",
    "Stage",
    "Survey",
    "SurveyState",
    "TooFewAnswers",
    "Trigger",
    "Vehicle",
    "VehicleState",
    "VinTaken",
    "VisitFile",
    "VisitOutcome",
    "WorkLine",
    "Worker",
    "months_before",
    "normal_phone",
    "search_form",
    "stage_of",
]
