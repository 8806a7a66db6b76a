"""The complaints department: every door in and out."""

from complaints import api, commands, domain
from complaints.reactions import cases, clocks, copies, measures
from complaints.settings import Settings
from contracts.events.billing import (
    InvoiceDiscounted,
    InvoiceIssued,
    InvoicePrepared,
    InvoiceRefunded,
    InvoiceSettled,
    InvoiceWithdrawn,
    MeasureNotPossible,
    PaymentReceived,
)
from contracts.events.crm import (
    CustomerChanged,
    CustomerRegistered,
    DissatisfactionDetected,
    FollowUpCompleted,
)
from contracts.events.reception import (
    HandoverPromised,
    PromiseRefused,
    PromiseRevised,
    ReworkAgreed,
    ReworkOrdered,
    VehicleHandedOver,
    VisitClosed,
    VisitOpened,
)
from contracts.events.workshop import InspectionFailed, InspectionPassed, JobOpened, JobReady
from servicekit import Service

service = Service(
    "complaints",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=api.ROUTERS,
    title="Complaints",
)

service.on(CustomerRegistered, copies.copy_customer_on_customer)
service.on(CustomerChanged, copies.copy_customer_on_customer)
service.on(DissatisfactionDetected, cases.open_case_on_dissatisfaction_detected)
service.on(FollowUpCompleted, cases.open_case_on_follow_up_completed)

service.on(VisitOpened, copies.copy_visit_on_opened)
service.on(HandoverPromised, copies.note_promise_on_promised)
service.on(PromiseRevised, copies.note_promise_on_revised)
service.on(PromiseRefused, cases.open_case_on_promise_refused)
service.on(ReworkOrdered, measures.take_up_measure_on_rework_placed)
service.on(ReworkAgreed, measures.take_up_measure_on_rework_placed)
service.on(VehicleHandedOver, copies.note_on_handed_over)
service.on(VisitClosed, copies.note_on_visit_closed)

service.on(JobOpened, copies.copy_job_on_opened)
service.on(InspectionPassed, copies.note_inspection_on_passed)
service.on(InspectionFailed, copies.note_inspection_on_failed)
service.on(JobReady, measures.complete_rework_on_job_ready)

service.on(InvoicePrepared, copies.copy_invoice_on_prepared)
service.on(InvoiceWithdrawn, copies.note_on_invoice_withdrawn)
service.on(InvoiceIssued, copies.note_on_invoice_issued)
service.on(PaymentReceived, copies.note_on_payment_received)
service.on(InvoiceSettled, copies.note_on_invoice_settled)
service.on(InvoiceRefunded, measures.complete_measure_on_refunded)
service.on(InvoiceDiscounted, measures.complete_measure_on_discounted)
service.on(MeasureNotPossible, measures.reconsider_on_measure_not_possible)

service.at(commands.RESPOND, clocks.report_answer_overdue)
service.at(commands.RESOLVE, clocks.report_resolution_overdue)
service.at(commands.MEASURE, clocks.report_measure_overdue, silence_of=("billing.invoice", "workshop.job"))
