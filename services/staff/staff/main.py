"""The staff department: every door in and out."""

from chassis import Service
from contracts.complaints import ComplaintReceived
from contracts.crm import DissatisfactionDetected, SurveyAnswered
from contracts.workshop import InspectionFailed, InspectionPassed, LineCompleted
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

service.on(LineCompleted, reactions.record_work_on_line_completed)
service.on(InspectionPassed, reactions.record_inspection_on_passed)
service.on(InspectionFailed, reactions.record_points_on_inspection_failed)
service.on(SurveyAnswered, reactions.record_score_on_survey_answered)
service.on(DissatisfactionDetected, reactions.record_on_dissatisfaction_detected)
service.on(ComplaintReceived, reactions.record_on_complaint_received)

service.seed(commands.create_first_admin)
