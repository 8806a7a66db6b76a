"""What reception decides: pure rules over the visit, no input or output and no clock."""

from reception.domain.base import Base
from reception.domain.rules import HouseRules
from reception.domain.visit import Visit

__all__ = ["Base", "HouseRules", "Visit"]
