"""The plumbing that every department is built on; it knows no trade word."""

from servicekit.aggregate import Aggregate
from servicekit.house_rules import HouseRules, rule
from servicekit.ids import new_id
from servicekit.refusal import Forbidden, IllegalTransition, Invalid, NotFound, NotYet, Refusal, Stale
from servicekit.schema import new_metadata
from servicekit.service import Service, Timer
from servicekit.settings import ServiceSettings
from servicekit.tx import Tx

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
