"""Reception's table of contents: what it hears, which deadlines it keeps, which doors it opens."""

from contracts.events import billing, booking, complaints, crm, parts, workshop
from reception import api
from reception.commands.arrival import RECEPTION_DUE
from reception.commands.estimate import ESTIMATE_DUE
from reception.commands.handover import CLOSING_DUE
from reception.domain import Base, HouseRules
from reception.reactions import appointments, deadlines, directory, job, store, till
from reception.reactions import complaints as complained
from servicekit import Service

service = Service("reception", base=Base, rules=HouseRules, routers=api.routers, title="Reception 接待")

service.on(crm.CustomerRegistered, directory.copy_customer_on_registered)
service.on(crm.CustomerChanged, directory.copy_customer_on_changed)
service.on(crm.VehicleRegistered, directory.copy_vehicle_on_registered)
service.on(crm.VehicleChanged, directory.copy_vehicle_on_changed)
service.on(booking.ServiceOffered, directory.copy_service_on_offered)
service.on(booking.ServiceWithdrawn, directory.drop_service_on_withdrawn)
service.on(booking.CalendarChanged, directory.copy_calendar_on_changed)
service.on(parts.PartListed, directory.copy_price_on_part_listed)
service.on(parts.PartChanged, directory.copy_price_on_part_changed)
service.on(parts.PartWithdrawn, directory.drop_part_on_withdrawn)
service.on(billing.LabourRateSet, directory.copy_rate_on_labour_rate_set)

service.on(booking.AppointmentRequested, appointments.list_request_on_requested)
service.on(booking.AppointmentConfirmed, appointments.expect_arrival_on_confirmed)
service.on(booking.AppointmentPrepared, appointments.show_preparation_on_prepared)
service.on(booking.AppointmentRescheduled, appointments.move_arrival_on_rescheduled)
service.on(booking.AppointmentCancelled, appointments.drop_arrival_on_cancelled)
service.on(booking.AppointmentMissed, appointments.drop_arrival_on_missed)
service.on(booking.AppointmentKept, appointments.tick_arrival_on_kept)

service.on(workshop.JobOpened, job.enter_workshop_on_job_opened)
service.on(workshop.JobDispatched, job.show_technician_on_dispatched)
service.on(workshop.JobDiagnosed, job.draft_estimate_on_diagnosed)
service.on(workshop.AdditionalWorkFound, job.draft_estimate_on_additional_work)
service.on(workshop.LineStarted, job.show_progress_on_line_started)
service.on(workshop.LineCompleted, job.show_progress_on_line_completed)
service.on(workshop.JobInterrupted, job.tell_customer_on_interrupted)
service.on(workshop.JobResumed, job.show_progress_on_resumed)
service.on(workshop.JobCompleted, job.show_progress_on_completed)
service.on(workshop.InspectionPassed, job.show_progress_on_inspection_passed)
service.on(workshop.InspectionFailed, job.show_rework_on_inspection_failed)
service.on(workshop.ReworkOpened, job.show_rework_on_rework_opened)
service.on(workshop.JobReady, job.take_back_on_ready)
service.on(workshop.JobReopened, job.shut_gate_on_reopened)
service.on(workshop.PromiseEndangered, job.warn_on_promise_endangered)

service.on(parts.PartsReserved, store.show_availability_on_reserved)
service.on(parts.ShortageDetected, store.ask_customer_on_shortage)
service.on(parts.ReservationAttached, store.show_availability_on_attached)
service.on(parts.PartsReleased, store.show_availability_on_released)
service.on(parts.PartsBackOrdered, store.show_eta_on_back_ordered)
service.on(parts.EtaChanged, store.tell_customer_on_eta_changed)
service.on(parts.PartsArrived, store.tell_customer_on_arrived)
service.on(parts.PartsIssued, store.show_handed_out_on_issued)
service.on(parts.PartsReturned, store.show_handed_out_on_returned)

service.on(billing.InvoicePrepared, till.show_papers_on_prepared)
service.on(billing.InvoiceWithdrawn, till.drop_papers_on_withdrawn)
service.on(billing.InvoiceIssued, till.show_number_on_issued)
service.on(billing.PaymentReceived, till.show_balance_on_payment)
service.on(billing.InvoiceSettled, till.open_gate_on_settled)
service.on(billing.InvoiceRefunded, till.show_balance_on_refunded)
service.on(billing.InvoiceDiscounted, till.show_balance_on_discounted)

service.on(complaints.ComplaintReceived, complained.mark_customer_on_received)
service.on(complaints.ComplaintAnswered, complained.show_answer_on_answered)
service.on(complaints.ComplaintOverdue, complained.show_clock_on_overdue)
service.on(complaints.MeasureDecided, complained.place_rework_on_measure_decided)
service.on(complaints.MeasureCompleted, complained.count_measure_on_completed)
service.on(complaints.ComplaintResolved, complained.clear_mark_on_resolved)
service.on(complaints.ComplaintReopened, complained.mark_customer_on_reopened)

service.at(RECEPTION_DUE, deadlines.announce_delay)
service.at(ESTIMATE_DUE, deadlines.expire_estimate)
service.at(CLOSING_DUE, deadlines.close_papers)
