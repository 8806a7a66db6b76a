"""What must be seen, signed and settled before the keys go out; no database, no clock."""

from typing import Any
from uuid import uuid4

import pytest
from services.reception.tests.builders import (
    CHECKS,
    NOON,
    RULES,
    a_line,
    an_estimated_visit,
    answer_latest,
    papers,
)

from reception.domain import Visit
from reception.domain.acceptance import (
    Acceptance,
    BelongingCheck,
    BelongingsUnchecked,
    ChecksMissing,
    HandoverNotPossible,
    InvoiceChanged,
    InvoiceNotPrepared,
)
from reception.domain.readiness import Measure
from reception.domain.record import service_type
from reception.domain.registration import Belonging, RegistrationForm
from reception.domain.rework import Rework
from reception.domain.visit_states import VisitState


class TestHandover:
    def ready(self) -> Visit:
        visit = an_estimated_visit()
        visit.form = RegistrationForm(form_no="F-1", signed_at=NOON, belongings=(Belonging(item="umbrella"),))
        answer_latest(visit)
        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=())
        return visit

    def accept(self, visit: Visit, **own: Any) -> None:
        signed: dict[str, Any] = {
            "invoice_revision": 1,
            "checks": CHECKS,
            "belongings": (BelongingCheck(item="umbrella", present=True),),
        }
        shown = own.pop("papers", papers())
        visit.accept_work(Acceptance(**(signed | own)), papers=shown, rules=RULES, at=NOON)

    def test_ready_for_an_older_answer_is_not_ready(self) -> None:
        visit = an_estimated_visit()
        answer_latest(visit)

        visit.declare_ready(estimate_revision=None, outcome="repaired", done_measure_ids=())

        assert (visit.state, visit.is_ready) == (VisitState.IN_WORKSHOP, False)

    def test_ready_without_the_ordered_rework_is_not_ready(self) -> None:
        visit = an_estimated_visit()
        answer_latest(visit)
        measure = Measure(measure_id=uuid4(), complaint_id=uuid4())
        visit.order_rework(Rework.of(measure, (), originals=(), reason="again"))

        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=())
        assert visit.state == VisitState.IN_WORKSHOP

        visit.declare_ready(estimate_revision=1, outcome="repaired", done_measure_ids=(measure.measure_id,))
        assert visit.state == VisitState.READY

    def test_every_point_of_the_checklist_is_looked_at(self) -> None:
        visit = self.ready()

        with pytest.raises(ChecksMissing):
            self.accept(visit, checks=CHECKS[1:])

    @pytest.mark.req("RECP-11")
    def test_belongings_are_checked_against_the_intake(self) -> None:
        visit = self.ready()

        with pytest.raises(BelongingsUnchecked) as refused:
            self.accept(visit, belongings=())

        assert refused.value.details["missing"] == ["umbrella"]

    @pytest.mark.parametrize("own", [{"state": "withdrawn"}, {"estimate_revision": 2}])
    def test_waits_for_an_invoice_of_the_latest_answer(self, own: dict[str, object]) -> None:
        with pytest.raises(InvoiceNotPrepared):
            self.accept(self.ready(), papers=papers(**own))

    def test_only_the_latest_invoice_is_signed(self) -> None:
        with pytest.raises(InvoiceChanged):
            self.accept(self.ready(), papers=papers(revision=2))

    def test_the_gate_names_what_is_missing(self) -> None:
        visit = self.ready()
        self.accept(visit)

        with pytest.raises(HandoverNotPossible) as refused:
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
    def test_the_record_number_shows_the_service_type(self, kind: str, outcome: str, letters: str) -> None:
        visit = an_estimated_visit(a_line(kind=kind))
        visit.form = RegistrationForm(form_no="F-1", signed_at=NOON)
        answer_latest(visit)

        visit.declare_ready(estimate_revision=1, outcome=outcome, done_measure_ids=())

        assert service_type(visit.form, visit.readiness.job_outcome, visit.work.agreed) == letters
