"""The complaints department: every door in and out."""

from chassis import Service
from complaints import api, commands, domain, reactions
from complaints.settings import Settings
from contracts.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceSettled,
    InvoiceWithdrawn,
    MeasureNotPossible,
    PaymentReceived,
)
from contracts.crm import CustomerChanged, CustomerRegistered, DissatisfactionDetected, FollowUpCompleted
from contracts.reception import (
    HandoverPromised,
    PromiseRefused,
    PromiseRevised,
    ReworkAgreed,
    ReworkOrdered,
    VehicleHandedOver,
    VisitClosed,
    VisitOpened,
)
from contracts.workshop import InspectionFailed, InspectionPassed, JobOpened, JobReady

service = Service(
    "complaints",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=api.ROUTERS,
    title="Complaints",
)

service.on(CustomerRegistered, reactions.copy_customer_on_customer)
service.on(CustomerChanged, reactions.copy_customer_on_customer)
service.on(DissatisfactionDetected, reactions.open_case_on_dissatisfaction_detected)
service.on(FollowUpCompleted, reactions.open_case_on_follow_up_completed)

service.on(VisitOpened, reactions.copy_visit_on_opened)
service.on(HandoverPromised, reactions.note_promise_on_promised)
service.on(PromiseRevised, reactions.note_promise_on_revised)
service.on(PromiseRefused, reactions.open_case_on_promise_refused)
service.on(ReworkOrdered, reactions.take_up_measure_on_rework_placed)
service.on(ReworkAgreed, reactions.take_up_measure_on_rework_placed)
service.on(VehicleHandedOver, reactions.note_on_handed_over)
service.on(VisitClosed, reactions.note_on_visit_closed)

service.on(JobOpened, reactions.copy_job_on_opened)
service.on(InspectionPassed, reactions.note_inspection_on_passed)
service.on(InspectionFailed, reactions.note_inspection_on_failed)
service.on(JobReady, reactions.complete_rework_on_job_ready)

service.on(InvoicePrepared, reactions.copy_invoice_on_prepared)
service.on(InvoiceWithdrawn, reactions.note_on_invoice_withdrawn)
service.on(InvoiceIssued, reactions.note_on_invoice_issued)
service.on(PaymentReceived, reactions.note_on_payment_received)
service.on(InvoiceSettled, reactions.note_on_invoice_settled)
service.on(InvoiceRefunded, reactions.complete_measure_on_refunded)
service.on(InvoiceDiscounted, reactions.complete_measure_on_discounted)
service.on(MeasureNotPossible, reactions.reconsider_on_measure_not_possible)

service.at(commands.RESPOND, reactions.report_answer_overdue)
service.at(commands.RESOLVE, reactions.report_resolution_overdue)
service.at(commands.MEASURE, reactions.report_measure_overdue, hears=("billing.invoice", "workshop.job"))
