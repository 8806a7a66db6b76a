"""The parts department: every endpoint, subscription and timer."""

from contracts.events import booking, reception, workshop
from parts import api, timers
from parts.domain import Base, HouseRules
from parts.domain.allotment import ALLOT
from parts.domain.reservation import LAPSE
from parts.reactions import booking as on_booking
from parts.reactions import reception as on_reception
from parts.reactions import workshop as on_workshop
from parts.settings import Settings
from servicekit import Service

service = Service(
    "parts",
    base=Base,
    settings=Settings,
    rules=HouseRules,
    routers=api.ROUTERS,
    title="Parts",
)

service.on(booking.CalendarChanged, on_booking.copy_calendar_on_changed)
service.on(booking.AppointmentConfirmed, on_booking.reserve_on_confirmed)
service.on(booking.AppointmentRescheduled, on_booking.move_on_rescheduled)
service.on(booking.AppointmentCancelled, on_booking.release_on_cancelled)
service.on(booking.AppointmentMissed, on_booking.release_on_missed)
service.on(booking.AppointmentKept, on_booking.note_on_kept)

service.on(reception.VisitOpened, on_reception.attach_on_visit_opened)
service.on(reception.EstimateDrafted, on_reception.reserve_on_estimate_drafted)
service.on(reception.EstimateAnswered, on_reception.authorise_on_estimate_answered)
service.on(reception.ReworkOrdered, on_reception.reserve_on_rework_ordered)
service.on(reception.ReworkAgreed, on_reception.reserve_on_rework_agreed)
service.on(reception.VisitClosed, on_reception.close_on_visit_closed)

service.on(workshop.JobReady, on_workshop.release_on_job_ready)
service.on(workshop.JobReopened, on_workshop.reopen_use_on_job_reopened)

service.at(ALLOT, timers.allot_freed)
service.at(LAPSE, timers.lapse, silence_of=("booking.appointment", "reception.visit"))
