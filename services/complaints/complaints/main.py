"""The complaints department: its endpoints, subscriptions and timers."""

from complaints import api, domain, timers
from complaints.commands.complaints import MEASURE, RESOLVE, RESPOND
from complaints.reactions import billing as on_billing
from complaints.reactions import crm as on_crm
from complaints.reactions import reception as on_reception
from complaints.reactions import workshop as on_workshop
from complaints.settings import Settings
from contracts.events import billing, crm, reception, workshop
from servicekit import Service

service = Service(
    "complaints",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=api.ROUTERS,
    title="Complaints",
)

service.on(crm.CustomerRegistered, on_crm.copy_customer_on_customer)
service.on(crm.CustomerChanged, on_crm.copy_customer_on_customer)
service.on(crm.DissatisfactionDetected, on_crm.open_case_on_dissatisfaction_detected)
service.on(crm.FollowUpCompleted, on_crm.open_case_on_follow_up_completed)

service.on(reception.VisitOpened, on_reception.copy_visit_on_opened)
service.on(reception.HandoverPromised, on_reception.note_promise_on_promised)
service.on(reception.PromiseRevised, on_reception.note_promise_on_revised)
service.on(reception.PromiseRefused, on_reception.open_case_on_promise_refused)
service.on(reception.ReworkOrdered, on_reception.place_measure_on_rework_placed)
service.on(reception.ReworkAgreed, on_reception.place_measure_on_rework_placed)
service.on(reception.VehicleHandedOver, on_reception.note_on_handed_over)
service.on(reception.VisitClosed, on_reception.note_on_visit_closed)

service.on(workshop.JobOpened, on_workshop.copy_job_on_opened)
service.on(workshop.InspectionPassed, on_workshop.note_inspection_on_passed)
service.on(workshop.InspectionFailed, on_workshop.note_inspection_on_failed)
service.on(workshop.JobReady, on_workshop.complete_rework_on_job_ready)

service.on(billing.InvoicePrepared, on_billing.copy_invoice_on_prepared)
service.on(billing.InvoiceWithdrawn, on_billing.note_on_invoice_withdrawn)
service.on(billing.InvoiceIssued, on_billing.note_on_invoice_issued)
service.on(billing.PaymentReceived, on_billing.note_on_payment_received)
service.on(billing.InvoiceSettled, on_billing.note_on_invoice_settled)
service.on(billing.InvoiceRefunded, on_billing.complete_measure_on_refunded)
service.on(billing.InvoiceDiscounted, on_billing.complete_measure_on_discounted)
service.on(billing.MeasureNotPossible, on_billing.reconsider_on_measure_not_possible)

service.at(RESPOND, timers.report_answer_overdue)
service.at(RESOLVE, timers.report_resolution_overdue)
service.at(MEASURE, timers.report_measure_overdue, silence_of=("billing.invoice", "workshop.job"))
