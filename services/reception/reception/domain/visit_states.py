"""The states of a visit, and what may be done in each."""

from enum import StrEnum
from typing import Literal

from servicekit.states import Machine

PriorityClass = Literal["urgent", "rework", "waiting", "vip", "normal"]
"""For dispatch, the most urgent first (F-36)."""


class VisitState(StrEnum):
    """Where the car and its papers are."""

    EXPECTED = "expected"
    ARRIVED = "arrived"
    RECEIVED = "received"
    REGISTERED = "registered"
    IN_WORKSHOP = "in_workshop"
    READY = "ready"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed_over"
    CLOSED = "closed"
    AWAY = "away"


_V = VisitState
_HERE = [_V.REGISTERED, _V.IN_WORKSHOP, _V.READY, _V.AWAY]
_STAYS = [({state}, state) for state in _HERE]

VISIT: Machine[VisitState] = Machine(
    "visit",
    {
        "open": ({_V.EXPECTED}, _V.ARRIVED),
        "receive": ({_V.ARRIVED}, _V.RECEIVED),
        "complete_intake": ({_V.RECEIVED}, _V.REGISTERED),
        "enter_workshop": ({_V.REGISTERED}, _V.IN_WORKSHOP),
        "draft_estimate": _STAYS,
        "present_estimate": _STAYS,
        "answer_estimate": [
            ({_V.REGISTERED}, _V.REGISTERED),
            ({_V.IN_WORKSHOP, _V.READY}, _V.IN_WORKSHOP),
            ({_V.AWAY}, _V.AWAY),
        ],
        "promise": _STAYS,
        "become_ready": ({_V.REGISTERED, _V.IN_WORKSHOP}, _V.READY),
        "reopen": ({_V.READY, _V.ACCEPTED}, _V.IN_WORKSHOP),
        "vehicle_left": ({_V.IN_WORKSHOP}, _V.AWAY),
        "vehicle_returned": ({_V.AWAY}, _V.IN_WORKSHOP),
        "accept_work": ({_V.READY}, _V.ACCEPTED),
        "void_signature": ({_V.ACCEPTED}, _V.READY),
        "hand_over": ({_V.ACCEPTED}, _V.HANDED_OVER),
        "notify": [({state}, state) for state in _V if state != _V.CLOSED],
        "close": ({_V.HANDED_OVER, _V.EXPECTED, _V.ARRIVED, _V.RECEIVED}, _V.CLOSED),
    },
    initial=_V.ARRIVED,
)
"""A visit; a rework that was agreed begins as expected instead of arrived."""

CAUSED_BY_EVENTS = frozenset({"enter_workshop", "become_ready", "reopen", "void_signature"})
"""Transitions that other departments' events cause; nobody asks for them."""

WITH_WORK = frozenset({_V.REGISTERED, _V.IN_WORKSHOP, _V.READY, _V.ACCEPTED})
"""States in which a handover waits for work, signature or settlement."""


def asked_for(state: str) -> list[str]:
    """What a person may ask for in this state, as far as the state decides."""
    return [command for command in VISIT.allowed(state) if command not in CAUSED_BY_EVENTS]
