"""Reception's table of contents: its endpoints, subscriptions and timers."""

from contracts.events import billing, booking, complaints, crm, parts, workshop
from reception import api, timers
from reception.commands.arrival import RECEPTION_DUE
from reception.commands.estimate import ESTIMATE_DUE
from reception.commands.handover import CLOSING_DUE
from reception.domain import Base, HouseRules
from reception.reactions import billing as on_billing
from reception.reactions import booking as on_booking
from reception.reactions import complaints as on_complaints
from reception.reactions import crm as on_crm
from reception.reactions import parts as on_parts
from reception.reactions import workshop as on_workshop
from reception.settings import Settings
from servicekit import Service

service = Service(
    "reception",
    base=Base,
    settings=Settings,
    rules=HouseRules,
    routers=api.routers,
    title="Reception",
)

service.on(crm.CustomerRegistered, on_crm.copy_customer_on_registered)
service.on(crm.CustomerChanged, on_crm.copy_customer_on_changed)
service.on(crm.VehicleRegistered, on_crm.copy_vehicle_on_registered)
service.on(crm.VehicleChanged, on_crm.copy_vehicle_on_changed)

service.on(booking.ServiceOffered, on_booking.copy_service_on_offered)
service.on(booking.ServiceWithdrawn, on_booking.drop_service_on_withdrawn)
service.on(booking.CalendarChanged, on_booking.copy_calendar_on_changed)
service.on(booking.AppointmentRequested, on_booking.list_request_on_requested)
service.on(booking.AppointmentConfirmed, on_booking.expect_arrival_on_confirmed)
service.on(booking.AppointmentPrepared, on_booking.show_preparation_on_prepared)
service.on(booking.AppointmentRescheduled, on_booking.move_arrival_on_rescheduled)
service.on(booking.AppointmentCancelled, on_booking.drop_arrival_on_cancelled)
service.on(booking.AppointmentMissed, on_booking.drop_arrival_on_missed)
service.on(booking.AppointmentKept, on_booking.tick_arrival_on_kept)

service.on(workshop.JobOpened, on_workshop.enter_workshop_on_job_opened)
service.on(workshop.JobDispatched, on_workshop.show_technician_on_dispatched)
service.on(workshop.JobDiagnosed, on_workshop.draft_estimate_on_diagnosed)
service.on(workshop.AdditionalWorkFound, on_workshop.draft_estimate_on_additional_work)
service.on(workshop.LineStarted, on_workshop.show_progress_on_line_started)
service.on(workshop.LineCompleted, on_workshop.show_progress_on_line_completed)
service.on(workshop.JobInterrupted, on_workshop.notify_customer_on_interrupted)
service.on(workshop.JobResumed, on_workshop.show_progress_on_resumed)
service.on(workshop.JobCompleted, on_workshop.show_progress_on_completed)
service.on(workshop.InspectionPassed, on_workshop.show_progress_on_inspection_passed)
service.on(workshop.InspectionFailed, on_workshop.show_rework_on_inspection_failed)
service.on(workshop.ReworkOpened, on_workshop.show_rework_on_rework_opened)
service.on(workshop.JobReady, on_workshop.take_back_on_ready)
service.on(workshop.JobReopened, on_workshop.shut_gate_on_reopened)
service.on(workshop.PromiseEndangered, on_workshop.warn_on_promise_endangered)

service.on(parts.PartListed, on_parts.copy_price_on_part_listed)
service.on(parts.PartChanged, on_parts.copy_price_on_part_changed)
service.on(parts.PartWithdrawn, on_parts.drop_part_on_withdrawn)
service.on(parts.PartsReserved, on_parts.show_availability_on_reserved)
service.on(parts.ShortageDetected, on_parts.ask_customer_on_shortage)
service.on(parts.ReservationAttached, on_parts.show_availability_on_attached)
service.on(parts.PartsReleased, on_parts.show_availability_on_released)
service.on(parts.PartsBackOrdered, on_parts.show_eta_on_back_ordered)
service.on(parts.EtaChanged, on_parts.notify_customer_on_eta_changed)
service.on(parts.PartsArrived, on_parts.notify_customer_on_arrived)
service.on(parts.PartsIssued, on_parts.show_handed_out_on_issued)
service.on(parts.PartsReturned, on_parts.show_handed_out_on_returned)

service.on(billing.LabourRateSet, on_billing.copy_rate_on_labour_rate_set)
service.on(billing.InvoicePrepared, on_billing.show_papers_on_prepared)
service.on(billing.InvoiceWithdrawn, on_billing.drop_papers_on_withdrawn)
service.on(billing.InvoiceIssued, on_billing.show_number_on_issued)
service.on(billing.PaymentReceived, on_billing.show_balance_on_payment)
service.on(billing.InvoiceSettled, on_billing.open_gate_on_settled)
service.on(billing.InvoiceRefunded, on_billing.show_balance_on_refunded)
service.on(billing.InvoiceDiscounted, on_billing.show_balance_on_discounted)

service.on(complaints.ComplaintReceived, on_complaints.mark_customer_on_received)
service.on(complaints.ComplaintAnswered, on_complaints.show_answer_on_answered)
service.on(complaints.ComplaintOverdue, on_complaints.show_clock_on_overdue)
service.on(complaints.MeasureDecided, on_complaints.place_rework_on_measure_decided)
service.on(complaints.MeasureCompleted, on_complaints.count_measure_on_completed)
service.on(complaints.ComplaintResolved, on_complaints.clear_mark_on_resolved)
service.on(complaints.ComplaintReopened, on_complaints.mark_customer_on_reopened)

service.at(RECEPTION_DUE, timers.announce_delay)
service.at(ESTIMATE_DUE, timers.expire_estimate)
service.at(CLOSING_DUE, timers.close_papers)
