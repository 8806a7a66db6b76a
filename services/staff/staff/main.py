"""The staff department: every door in and out."""

from contracts.events.complaints import ComplaintReceived, ComplaintReopened, ComplaintResolved
from contracts.events.crm import DissatisfactionDetected, SurveyAnswered
from contracts.events.workshop import (
    InspectionFailed,
    InspectionPassed,
    JobDispatched,
    JobInterrupted,
    JobResumed,
    LineCompleted,
    ReworkOpened,
)
from servicekit import Service
from staff import api, commands, domain, reactions
from staff.settings import Settings

service = Service(
    "staff",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=api.ROUTERS,
    title="Staff",
)

service.on(JobDispatched, reactions.record_work_on_dispatched)
service.on(LineCompleted, reactions.record_work_on_line_completed)
service.on(InspectionPassed, reactions.record_inspection_on_passed)
service.on(InspectionFailed, reactions.record_points_on_inspection_failed)
service.on(JobInterrupted, reactions.record_pause_on_interrupted)
service.on(JobResumed, reactions.record_end_of_pause_on_resumed)
service.on(ReworkOpened, reactions.record_rework_on_opened)
service.on(SurveyAnswered, reactions.record_score_on_survey_answered)
service.on(DissatisfactionDetected, reactions.record_low_score_on_dissatisfaction)
service.on(ComplaintReceived, reactions.record_complaint_on_received)
service.on(ComplaintResolved, reactions.record_complaint_on_resolved)
service.on(ComplaintReopened, reactions.record_complaint_on_reopened)

service.seed(commands.create_first_admin)
