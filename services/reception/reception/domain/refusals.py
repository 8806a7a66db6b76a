"""What the desk answers when a rule says no; the first sentence is what people read."""

from servicekit import Refusal


class FactsNotHeard(Refusal):
    """Booking or customer relations has not told us yet who comes with which car: give it by hand."""


class VisitAlreadyOpen(Refusal):
    """A visit for this request is open already."""


class NotInThePast(Refusal):
    """This instant has not come yet: what happened cannot lie in the future."""


class LateReceptionUnexplained(Refusal):
    """The car waited too long: say what was explained to the customer and what was offered instead."""


class FormNotSigned(Refusal):
    """The customer has not signed the registration form."""


class PriceUnknown(Refusal):
    """A price is not known here yet: wait for it or give it by hand."""


class DiscountTooLarge(Refusal):
    """The discount is more than the labour of the line."""


class ServiceNotOffered(Refusal):
    """This service is not on the menu."""


class NothingToEstimate(Refusal):
    """There is no work that the customer could be asked about."""


class LineUnknown(Refusal):
    """There is no such line on this visit."""


class EstimateSuperseded(Refusal):
    """There is a newer revision of this estimate."""


class AnswerIncomplete(Refusal):
    """Every open line of the estimate needs an answer, and no other line can have one."""


class NothingAnsweredYet(Refusal):
    """Nothing can be promised before the customer has answered an estimate."""


class PromiseTooEarly(Refusal):
    """The promised handover must lie in the future."""


class InvoiceNotPrepared(Refusal):
    """There is no invoice yet that could be explained to the customer."""


class InvoiceChanged(Refusal):
    """The invoice has changed since it was shown: explain the latest revision."""


class ChecksMissing(Refusal):
    """Something that must be looked at together with the customer was not."""


class BelongingsUnchecked(Refusal):
    """What was noted at intake must be checked when the car goes back."""


class HandoverNotPossible(Refusal):
    """The keys stay here until work, signature and settlement are complete."""
