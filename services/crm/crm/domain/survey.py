"""The ten-item survey after a visit: when it is due, how it is scored, when it calls for action."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Literal
from uuid import UUID

from sqlalchemy import Index, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.crm import DissatisfactionDetected, SurveyAnswered, SurveySent
from contracts.values import SurveyPoint, Title
from crm.domain.base import Base
from crm.domain.rules import HouseRules
from servicekit import Aggregate, Invalid, Refusal, new_id
from servicekit.columns import Json, Utc
from servicekit.states import Machine
from shopkit.calendar import WorkingCalendar

TEMPLATE = "ten-item-1"
ITEMS: dict[str, Title] = {
    "product-performance": Title(zh="产品性能", en="Product performance"),
    "packaging-transport": Title(zh="包装与运输", en="Packaging and transport"),
    "delivery-timeliness": Title(zh="交付及时性", en="Delivery on time"),
    "complaint-timeliness": Title(zh="投诉处理及时性", en="Complaints handled in time"),
    "complaint-effectiveness": Title(zh="投诉处理有效性", en="Complaints handled effectively"),
    "service-attitude": Title(zh="服务态度", en="Service attitude"),
    "professional-knowledge": Title(zh="专业知识", en="Professional knowledge"),
    "on-site-service": Title(zh="现场服务质量", en="Quality of the service on site"),
    "parts-accuracy": Title(zh="配件供应准确性", en="Accuracy of the parts supplied"),
    "price": Title(zh="价格", en="Price"),
}
"""The items of CRM-16, in the order of the form."""
GRADES: dict[int, Title] = {
    10: Title(zh="很满意", en="Very satisfied"),
    8: Title(zh="满意", en="Satisfied"),
    5: Title(zh="一般", en="Neutral"),
    3: Title(zh="不满意", en="Dissatisfied"),
    1: Title(zh="很不满意", en="Very dissatisfied"),
}
"""Points of the grades of CRM-16."""


class SurveyState(StrEnum):
    """The life of a form."""

    DUE = "due"
    SENT = "sent"
    ANSWERED = "answered"
    EXPIRED = "expired"


class ExpiryReason(StrEnum):
    """Why a form is not answered any more."""

    UNANSWERED = "unanswered"
    CONSENT_WITHDRAWN = "consent_withdrawn"


Trigger = Literal["item", "total", "comment"]
"""A line of F-09: a low item, a low total, a clear opinion in the comment."""

SURVEY = Machine(
    "survey",
    {
        "send": ({SurveyState.DUE}, SurveyState.SENT),
        # A form filled in at the desk before it was sent is the survey (C-04): no second one follows.
        "answer": ({SurveyState.DUE, SurveyState.SENT}, SurveyState.ANSWERED),
        "expire": ({SurveyState.DUE, SurveyState.SENT}, SurveyState.EXPIRED),
        "flag_opinion": ({SurveyState.ANSWERED}, SurveyState.ANSWERED),
    },
    initial=SurveyState.DUE,
)


class TooFewAnswers(Refusal):
    """Too few items are answered to make a total."""


class ConsentWithdrawn(Refusal):
    """The customer wants no messages any more: no survey is sent."""


class NoComment(Refusal):
    """There is no comment that could be a clear opinion."""


def due_on(handed_over_on: date, calendar: WorkingCalendar, working_days: int) -> date:
    """The day by which the survey is sent; the day of handover is day 0 (F-13)."""
    return calendar.add_working_days(handed_over_on, working_days)


def total_of(points: Mapping[str, int], *, least: int) -> Decimal:
    """F-01: the sum of ten items; with some missing their mean x 10, of at least ``least`` items.

    Raises ``Invalid`` for an item or a grade that the form does not have, ``TooFewAnswers``.
    """
    for item, given in points.items():
        if item not in ITEMS:
            raise Invalid(f"body.points.{item}", f"one of {', '.join(ITEMS)}")
        if given not in GRADES:
            raise Invalid(f"body.points.{item}", "10, 8, 5, 3 or 1", got=given)
    if len(points) < least:
        raise TooFewAnswers(answered=len(points), least=least)
    mean = Decimal(sum(points.values())) / len(points) * 10
    return mean.quantize(Decimal("0.01"), ROUND_HALF_UP)


def triggers_of(
    points: Mapping[str, int], total: Decimal, *, clear_opinion: bool, rules: HouseRules
) -> tuple[Trigger, ...]:
    """Which lines of F-09 are crossed."""
    crossed: dict[Trigger, bool] = {
        "item": any(given <= rules.low_item_points for given in points.values()),
        "total": total < rules.low_total,
        "comment": clear_opinion,
    }
    return tuple(name for name, is_crossed in crossed.items() if is_crossed)


class Survey(Aggregate, Base):
    """One form per visit: no second survey (C-04)."""

    __tablename__ = "surveys"
    __table_args__ = (
        Index("ix_surveys_due", "state", "due_on", "id"),
        Index("ix_surveys_customer", "customer_id"),
        Index("ix_surveys_due_on", "due_on", "id"),
    )
    STREAM = "crm.survey"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(unique=True)
    request_id: Mapped[UUID]
    customer_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default=SurveyState.DUE)
    template_version: Mapped[str] = mapped_column(default=TEMPLATE)
    due_on: Mapped[date]
    complete_by_on: Mapped[date]
    sent_at: Mapped[datetime | None] = mapped_column(Utc)
    answered_at: Mapped[datetime | None] = mapped_column(Utc)
    answered_on: Mapped[date | None]
    answered_by: Mapped[str | None]
    channel: Mapped[str | None]
    points: Mapped[dict[str, int]] = mapped_column(Json(dict[str, int]), default=dict)
    total: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    comment: Mapped[str | None]
    clear_opinion: Mapped[bool] = mapped_column(default=False)
    triggers: Mapped[tuple[str, ...]] = mapped_column(Json(tuple[str, ...]), default=())
    dissatisfied: Mapped[bool] = mapped_column(default=False)
    expired_because: Mapped[str | None]
    complaint_id: Mapped[UUID | None]

    @classmethod
    def after_handover(
        cls,
        *,
        visit_id: UUID,
        request_id: UUID,
        customer_id: UUID,
        handed_over_on: date,
        calendar: WorkingCalendar,
        rules: HouseRules,
    ) -> "Survey":
        """The form of a visit, with both clocks of CRM-12."""
        return cls(
            id=new_id(),
            visit_id=visit_id,
            request_id=request_id,
            customer_id=customer_id,
            due_on=due_on(handed_over_on, calendar, rules.survey_working_days),
            complete_by_on=handed_over_on + timedelta(days=rules.survey_complete_days),
        )

    @property
    def allowed(self) -> list[str]:
        """What an agent may do with it; it expires by itself."""
        return [command for command in SURVEY.allowed(self.state) if command != "expire"]

    @property
    def sendable(self) -> bool:
        """Whether it has not gone out yet."""
        return self.state == SurveyState.DUE

    @property
    def answerable(self) -> bool:
        """Whether an answer is still taken."""
        return "answer" in SURVEY.allowed(self.state)

    def must_be_answerable(self) -> None:
        """Refuse with ``IllegalTransition`` when no answer is taken any more."""
        SURVEY.check(self.state, "answer")

    @property
    def completed_in_time(self) -> bool | None:
        """The second clock of CRM-12; ``None`` without an answer."""
        return None if self.answered_on is None else self.answered_on <= self.complete_by_on

    def send(self, *, at: datetime) -> SurveySent:
        """The questionnaire goes out."""
        self.state = SURVEY.go(self.state, "send")
        self.sent_at = at
        return SurveySent(**self._ids(), template_version=self.template_version, sent_at=at)

    def expire(self, reason: ExpiryReason) -> None:
        """It will not be answered any more."""
        self.state = SURVEY.go(self.state, "expire")
        self.expired_because = reason

    def answer(
        self,
        points: Mapping[str, int],
        *,
        comment: str | None,
        clear_opinion: bool,
        channel: str,
        by: str,
        at: datetime,
        on: date,
        rules: HouseRules,
    ) -> list[SurveyAnswered | DissatisfactionDetected]:
        """The customer's grades; crossing a line of F-09 is published with them (CRM-26)."""
        SURVEY.check(self.state, "answer")
        self._must_have_comment(comment, clear_opinion)
        total = total_of(points, least=rules.survey_least_answers)
        self.state = SURVEY.go(self.state, "answer")
        self.points, self.total, self.comment = dict(points), total, comment
        self.clear_opinion, self.channel, self.answered_by = clear_opinion, channel, by
        self.answered_at, self.answered_on = at, on
        answered = SurveyAnswered(
            **self._ids(),
            template_version=self.template_version,
            points=tuple(SurveyPoint(item=item, points=points[item]) for item in ITEMS if item in points),
            total=total,
            comment=comment,
            answered_at=at,
        )
        return [answered, *self._detect(rules)]

    def flag_opinion(self, rules: HouseRules) -> list[DissatisfactionDetected]:
        """An agent read the comment and found a clear opinion in it (F-09)."""
        self.state = SURVEY.go(self.state, "flag_opinion")
        self._must_have_comment(self.comment, True)
        self.clear_opinion = True
        return self._detect(rules)

    def _detect(self, rules: HouseRules) -> list[DissatisfactionDetected]:
        assert self.total is not None  # only answered forms come here
        known = self.dissatisfied
        self.triggers = triggers_of(self.points, self.total, clear_opinion=self.clear_opinion, rules=rules)
        self.dissatisfied = known or bool(self.triggers)
        if known or not self.triggers:  # one case per form
            return []
        lowest = min(self.points, key=lambda item: self.points[item])
        return [
            DissatisfactionDetected(
                **self._ids(),
                triggers=self.triggers,
                total=self.total,
                lowest_item=lowest,
                lowest_points=self.points[lowest],
                comment=self.comment,
            )
        ]

    @staticmethod
    def _must_have_comment(comment: str | None, clear_opinion: bool) -> None:
        if clear_opinion and not comment:
            raise NoComment()

    def _ids(self) -> dict[str, UUID]:
        return {
            "survey_id": self.id,
            "visit_id": self.visit_id,
            "request_id": self.request_id,
            "customer_id": self.customer_id,
        }
