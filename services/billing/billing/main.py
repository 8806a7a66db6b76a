"""The billing department's table of contents: what it hears, which deadlines it keeps, what it serves."""

from billing import api, commands, domain, reactions
from billing.settings import Settings
from chassis import Service
from contracts.complaints import ComplaintReceived, ComplaintReopened, ComplaintResolved, MeasureDecided
from contracts.crm import CustomerChanged, CustomerRegistered
from contracts.parts import (
    PartsArrived,
    PartsIssued,
    PartsReleased,
    PartsReserved,
    PartsReturned,
    ReservationAttached,
    ShortageDetected,
)
from contracts.reception import (
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
from contracts.workshop import JobReady, JobReopened, ReworkOpened

service = Service(
    "billing",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=[api.rates, api.invoices, api.accounts],
    title="Billing",
)

service.on(CustomerRegistered, reactions.copy_terms_on_customer)
service.on(CustomerChanged, reactions.copy_terms_on_customer)

service.on(VisitOpened, reactions.open_account_on_visit_opened)
service.on(ReworkAgreed, reactions.open_account_on_rework_agreed)
service.on(IntakeCompleted, reactions.authorise_diagnosis_on_intake_completed)
service.on(EstimatePresented, reactions.note_revision_on_estimate_presented)
service.on(EstimateAnswered, reactions.authorise_lines_on_estimate_answered)
service.on(ReworkOrdered, reactions.add_rework_on_rework_ordered)
service.on(WorkAccepted, reactions.issue_invoice_on_work_accepted)
service.on(VehicleHandedOver, reactions.note_handover_on_handed_over)
service.on(VisitClosed, reactions.close_account_on_visit_closed)

service.on(PartsReserved, reactions.count_parts_on_reservation)
service.on(ShortageDetected, reactions.count_parts_on_reservation)
service.on(ReservationAttached, reactions.count_parts_on_reservation)
service.on(PartsArrived, reactions.count_parts_on_reservation)
service.on(PartsReleased, reactions.count_parts_on_reservation)
service.on(PartsIssued, reactions.count_parts_on_slip)
service.on(PartsReturned, reactions.count_parts_on_slip)

service.on(JobReady, reactions.prepare_invoice_on_job_ready)
service.on(JobReopened, reactions.withdraw_invoice_on_job_reopened)
service.on(ReworkOpened, reactions.note_rework_on_rework_opened)

service.on(ComplaintReceived, reactions.mark_dispute_on_complaint_received)
service.on(ComplaintReopened, reactions.mark_dispute_on_complaint_reopened)
service.on(ComplaintResolved, reactions.end_dispute_on_complaint_resolved)
service.on(MeasureDecided, reactions.carry_out_measure_on_measure_decided)

service.at(commands.PAYMENT_OVERDUE, reactions.mark_overdue, hears=("reception.visit",))
