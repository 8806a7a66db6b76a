"""What the workshop refuses, each with the facts that a front end needs to explain it."""

from servicekit import Refusal


class WorkNotAuthorised(Refusal):
    """The customer has not agreed to this work."""


class NotDispatched(Refusal):
    """This work has not been given to a technician."""


class DispatchedToAnother(Refusal):
    """This work was given to another technician."""


class PartsNotAtHand(Refusal):
    """The parts for this work have not been issued."""


class TechnicianBusy(Refusal):
    """The technician already works on another job."""


class TechnicianAbsent(Refusal):
    """The technician is absent or has left."""


class SkillMissing(Refusal):
    """The technician lacks the skill that this work needs."""


class BayOccupied(Refusal):
    """Another car stands in this bay."""


class NoBayFree(Refusal):
    """Every bay is occupied."""


class NothingToDispatch(Refusal):
    """There is no authorised work that waits for a technician."""


class PlanBackwards(Refusal):
    """The planned end must be later than the planned start."""


class VehicleAway(Refusal):
    """The car is not in the shop."""


class WorkInterrupted(Refusal):
    """The work is interrupted; resume it first."""


class LineBlocked(Refusal):
    """This work waits for the customer's answer about other work."""


class DiagnosisNotStarted(Refusal):
    """The diagnosis has not been started."""


class DiagnosisIncomplete(Refusal):
    """A diagnosis needs the result of each of the five steps."""


class DiagnosisMissing(Refusal):
    """There is no diagnosis to review."""


class DiagnosisReviewed(Refusal):
    """The diagnosis has been reviewed and stands."""


class ReviewByAnother(Refusal):
    """A plan is reviewed by somebody other than who made it."""


class UnknownTroubleCode(Refusal):
    """This trouble code is not in the list; describe it."""


class UsedMoreThanIssued(Refusal):
    """More was used than has been issued."""


class NotInterrupted(Refusal):
    """There is no such interruption to end."""


class LinesOpen(Refusal):
    """Work on this car is still open."""


class NotInspected(Refusal):
    """The car has not passed the final inspection."""


class NothingToInspect(Refusal):
    """No work was done on this car."""


class AlreadyInspected(Refusal):
    """The car has passed the final inspection."""


class InspectorWorkedOnIt(Refusal):
    """Who worked on the car cannot inspect it."""


class InspectionNotPassed(Refusal):
    """An item of the inspection did not pass."""


class PartsNotSquared(Refusal):
    """Issued parts are neither used nor returned."""


class WorkAlreadyAccepted(Refusal):
    """The customer has accepted the work."""


class BayNameTaken(Refusal):
    """There is already a bay of this name."""


class BayInUse(Refusal):
    """A car stands in this bay."""
