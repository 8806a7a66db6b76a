"""One stay of one car, from arrival to the closed record: the repair order's face to the customer."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text

from contracts.events.reception import ReworkAgreed, ReworkOrdered
from contracts.values import PricedLine
from reception.domain.base import Base
from reception.domain.estimate import Estimating
from reception.domain.facts import Measure, said
from reception.domain.handover import HandingOver
from reception.domain.lines import VisitLine
from reception.domain.pricing import as_line


class Visit(Estimating, HandingOver, Base):
    """The visit: its arrival, estimates, promise and handover are told in the modules of these names."""

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_begun", "begun_at", "id"),
        Index("ix_visits_here", "begun_at", "id", postgresql_where=text("closed_at is null")),
        *(
            Index(f"ix_visits_{name}_begins", name, postgresql_ops={name: "text_pattern_ops"})
            for name in ("request_no", "plate", "vin")
        ),
    )

    def __init__(self, **facts: Any) -> None:
        # A new visit has no work, and nobody must ask the database for it.
        super().__init__(**({"lines": [], "estimates": []} | facts))

    @property
    def is_open(self) -> bool:
        """Whether the keys are still here, so that work can be added."""
        return self.handed_over_at is None and self.closed_at is None

    def redone(self, line_ids: Iterable[UUID]) -> list[PricedLine]:
        """The work that a rework is about: what was named, else all work, else the diagnosis."""
        named = [work for work in self.agreed if work.line_id in set(line_ids)]
        return named or [work for work in self.agreed if work.kind != "diagnosis"] or list(self.agreed)

    def take_on(self, works: Iterable[PricedLine]) -> None:
        """Put work on the visit that the shop pays for, and that nobody has to be asked about."""
        for work in works:
            line = VisitLine(id=work.line_id, visit_id=self.id, position=len(self.lines), offer=work)
            line.authorise(work, revision=0)
            self.lines.append(line)

    def order(
        self, measure: Measure, works: tuple[PricedLine, ...], *, originals: tuple[UUID, ...], reason: str
    ) -> ReworkOrdered:
        """The rework is done in this visit, which is still open."""
        self.take_on(works)
        self.order_rework(measure)
        return ReworkOrdered(
            **self.about,
            measure_id=measure.measure_id,
            complaint_id=measure.complaint_id,
            lines=tuple(as_line(work) for work in works),
            original_line_ids=originals,
            estimate_revision=self.answered_revision,
            reason=said(reason),
        )

    def agree(
        self, measure: Measure, works: tuple[PricedLine, ...], *, originals: tuple[UUID, ...], reason: str
    ) -> ReworkAgreed:
        """This new visit is expected, to redo the work of another that is closed."""
        assert self.rework_of_visit_id is not None  # made for that
        self.take_on(works)
        self.measures = (*self.measures, measure)
        return ReworkAgreed(
            **self.about,
            request_no=self.request_no,
            vehicle_id=self.vehicle_id,
            rework_of_visit_id=self.rework_of_visit_id,
            measure_id=measure.measure_id,
            complaint_id=measure.complaint_id,
            lines=tuple(as_line(work) for work in works),
            original_line_ids=originals,
            reason=said(reason),
        )
