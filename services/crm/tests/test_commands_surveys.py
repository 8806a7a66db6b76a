"""Surveys on a real database: answered by link, by the page's form, by way of an agent."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from services.crm.tests.builders import EVERYTHING, SATISFIED, a_closed_visit, ask, the_survey

from contracts.events.crm import (
    DissatisfactionDetected,
    SurveyAnswered,
    SurveySent,
)
from testkit.department import Department


class TestASurvey:
    @pytest.mark.req("CRM-16")
    @pytest.mark.req("DATA-12")
    async def test_answered_by_link_is_published_with_its_total(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        link = await ask(crm, f"/surveys/{await the_survey(crm, story)}/links")
        path = f"/l/{link['token']}"

        form = await crm.call("GET", path, root=True, headers={"Accept": "text/html"})
        answer = {"points": SATISFIED, "comment": "friendly"}
        answered = await crm.call("POST", path, root=True, json=answer)

        assert form.status_code == 200
        assert "服务态度" in form.text
        assert "Service attitude" in form.text
        assert answered.json() == {"total": "82.00"}
        assert [sent.visit_id for sent in crm.published(SurveySent)] == [story.visit_id]
        (published,) = crm.published(SurveyAnswered)
        assert (published.total, published.comment, published.by) == (
            Decimal("82.00"),
            "friendly",
            "customer",
        )
        assert len(published.points) == 10
        assert crm.published(DissatisfactionDetected) == []

    async def test_answered_once_takes_no_second_answer(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        survey = await the_survey(crm, story)
        link = await ask(crm, f"/surveys/{survey}/links")

        await crm.call("POST", f"/l/{link['token']}", root=True, json={"points": SATISFIED})
        by_link = await crm.call("POST", f"/l/{link['token']}", root=True, json={"points": SATISFIED})
        by_desk = await crm.call(
            "POST", f"/surveys/{survey}/answer", json={"points": SATISFIED}, who=EVERYTHING
        )

        assert by_link.status_code == 410
        assert (by_desk.status_code, by_desk.json()["state"]) == (409, "answered")
        assert by_desk.json()["allowed"] == ["flag_opinion"]

    async def test_answered_by_the_pages_form_shows_thanks(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        link = await ask(crm, f"/surveys/{await the_survey(crm, story)}/links")
        fields = "&".join(f"{item}={points}" for item, points in SATISFIED.items())

        answered = await crm._http.post(
            f"/l/{link['token']}",
            content=f"{fields}&comment=too+slow&clear_opinion=yes",
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"},
        )

        assert answered.status_code == 200
        assert "Thank you" in answered.text
        assert [published.triggers for published in crm.published(DissatisfactionDetected)] == [("comment",)]

    async def test_filled_in_too_little_comes_back_as_it_was_filled_in(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        link = await ask(crm, f"/surveys/{await the_survey(crm, story)}/links")

        answered = await crm._http.post(
            f"/l/{link['token']}",
            content="price=5&comment=dear",
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"},
        )

        assert answered.status_code == 409
        assert answered.text.count(" selected>") == 1
        assert 'value="5" selected' in answered.text
        assert ">dear</textarea>" in answered.text
        assert crm.published(SurveyAnswered) == []

    @pytest.mark.req("CRM-24")
    async def test_answered_to_an_agent_with_a_low_score_publishes_dissatisfaction(
        self, crm: Department
    ) -> None:
        story = await a_closed_visit(crm)

        points = SATISFIED | {"price": 1}
        body: dict[str, Any] = {"points": points, "channel": "phone", "comment": "far too dear"}
        shown = await ask(crm, f"/surveys/{await the_survey(crm, story)}/answer", **body)

        assert shown["dissatisfied"]
        (answered,) = crm.published(SurveyAnswered)
        assert {given.item: given.points for given in answered.points} == points
        assert answered.comment == "far too dear"
        assert UUID(answered.by)
        (published,) = crm.published(DissatisfactionDetected)
        assert (published.triggers, published.total, published.lowest_item) == (
            ("item", "total"),
            Decimal("78.00"),
            "price",
        )
        assert crm.published_types.index(SurveyAnswered.TYPE) < crm.published_types.index(
            DissatisfactionDetected.TYPE
        )

    async def test_whose_comment_is_a_clear_opinion_is_flagged_later(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        survey = await the_survey(crm, story)
        await ask(crm, f"/surveys/{survey}/answer", points=SATISFIED, comment="open on Sundays")

        await ask(crm, f"/surveys/{survey}/opinion")
        await ask(crm, f"/surveys/{survey}/opinion")

        assert [published.triggers for published in crm.published(DissatisfactionDetected)] == [("comment",)]

    async def test_with_a_low_score_belongs_to_the_case_that_is_open(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        await crm.receives(story.complained())

        points = SATISFIED | {"price": 1}
        shown = await ask(crm, f"/surveys/{await the_survey(crm, story)}/answer", points=points)

        assert shown["complaint_id"] == str(story.complaint_id)

    async def test_filled_in_at_the_desk_is_not_sent_again(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        await ask(crm, f"/surveys/{await the_survey(crm, story)}/answer", points=SATISFIED, channel="desk")

        await crm.passes(days=10)

        assert crm.published(SurveySent) == []

    async def test_gets_a_new_link_that_ends_the_old_one(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        survey = await the_survey(crm, story)

        old, new = await ask(crm, f"/surveys/{survey}/links"), await ask(crm, f"/surveys/{survey}/links")

        assert (await crm.call("GET", f"/l/{old['token']}", root=True)).status_code == 410
        assert (await crm.call("GET", f"/l/{new['token']}", root=True)).json()["answerable"]
        assert len(crm.published(SurveySent)) == 1

    @pytest.mark.parametrize("sent", [{"points": {"price": 10}}, {"points": {"price": 4}}, {"grade": 1}])
    async def test_that_is_not_filled_in_well_changes_nothing(self, crm: Department, sent: Any) -> None:
        story = await a_closed_visit(crm)
        link = await ask(crm, f"/surveys/{await the_survey(crm, story)}/links")

        answered = await crm.call("POST", f"/l/{link['token']}", root=True, json=sent)

        assert answered.status_code in (409, 422)
        assert crm.published(SurveyAnswered) == []
        assert (await crm.call("GET", f"/l/{link['token']}", root=True)).json()["answerable"]
