"""The workshop department: its endpoints, subscriptions and timers."""

from contracts.events import booking, parts, reception, staff
from servicekit import Service
from workshop import api, domain, timers
from workshop.commands.bays import add_first_bays
from workshop.commands.jobs import PROMISE_CHECK
from workshop.reactions import booking as on_booking
from workshop.reactions import parts as on_parts
from workshop.reactions import reception as on_reception
from workshop.reactions import staff as on_staff
from workshop.settings import Settings

service = Service(
    "workshop",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=api.ROUTERS,
    title="Workshop dispatch",
)

service.on(reception.VisitOpened, on_reception.expect_job_on_visit_opened)
service.on(reception.IntakeCompleted, on_reception.open_job_on_intake_completed)
service.on(reception.EstimatePresented, on_reception.await_answer_on_estimate_presented)
service.on(reception.EstimateAnswered, on_reception.free_lines_on_estimate_answered)
service.on(reception.HandoverPromised, on_reception.watch_promise_on_handover_promised)
service.on(reception.PromiseRevised, on_reception.watch_promise_on_promise_revised)
service.on(reception.PromiseRefused, on_reception.list_for_supervisor_on_promise_refused)
service.on(reception.ReworkOrdered, on_reception.open_rework_on_rework_ordered)
service.on(reception.ReworkAgreed, on_reception.expect_rework_on_rework_agreed)
service.on(reception.VehicleLeft, on_reception.pause_job_on_vehicle_left)
service.on(reception.VehicleReturned, on_reception.resume_job_on_vehicle_returned)
service.on(reception.WorkAccepted, on_reception.freeze_job_on_work_accepted)
service.on(reception.VehicleHandedOver, on_reception.close_job_on_handed_over)
service.on(reception.VisitClosed, on_reception.close_job_on_visit_closed)

service.on(parts.PartsReserved, on_parts.copy_parts_on_reservation)
service.on(parts.ShortageDetected, on_parts.copy_parts_on_reservation)
service.on(parts.ReservationAttached, on_parts.copy_parts_on_reservation)
service.on(parts.PartsReleased, on_parts.copy_parts_on_reservation)
service.on(parts.PartsArrived, on_parts.copy_parts_on_reservation)
service.on(parts.PartsIssued, on_parts.note_issue_on_parts_issued)
service.on(parts.PartsReturned, on_parts.square_line_on_parts_returned)
service.on(parts.PartsBackOrdered, on_parts.await_parts_on_back_ordered)
service.on(parts.EtaChanged, on_parts.forecast_on_eta_changed)

service.on(booking.CalendarChanged, on_booking.copy_calendar_on_calendar_changed)
service.on(booking.AppointmentConfirmed, on_booking.plan_load_on_appointment_confirmed)
service.on(booking.AppointmentRescheduled, on_booking.move_load_on_appointment_rescheduled)
service.on(booking.AppointmentPrepared, on_booking.hold_bay_on_appointment_prepared)
service.on(booking.AppointmentCancelled, on_booking.drop_load_on_appointment_cancelled)
service.on(booking.AppointmentMissed, on_booking.drop_load_on_appointment_missed)
service.on(booking.AppointmentKept, on_booking.make_load_real_on_appointment_kept)
service.on(staff.EmployeeHired, on_staff.copy_technician_on_employee_changed)
service.on(staff.EmployeeChanged, on_staff.copy_technician_on_employee_changed)
service.on(staff.EmployeeLeft, on_staff.drop_technician_on_employee_left)

service.at(PROMISE_CHECK, timers.check_promise)
service.seed(add_first_bays)
