"""Billing, declared: what it hears, which deadlines it keeps, what it serves."""

from billing import api, commands, deadlines, domain
from billing.reactions import complaints, crm, parts, reception, workshop
from billing.settings import Settings
from contracts.events.complaints import (
    ComplaintReceived,
    ComplaintReopened,
    ComplaintResolved,
    MeasureDecided,
)
from contracts.events.crm import CustomerChanged, CustomerRegistered
from contracts.events.parts import (
    PartsArrived,
    PartsIssued,
    PartsReleased,
    PartsReserved,
    PartsReturned,
    ReservationAttached,
    ShortageDetected,
)
from contracts.events.reception import (
    EstimateAnswered,
    EstimatePresented,
    IntakeCompleted,
    ReworkAgreed,
    ReworkOrdered,
    VehicleHandedOver,
    VisitClosed,
    VisitOpened,
    WorkAccepted,
)
from contracts.events.workshop import JobReady, JobReopened, ReworkOpened
from servicekit import Service

service = Service(
    "billing",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=[api.rates, api.invoices, api.accounts],
    title="Billing",
)

service.on(CustomerRegistered, crm.copy_terms_on_customer)
service.on(CustomerChanged, crm.copy_terms_on_customer)

service.on(VisitOpened, reception.open_account_on_visit_opened)
service.on(ReworkAgreed, reception.open_account_on_rework_agreed)
service.on(IntakeCompleted, reception.authorise_diagnosis_on_intake_completed)
service.on(EstimatePresented, reception.note_revision_on_estimate_presented)
service.on(EstimateAnswered, reception.authorise_lines_on_estimate_answered)
service.on(ReworkOrdered, reception.add_rework_on_rework_ordered)
service.on(WorkAccepted, reception.issue_invoice_on_work_accepted)
service.on(VehicleHandedOver, reception.note_handover_on_handed_over)
service.on(VisitClosed, reception.close_account_on_visit_closed)

service.on(PartsReserved, parts.count_parts_on_reservation)
service.on(ShortageDetected, parts.count_parts_on_reservation)
service.on(ReservationAttached, parts.count_parts_on_reservation)
service.on(PartsArrived, parts.count_parts_on_reservation)
service.on(PartsReleased, parts.count_parts_on_reservation)
service.on(PartsIssued, parts.count_parts_on_slip)
service.on(PartsReturned, parts.count_parts_on_slip)

service.on(JobReady, workshop.prepare_invoice_on_job_ready)
service.on(JobReopened, workshop.withdraw_invoice_on_job_reopened)
service.on(ReworkOpened, workshop.note_rework_on_rework_opened)

service.on(ComplaintReceived, complaints.mark_dispute_on_complaint_received)
service.on(ComplaintReopened, complaints.mark_dispute_on_complaint_reopened)
service.on(ComplaintResolved, complaints.end_dispute_on_complaint_resolved)
service.on(MeasureDecided, complaints.carry_out_measure_on_measure_decided)

service.at(commands.PAYMENT_OVERDUE, deadlines.mark_overdue, silence_of=("reception.visit",))
