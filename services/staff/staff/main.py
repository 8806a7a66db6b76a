"""Staff's table of contents: its endpoints and subscriptions."""

from contracts.events import complaints, crm, workshop
from servicekit import Service
from staff import api
from staff.commands.accounts import create_first_admin
from staff.domain import Base, HouseRules
from staff.reactions import complaints as on_complaints
from staff.reactions import crm as on_crm
from staff.reactions import workshop as on_workshop
from staff.settings import Settings

service = Service(
    "staff",
    base=Base,
    settings=Settings,
    rules=HouseRules,
    routers=api.routers,
    title="Staff",
)

service.on(workshop.JobDispatched, on_workshop.record_work_on_dispatched)
service.on(workshop.LineCompleted, on_workshop.record_work_on_line_completed)
service.on(workshop.InspectionPassed, on_workshop.record_inspection_on_passed)
service.on(workshop.InspectionFailed, on_workshop.record_points_on_inspection_failed)
service.on(workshop.JobInterrupted, on_workshop.record_pause_on_interrupted)
service.on(workshop.JobResumed, on_workshop.record_end_of_pause_on_resumed)
service.on(workshop.ReworkOpened, on_workshop.record_rework_on_opened)

service.on(crm.SurveyAnswered, on_crm.record_score_on_survey_answered)
service.on(crm.DissatisfactionDetected, on_crm.record_low_score_on_dissatisfaction)

service.on(complaints.ComplaintReceived, on_complaints.record_complaint_on_received)
service.on(complaints.ComplaintResolved, on_complaints.record_complaint_on_resolved)
service.on(complaints.ComplaintReopened, on_complaints.record_complaint_on_reopened)

service.seed(create_first_admin)
