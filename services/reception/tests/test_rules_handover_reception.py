"""What must be seen, signed and settled before the keys go out; no database, no clock."""

from typing import Any
from uuid import uuid4

import pytest
from services.reception.tests.reception_builders import (
    CHECKS,
    NOON,
    RULES,
    a_line,
    an_estimated_visit,
    answer_latest,
    papers,
)

from reception.domain import Visit, refusals
from reception.domain.arrival import Belonging, RegistrationForm
from reception.domain.handover import BelongingCheck
from reception.domain.states import VisitState


class TestHandover:
    def ready(self) -> Visit:
        visit = an_estimated_visit()
        visit.form = RegistrationForm(form_no="F-1", signed_at=NOON, belongings=(Belonging(item="umbrella"),))
        answer_latest(visit)
        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=())
        return visit

    def accept(self, visit: Visit, **own: Any) -> None:
        asked: dict[str, Any] = {
            "papers": papers(),
            "invoice_revision": 1,
            "checks": CHECKS,
            "belongings": (BelongingCheck(item="umbrella", present=True),),
            "rules": RULES,
            "at": NOON,
        }
        visit.accept_work(**(asked | own))

    def test_ready_for_an_older_answer_is_not_ready(self) -> None:
        visit = an_estimated_visit()
        answer_latest(visit)

        visit.declare_ready(estimate_revision=None, outcome="repaired", done_measure_ids=())

        assert (visit.state, visit.is_ready) == (VisitState.IN_WORKSHOP, False)

    def test_ready_without_the_ordered_rework_is_not_ready(self) -> None:
        from reception.domain.facts import Measure

        visit = an_estimated_visit()
        answer_latest(visit)
        measure = Measure(measure_id=uuid4(), complaint_id=uuid4())
        visit.order(measure, (), originals=(), reason="again")

        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=())
        assert visit.state == VisitState.IN_WORKSHOP

        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=(measure.measure_id,))
        assert visit.state == VisitState.READY

    @pytest.mark.req("RECP-30")
    def test_every_point_of_the_checklist_is_looked_at(self) -> None:
        visit = self.ready()

        with pytest.raises(refusals.ChecksMissing):
            self.accept(visit, checks=CHECKS[1:])

    @pytest.mark.req("RECP-11", "RECP-28")
    def test_belongings_are_checked_against_the_intake(self) -> None:
        visit = self.ready()

        with pytest.raises(refusals.BelongingsUnchecked) as refused:
            self.accept(visit, belongings=())

        assert refused.value.details["missing"] == ["umbrella"]

    @pytest.mark.parametrize("own", [{"state": "withdrawn"}, {"estimate_revision": 2}])
    def test_waits_for_an_invoice_of_the_latest_answer(self, own: dict[str, object]) -> None:
        with pytest.raises(refusals.InvoiceNotPrepared):
            self.accept(self.ready(), papers=papers(**own))

    def test_only_the_latest_invoice_is_signed(self) -> None:
        with pytest.raises(refusals.InvoiceChanged):
            self.accept(self.ready(), papers=papers(revision=2))

    def test_the_gate_names_what_is_missing(self) -> None:
        visit = self.ready()
        self.accept(visit)

        with pytest.raises(refusals.HandoverNotPossible) as refused:
            visit.hand_over(papers=papers(), mode="desk", handed_over_at=NOON, at=NOON)

        assert (refused.value.waiting_for, refused.value.state) == ("billing.invoice", VisitState.ACCEPTED)

    def test_a_new_invoice_revision_voids_the_signature(self) -> None:
        visit = self.ready()
        self.accept(visit)

        assert visit.void_signature(invoice_revision=2)
        assert visit.state == VisitState.READY

    def test_reopened_after_signing_shuts_the_gate(self) -> None:
        visit = self.ready()
        self.accept(visit)

        visit.reopen()

        assert visit.missing_for_handover(papers(settled=True)) == ["workshop.job", "reception.visit"]

    @pytest.mark.parametrize(
        ("kind", "outcome", "letters"),
        [("repair", "repaired", "RP"), ("maintenance", "repaired", "MT"), ("repair", "no_work", "DG")],
    )
    def test_the_record_tells_the_service_type(self, kind: str, outcome: str, letters: str) -> None:
        visit = an_estimated_visit(a_line(kind=kind))
        visit.form = RegistrationForm(form_no="F-1", signed_at=NOON)
        answer_latest(visit)

        visit.declare_ready(estimate_revision=1, outcome=outcome, done_measure_ids=())

        assert visit.record_kind == letters
