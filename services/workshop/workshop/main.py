"""The workshop department: its doors in and out."""

from contracts.events import booking, parts, reception, staff
from servicekit import Service
from workshop import domain
from workshop.api import jobs, shop
from workshop.commands.progress import PROMISE_CHECK
from workshop.commands.resources import add_first_bays
from workshop.reactions import parts as on_parts
from workshop.reactions import promises
from workshop.reactions import resources as on_resources
from workshop.reactions import visits as on_visits
from workshop.settings import Settings

service = Service(
    "workshop",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=[jobs.routes, shop.routes],
    title="Workshop: dispatch, diagnosis, progress board, inspection",
)

service.on(reception.VisitOpened, on_visits.expect_job_on_visit_opened)
service.on(reception.IntakeCompleted, on_visits.open_job_on_intake_completed)
service.on(reception.EstimatePresented, on_visits.await_answer_on_estimate_presented)
service.on(reception.EstimateAnswered, on_visits.free_lines_on_estimate_answered)
service.on(reception.HandoverPromised, on_visits.watch_promise_on_handover_promised)
service.on(reception.PromiseRevised, on_visits.watch_promise_on_promise_revised)
service.on(reception.PromiseRefused, on_visits.list_for_supervisor_on_promise_refused)
service.on(reception.ReworkOrdered, on_visits.open_rework_on_rework_ordered)
service.on(reception.ReworkAgreed, on_visits.expect_rework_on_rework_agreed)
service.on(reception.VehicleLeft, on_visits.pause_job_on_vehicle_left)
service.on(reception.VehicleReturned, on_visits.take_up_job_on_vehicle_returned)
service.on(reception.WorkAccepted, on_visits.freeze_job_on_work_accepted)
service.on(reception.VehicleHandedOver, on_visits.close_job_on_handed_over)
service.on(reception.VisitClosed, on_visits.close_job_on_visit_closed)

service.on(parts.PartsReserved, on_parts.copy_parts_on_reservation)
service.on(parts.ShortageDetected, on_parts.copy_parts_on_reservation)
service.on(parts.ReservationAttached, on_parts.copy_parts_on_reservation)
service.on(parts.PartsReleased, on_parts.copy_parts_on_reservation)
service.on(parts.PartsArrived, on_parts.copy_parts_on_reservation)
service.on(parts.PartsIssued, on_parts.note_issue_on_parts_issued)
service.on(parts.PartsReturned, on_parts.square_line_on_parts_returned)
service.on(parts.PartsBackOrdered, on_parts.await_parts_on_back_ordered)
service.on(parts.EtaChanged, on_parts.forecast_on_eta_changed)

service.on(booking.CalendarChanged, on_resources.copy_calendar_on_calendar_changed)
service.on(booking.AppointmentConfirmed, on_resources.plan_load_on_appointment_confirmed)
service.on(booking.AppointmentRescheduled, on_resources.move_load_on_appointment_rescheduled)
service.on(booking.AppointmentPrepared, on_resources.hold_bay_on_appointment_prepared)
service.on(booking.AppointmentCancelled, on_resources.drop_load_on_appointment_cancelled)
service.on(booking.AppointmentMissed, on_resources.drop_load_on_appointment_missed)
service.on(booking.AppointmentKept, on_resources.make_load_real_on_appointment_kept)
service.on(staff.EmployeeHired, on_resources.copy_technician_on_employee_changed)
service.on(staff.EmployeeChanged, on_resources.copy_technician_on_employee_changed)
service.on(staff.EmployeeLeft, on_resources.drop_technician_on_employee_left)

service.at(PROMISE_CHECK, promises.check_promise)
service.seed(add_first_bays)
