"""What reception decides: rules over the visit, without I/O and without a clock."""

from reception.domain.base import Base
from reception.domain.rules import HouseRules
from reception.domain.visit import Visit

__all__ = ["Base", "HouseRules", "Visit"]
