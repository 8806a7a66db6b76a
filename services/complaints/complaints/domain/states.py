"""The words of a case: its states and what leads where, its sources, channels, causes and measures."""

from enum import StrEnum

from servicekit.states import Machine


class State(StrEnum):
    """How far a case is."""

    RECEIVED = "received"
    ANSWERED = "answered"
    DECIDING = "deciding"
    CARRYING_OUT = "carrying_out"
    NOTIFIED = "notified"
    RESOLVED = "resolved"
    REOPENED = "reopened"


OPEN = frozenset(State) - {State.RESOLVED}
"""States in which somebody must still do something."""

_STAYS = [({state}, state) for state in State if state in OPEN]

COMPLAINT: Machine[State] = Machine(
    "complaint",
    {
        "answer": ({State.RECEIVED, State.REOPENED}, State.ANSWERED),
        "assess": [
            ({State.ANSWERED, State.DECIDING}, State.DECIDING),
            *[({state}, state) for state in (State.RECEIVED, State.REOPENED, State.CARRYING_OUT)],
        ],
        "decide": ({State.ANSWERED, State.DECIDING, State.CARRYING_OUT}, State.CARRYING_OUT),
        "reconsider": ({State.CARRYING_OUT}, State.DECIDING),
        "notify": ({State.ANSWERED, State.DECIDING, State.CARRYING_OUT}, State.NOTIFIED),
        "resolve": ({State.NOTIFIED}, State.RESOLVED),
        "reopen": ({State.NOTIFIED, State.RESOLVED}, State.REOPENED),
        "feed_back": _STAYS,
        "hand_over": _STAYS,
    },
    initial=State.RECEIVED,
)
"""``reconsider`` is billing's: a measure was not possible. All others are asked for by people."""

BY_PEOPLE = tuple(command for command in COMPLAINT.commands if command != "reconsider")


class MeasureState(StrEnum):
    """How far a measure is."""

    DECIDED = "decided"
    PLACED = "placed"
    COMPLETED = "completed"
    NOT_POSSIBLE = "not_possible"


class MeasureKind(StrEnum):
    """Refund and discount are billing's to carry out, rework is placed by reception."""

    REFUND = "refund"
    DISCOUNT = "discount"
    REWORK = "rework"


class Source(StrEnum):
    """What opened the case."""

    PERSON = "person"
    SURVEY = "survey"
    FOLLOW_UP = "follow_up"
    PROMISE = "promise"


class Channel(StrEnum):
    """How a complaint reaches us (COMP-01); the last three are how we find out ourselves."""

    HOTLINE = "hotline"
    EMAIL = "email"
    WECHAT = "wechat"
    APP = "app"
    ON_SITE = "on_site"
    MESSAGE_BOARD = "message_board"
    COMPLAINT_BOX = "complaint_box"
    PAPER = "paper"
    SURVEY = "survey"
    FOLLOW_UP = "follow_up"
    RECEPTION = "reception"


class Contact(StrEnum):
    """How we reach the customer (COMP-13, COMP-14)."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    WECHAT = "wechat"
    APP = "app"
    MESSAGE = "message"
    DESK = "desk"
    LETTER = "letter"


class Cause(StrEnum):
    """Where it went wrong (COMP-11)."""

    PRODUCT = "product"
    SERVICE_PROCESS = "service_process"
    STAFF = "staff"
    OTHER = "other"


class EntryKind(StrEnum):
    """What a row of the case's history is about."""

    RECEIVED = "received"
    LINKED = "linked"
    COMPLAINED = "complained"
    ANSWERED = "answered"
    FED_BACK = "fed_back"
    HANDED_OVER = "handed_over"
    ASSESSED = "assessed"
    OVERDUE = "overdue"
    MEASURE_DECIDED = "measure_decided"
    MEASURE_PLACED = "measure_placed"
    MEASURE_COMPLETED = "measure_completed"
    MEASURE_NOT_POSSIBLE = "measure_not_possible"
    NOTIFIED = "notified"
    RESOLVED = "resolved"
    REOPENED = "reopened"
