"""Which states an appointment has, and what leads from one to another."""

from enum import StrEnum

from booking.domain.calls import CallType
from servicekit.states import Machine


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"


_REQUESTED, _CONFIRMED = AppointmentState.REQUESTED, AppointmentState.CONFIRMED

BY_FACTS = frozenset({"miss", "keep"})
"""What no person commands: silence and the car's arrival do."""


class _AppointmentMachine(Machine[AppointmentState]):
    def allowed(self, state: str) -> list[str]:
        """What people may command: facts need no permission."""
        return [command for command in super().allowed(state) if command not in BY_FACTS]


APPOINTMENT = _AppointmentMachine(
    "appointment",
    {
        "respond": ({_REQUESTED}, _REQUESTED),
        "confirm": ({_REQUESTED}, _CONFIRMED),
        "reschedule": ({_CONFIRMED}, _CONFIRMED),
        "prepare": ({_CONFIRMED}, _CONFIRMED),
        "log_call": [({_REQUESTED}, _REQUESTED), ({_CONFIRMED}, _CONFIRMED)],
        "confirm_attendance": ({_CONFIRMED}, _CONFIRMED),
        "cancel": ({_REQUESTED, _CONFIRMED}, AppointmentState.CANCELLED),
        "miss": ({_CONFIRMED}, AppointmentState.MISSED),
        "keep": (set(AppointmentState), AppointmentState.KEPT),
    },
    initial=_REQUESTED,
)
SCRIPTS = {
    AppointmentState.REQUESTED: CallType.CONFIRMATION,
    AppointmentState.CONFIRMED: CallType.CHANGE,
    AppointmentState.MISSED: CallType.NO_SHOW,
}
