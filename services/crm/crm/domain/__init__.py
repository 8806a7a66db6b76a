"""What customer relations decides: aggregates with their states, house rules, refusals."""

from crm.domain.base import Base
from crm.domain.contact import Contact
from crm.domain.copies import ComplaintMark, ShopCalendar
from crm.domain.customer import (
    Consent,
    ConsentNotGiven,
    ConsentStands,
    Customer,
    CustomerClass,
    PhoneTaken,
    Purpose,
    search_form,
)
from crm.domain.follow_up import Call, FollowUp, FollowUpKind, FollowUpState, Outcome, ReportReview
from crm.domain.life_cycle import Custom, Stage, months_before, stage_of
from crm.domain.notice import Notice, NoticeKind, NoticeState
from crm.domain.phone import normal_phone
from crm.domain.reminder import Reminder, ReminderState
from crm.domain.rules import HouseRules
from crm.domain.script import SCRIPTS
from crm.domain.survey import (
    GRADES,
    ITEMS,
    TEMPLATE,
    ConsentWithdrawn,
    NoComment,
    Survey,
    SurveyState,
    TooFewAnswers,
)
from crm.domain.vehicle import AlreadyTheirs, Ownership, Vehicle, VinTaken
from crm.domain.visit_file import Spend, VisitFile, Worker, WorkLine

__all__ = [
    "GRADES",
    "ITEMS",
    "SCRIPTS",
    "TEMPLATE",
    "AlreadyTheirs",
    "Base",
    "Call",
    "ComplaintMark",
    "Consent",
    "ConsentNotGiven",
    "ConsentStands",
    "ConsentWithdrawn",
    "Contact",
    "Custom",
    "Customer",
    "CustomerClass",
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
    "ReminderState",
    "ReportReview",
    "ShopCalendar",
    "Spend",
    "Stage",
    "Survey",
    "SurveyState",
    "TooFewAnswers",
    "Vehicle",
    "VinTaken",
    "VisitFile",
    "WorkLine",
    "Worker",
    "months_before",
    "normal_phone",
    "search_form",
    "stage_of",
]
