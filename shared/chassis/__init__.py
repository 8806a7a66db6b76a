"""The plumbing that every department stands on; it knows no trade word."""

from chassis.aggregate import Aggregate
from chassis.numbers import new_id
from chassis.refusal import Forbidden, IllegalTransition, Invalid, NotFound, NotYet, Refusal, Stale
from chassis.rules import HouseRules, rule
from chassis.schema import new_metadata
from chassis.service import Service, Timer
from chassis.settings import ServiceSettings
from chassis.tx import Tx

__all__ = [
    "Aggregate",
    "Forbidden",
    "HouseRules",
    "IllegalTransition",
    "Invalid",
    "NotFound",
    "NotYet",
    "Refusal",
    "Service",
    "ServiceSettings",
    "Stale",
    "Timer",
    "Tx",
    "new_id",
    "new_metadata",
    "rule",
]
