"""The crm department: its endpoints, subscriptions and timers."""

from contracts.events import billing, booking, complaints, reception, workshop
from crm import api, domain, timers
from crm.commands.follow_ups import RETENTION
from crm.commands.surveys import EXPIRE, SEND
from crm.reactions import billing as on_billing
from crm.reactions import booking as on_booking
from crm.reactions import complaints as on_complaints
from crm.reactions import reception as on_reception
from crm.reactions import workshop as on_workshop
from crm.settings import Settings
from servicekit import Service

service = Service(
    "crm",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=api.ROUTERS,
    title="Customers",
)

service.on(booking.CalendarChanged, on_booking.copy_calendar_on_changed)
service.on(booking.AppointmentRequested, on_booking.close_reminders_on_requested)
service.on(booking.AppointmentConfirmed, on_booking.log_contact_on_confirmed)
service.on(booking.AppointmentRescheduled, on_booking.log_contact_on_rescheduled)
service.on(booking.AppointmentCancelled, on_booking.reopen_reminders_on_cancelled)
service.on(booking.AppointmentMissed, on_booking.plan_recovery_on_missed)
service.on(booking.AppointmentKept, on_booking.cancel_recovery_on_kept)

service.on(reception.VisitOpened, on_reception.open_file_on_visit_opened)
service.on(reception.VehicleReceived, on_reception.note_waiting_on_received)
service.on(reception.ReceptionDelayed, on_reception.note_delay_on_reception_delayed)
service.on(reception.IntakeCompleted, on_reception.note_intake_on_completed)
service.on(reception.EstimatePresented, on_reception.note_offer_on_estimate_presented)
service.on(reception.EstimateAnswered, on_reception.note_advice_on_estimate_answered)
service.on(reception.HandoverPromised, on_reception.note_promise_on_promised)
service.on(reception.PromiseRevised, on_reception.note_promise_on_revised)
service.on(reception.PromiseRefused, on_reception.note_refusal_on_promise_refused)
service.on(reception.CustomerNotified, on_reception.log_contact_on_customer_notified)
service.on(reception.VehicleLeft, on_reception.note_absence_on_vehicle_left)
service.on(reception.VehicleReturned, on_reception.note_return_on_vehicle_returned)
service.on(reception.VehicleHandedOver, on_reception.plan_notice_and_survey_on_handed_over)
service.on(reception.VisitClosed, on_reception.plan_follow_up_on_closed)

service.on(workshop.JobOpened, on_workshop.note_job_on_opened)
service.on(workshop.JobReady, on_workshop.note_results_on_ready)
service.on(workshop.InspectionFailed, on_workshop.count_on_inspection_failed)
service.on(workshop.PromiseEndangered, on_workshop.note_danger_on_promise_endangered)

service.on(billing.InvoicePrepared, on_billing.copy_total_on_prepared)
service.on(billing.InvoiceWithdrawn, on_billing.drop_total_on_withdrawn)
service.on(billing.InvoiceIssued, on_billing.copy_number_on_issued)
service.on(billing.PaymentReceived, on_billing.count_spend_on_payment_received)
service.on(billing.InvoiceSettled, on_billing.note_settled_on_settled)
service.on(billing.InvoiceRefunded, on_billing.count_back_on_refunded)
service.on(billing.InvoiceDiscounted, on_billing.lower_payable_on_discounted)
service.on(billing.MeasureNotPossible, on_billing.note_careful_on_measure_not_possible)

service.on(complaints.ComplaintReceived, on_complaints.mark_on_received)
service.on(complaints.ComplaintAnswered, on_complaints.note_answer_on_answered)
service.on(complaints.ComplaintOverdue, on_complaints.note_on_overdue)
service.on(complaints.MeasureCompleted, on_complaints.plan_notice_on_measure_completed)
service.on(complaints.ComplaintResolved, on_complaints.ask_about_handling_on_resolved)
service.on(complaints.ComplaintReopened, on_complaints.mark_again_on_reopened)

service.at(SEND, timers.send_due_survey)
service.at(EXPIRE, timers.expire_survey)
service.at(RETENTION, timers.plan_retention, silence_of=("reception.visit",))
