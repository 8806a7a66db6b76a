"""The parts department: every door in and out."""

from contracts.events.booking import (
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentKept,
    AppointmentMissed,
    AppointmentRescheduled,
    CalendarChanged,
)
from contracts.events.reception import (
    EstimateAnswered,
    EstimateDrafted,
    ReworkAgreed,
    ReworkOrdered,
    VisitClosed,
    VisitOpened,
)
from contracts.events.workshop import JobReady, JobReopened
from parts import api, domain, reactions
from parts.commands.stockroom import ALLOT
from parts.settings import Settings
from servicekit import Service

service = Service(
    "parts",
    base=domain.Base,
    settings=Settings,
    rules=domain.HouseRules,
    routers=api.ROUTERS,
    title="Parts",
)

service.on(CalendarChanged, reactions.copy_calendar_on_changed)
service.on(AppointmentConfirmed, reactions.reserve_on_confirmed)
service.on(AppointmentRescheduled, reactions.move_on_rescheduled)
service.on(AppointmentCancelled, reactions.release_on_cancelled)
service.on(AppointmentMissed, reactions.release_on_missed)
service.on(AppointmentKept, reactions.note_on_kept)

service.on(VisitOpened, reactions.attach_on_visit_opened)
service.on(EstimateDrafted, reactions.reserve_on_estimate_drafted)
service.on(EstimateAnswered, reactions.authorise_on_estimate_answered)
service.on(ReworkOrdered, reactions.reserve_on_rework_ordered)
service.on(ReworkAgreed, reactions.reserve_on_rework_agreed)
service.on(VisitClosed, reactions.close_on_visit_closed)

service.on(JobReady, reactions.release_on_job_ready)
service.on(JobReopened, reactions.reopen_use_on_job_reopened)

service.at(ALLOT, reactions.allot_freed)
service.at(reactions.LAPSE, reactions.lapse, silence_of=("booking.appointment", "reception.visit"))
