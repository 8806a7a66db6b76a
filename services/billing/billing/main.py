"""The billing department: its endpoints, subscriptions and timers."""

from billing import api, domain, timers
from billing.commands.invoices import PAYMENT_OVERDUE
from billing.reactions import complaints as on_complaints
from billing.reactions import crm as on_crm
from billing.reactions import parts as on_parts
from billing.reactions import reception as on_reception
from billing.reactions import workshop as on_workshop
from billing.settings import Settings
from contracts.events import complaints, crm, parts, reception, workshop
from servicekit import Service

service = Service(
    "billing",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=api.ROUTERS,
    title="Billing",
)

service.on(crm.CustomerRegistered, on_crm.copy_terms_on_customer)
service.on(crm.CustomerChanged, on_crm.copy_terms_on_customer)

service.on(reception.VisitOpened, on_reception.open_account_on_visit_opened)
service.on(reception.ReworkAgreed, on_reception.open_account_on_rework_agreed)
service.on(reception.IntakeCompleted, on_reception.authorise_diagnosis_on_intake_completed)
service.on(reception.EstimatePresented, on_reception.note_revision_on_estimate_presented)
service.on(reception.EstimateAnswered, on_reception.authorise_lines_on_estimate_answered)
service.on(reception.ReworkOrdered, on_reception.add_rework_on_rework_ordered)
service.on(reception.WorkAccepted, on_reception.issue_invoice_on_work_accepted)
service.on(reception.VehicleHandedOver, on_reception.note_handover_on_handed_over)
service.on(reception.VisitClosed, on_reception.close_account_on_visit_closed)

service.on(parts.PartsReserved, on_parts.count_parts_on_reservation)
service.on(parts.ShortageDetected, on_parts.count_parts_on_reservation)
service.on(parts.ReservationAttached, on_parts.count_parts_on_reservation)
service.on(parts.PartsArrived, on_parts.count_parts_on_reservation)
service.on(parts.PartsReleased, on_parts.count_parts_on_reservation)
service.on(parts.PartsIssued, on_parts.count_parts_on_slip)
service.on(parts.PartsReturned, on_parts.count_parts_on_slip)

service.on(workshop.JobReady, on_workshop.prepare_invoice_on_job_ready)
service.on(workshop.JobReopened, on_workshop.withdraw_invoice_on_job_reopened)
service.on(workshop.ReworkOpened, on_workshop.note_rework_on_rework_opened)

service.on(complaints.ComplaintReceived, on_complaints.mark_dispute_on_complaint_received)
service.on(complaints.ComplaintReopened, on_complaints.mark_dispute_on_complaint_reopened)
service.on(complaints.ComplaintResolved, on_complaints.end_dispute_on_complaint_resolved)
service.on(complaints.MeasureDecided, on_complaints.carry_out_measure_on_measure_decided)

service.at(PAYMENT_OVERDUE, timers.mark_overdue, silence_of=("reception.visit",))
