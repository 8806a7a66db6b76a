"""The states of a job, and which command is allowed in which of them."""

from collections.abc import Collection
from enum import StrEnum

from servicekit.states import Machine


class JobState(StrEnum):
    """How far the work on a car is, as the board shows it (WORK-14, WORK-15)."""

    WAITING = "waiting"
    DIAGNOSING = "diagnosing"
    REPAIRING = "repairing"
    REWORK = "rework"
    INTERRUPTED = "interrupted"
    AWAITING_ANSWER = "awaiting_answer"
    AWAITING_PARTS = "awaiting_parts"
    COMPLETED = "completed"
    INSPECTING = "inspecting"
    WASHING = "washing"
    READY = "ready"
    CLOSED = "closed"


S = JobState
WORKING = (
    S.WAITING,
    S.DIAGNOSING,
    S.REPAIRING,
    S.REWORK,
    S.INTERRUPTED,
    S.AWAITING_ANSWER,
    S.AWAITING_PARTS,
)
FINISHING = (S.COMPLETED, S.INSPECTING, S.WASHING, S.READY)
OPEN = (*WORKING, *FINISHING)
_INSPECTABLE = (S.COMPLETED, S.INSPECTING)


_ALLOWED: dict[str, Collection[JobState]] = {
    "dispatch": WORKING,
    "start_line": WORKING,
    "complete_line": WORKING,
    "report_diagnosis": WORKING,
    "review_diagnosis": WORKING,
    "report_additional_work": OPEN,
    "interrupt": WORKING,
    "resume": WORKING,
    "correct_usage": OPEN,
    "begin_inspection": (S.COMPLETED,),
    "pass_inspection": _INSPECTABLE,
    "fail_inspection": (*_INSPECTABLE, S.WASHING),
    "finish_wash": (S.WASHING,),
    "declare_ready": OPEN,
}
"""What people may do in which state. Events of other departments are never refused."""

# No command leads to a state by itself: what state follows is computed by ``progress.recompute_state``.
JOB: Machine[JobState] = Machine(
    "job",
    {command: [((state,), state) for state in states] for command, states in _ALLOWED.items()},
    initial=S.WAITING,
)
