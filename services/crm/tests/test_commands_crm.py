"""What people ask of crm, on a real database: customers, vehicles, calls, surveys, notices."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.crm.tests.crm_builders import (
    EVERYTHING,
    SATISFIED,
    VIN,
    Story,
    a_customer,
    ask,
    show,
)
from sqlalchemy import text

from chassis.testing.department import Department
from contracts.crm import (
    CustomerChanged,
    CustomerRegistered,
    DissatisfactionDetected,
    FollowUpCompleted,
    SurveyAnswered,
    SurveySent,
    VehicleChanged,
    VehicleRegistered,
)


async def a_vehicle(crm: Department, customer_id: UUID, **more: Any) -> Any:
    facts = {"customer_id": str(customer_id), "plate": "粤A·12345", "make": "VW", "model": "Lavida"}
    return await ask(crm, "/vehicles", **facts | more)


async def a_closed_visit(crm: Department, **ids: Any) -> Story:
    story = Story(**ids)
    await crm.hears(story.opened(), story.handed_over(), story.closed())
    return story


async def the_survey(crm: Department, story: Story) -> str:
    return str((await show(crm, f"/surveys?visit_id={story.visit_id}"))["items"][0]["id"])


async def the_call(crm: Department, story: Story) -> str:
    return str((await show(crm, f"/follow-ups?visit_id={story.visit_id}"))["items"][0]["id"])


class TestCustomers:
    async def test_are_told_by_name_and_class_alone(self, crm: Department) -> None:
        await a_customer(crm)

        (registered,) = crm.said(CustomerRegistered)
        assert registered.customer_no == "C000001"
        assert (registered.display_name, registered.customer_class) == ("Wang Fang", "normal")
        assert "1380013" not in str(crm.committed[0].data)

    @pytest.mark.req("DATA-03")
    async def test_stand_in_no_table_with_phone_or_address(self, crm: Department) -> None:
        await a_customer(crm, address="Zhongshan Road 5")

        async with crm.tx() as tx:
            tables = (
                await tx.session.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
            ).all()
            dumps = [
                str((await tx.session.execute(text(f'select * from "{table}"'))).all()) for table in tables
            ]
        assert not [dump for dump in dumps if "13800138000" in dump or "Zhongshan" in dump]

    async def test_with_a_phone_on_file_are_the_one_on_file(self, crm: Department) -> None:
        first = await a_customer(crm, "138 0013 8000")

        body = {"display_name": "Wang F.", "phone": "+86-13800138000"}
        again = await crm.call("POST", "/customers", json=body, who=EVERYTHING)

        assert again.status_code == 409
        assert (again.json()["code"], again.json()["existing_id"]) == ("phone_taken", str(first))

    async def test_registered_at_two_desks_at_once_are_one(self, crm: Department) -> None:
        body = {"display_name": "Wang Fang", "phone": "13800138000"}

        answers = await asyncio.gather(
            *(crm.call("POST", "/customers", json=body, who=EVERYTHING) for _ in range(2))
        )

        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert len(crm.said(CustomerRegistered)) == 1

    async def test_keep_their_own_number_when_they_change_it(self, crm: Department) -> None:
        first, second = await a_customer(crm), await a_customer(crm, "139 0013 9000")

        await ask(crm, f"/customers/{first}", "PATCH", phone="138-0013-8000", display_name="Wang Fang-Li")
        body = {"phone": "13900139000"}
        taken = await crm.call("PATCH", f"/customers/{first}", json=body, who=EVERYTHING)

        assert taken.json()["existing_id"] == str(second)
        assert [changed.display_name for changed in crm.said(CustomerChanged)] == ["Wang Fang-Li"]

    async def test_get_class_and_credit(self, crm: Department) -> None:
        customer_id = await a_customer(crm)

        body = {"customer_class": "vip", "credit_limit": "5000.00"}
        shown = await ask(crm, f"/customers/{customer_id}/classification", "PUT", **body)

        assert shown["credit_limit"] == "5000.00"
        (changed,) = crm.said(CustomerChanged)
        assert (changed.customer_class, changed.credit_limit) == ("vip", Decimal("5000.00"))

    @pytest.mark.req("DATA-05")
    async def test_give_consent_and_take_it_back(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        path = f"/customers/{customer_id}/consents"

        await ask(crm, path, purpose="communication", channel="desk")
        twice = await crm.call("POST", path, json={"purpose": "communication"}, who=EVERYTHING)
        shown = await ask(crm, f"{path}/communication/withdrawal")
        gone = await crm.call("POST", f"{path}/communication/withdrawal", who=EVERYTHING)

        assert twice.json()["code"] == "consent_stands"
        assert gone.json()["code"] == "consent_not_given"
        (consent,) = shown["consents"]
        assert consent["given_at"]
        assert consent["withdrawn_at"]


class TestVehicles:
    async def test_are_told_in_their_normal_spelling(self, crm: Department) -> None:
        customer_id = await a_customer(crm)

        await a_vehicle(crm, customer_id, vin=VIN.lower())

        (registered,) = crm.said(VehicleRegistered)
        assert (registered.plate, registered.vin, registered.customer_id) == ("粤A12345", VIN, customer_id)

    async def test_with_a_vin_on_file_are_the_one_on_file(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        first = await a_vehicle(crm, customer_id, vin=VIN)

        facts = {"customer_id": str(customer_id), "plate": "粤B1", "make": "VW", "model": "Polo", "vin": VIN}
        again = await crm.call("POST", "/vehicles", json=facts, who=EVERYTHING)

        assert (again.status_code, again.json()["existing_id"]) == (409, first["id"])

    async def test_of_nobody_on_file_are_refused(self, crm: Department) -> None:
        facts = {"customer_id": str(uuid4()), "plate": "粤B1", "make": "VW", "model": "Polo"}

        assert (await crm.call("POST", "/vehicles", json=facts, who=EVERYTHING)).status_code == 404

    @pytest.mark.req("CRM-08")
    async def test_change_and_are_told_at_once(self, crm: Department) -> None:
        customer_id, buyer = await a_customer(crm), await a_customer(crm, "13900139000")
        vehicle = await a_vehicle(crm, customer_id)
        facts = {"plate": "粤B99999", "make": "VW", "model": "Lavida"}

        await ask(crm, f"/vehicles/{vehicle['id']}", "PUT", **facts, engine_no="E1")
        sold = await ask(crm, f"/vehicles/{vehicle['id']}/owner", "PUT", customer_id=str(buyer))

        assert [(v.plate, v.customer_id) for v in crm.said(VehicleChanged)] == [
            ("粤B99999", customer_id),
            ("粤B99999", buyer),
        ]
        assert [owner["customer_id"] for owner in sold["ownerships"]] == [str(customer_id), str(buyer)]


class TestACall:
    @pytest.mark.req("CRM-46")
    async def test_that_finds_a_problem_tells_complaints(self, crm: Department) -> None:
        story = await a_closed_visit(crm)

        body = {"outcome": "reached", "problem_found": True, "text": "squeals again, call 13800138000"}
        await ask(crm, f"/follow-ups/{await the_call(crm, story)}/completion", **body, satisfied=False)

        (completed,) = crm.said(FollowUpCompleted)
        assert (completed.problem_found, completed.visit_id) == (True, story.visit_id)
        assert completed.text == "squeals again, call •••"

    @pytest.mark.req("CRM-11")
    async def test_is_counted_in_the_days_report_that_the_manager_reviews(self, crm: Department) -> None:
        stories = [await a_closed_visit(crm) for _ in range(4)]
        calls = [await the_call(crm, story) for story in stories]
        await crm.passes(days=5)
        await ask(crm, f"/follow-ups/{calls[0]}/completion", outcome="reached", satisfied=True)
        problem = {"outcome": "reached", "problem_found": True, "text": "noise"}
        await ask(crm, f"/follow-ups/{calls[1]}/completion", **problem, satisfied=False)
        await crm.hears(stories[1].complained("follow_up", UUID(calls[1])))
        for _ in range(3):
            await ask(crm, f"/follow-ups/{calls[2]}/attempts", note="busy")

        report = await ask(crm, "/follow-up-reports/2025-03-12/review", "PUT", comment="well done")

        assert (report["due"], report["made"], report["unreachable"]) == (4, 5, 1)
        assert (report["satisfied"], report["problems_found"], report["handed_on"]) == (1, 1, 1)
        assert report["comment"] == "well done"
        (ended,) = [said for said in crm.said(FollowUpCompleted) if said.outcome == "unreachable"]
        assert ended.visit_id == stories[2].visit_id


class TestASurvey:
    @pytest.mark.req("CRM-16")
    async def test_answered_by_link_is_told_with_its_total(self, crm: Department) -> None:
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
        assert [sent.visit_id for sent in crm.said(SurveySent)] == [story.visit_id]
        (told,) = crm.said(SurveyAnswered)
        assert (told.total, told.comment, told.by) == (Decimal("82.00"), "friendly", "customer")
        assert len(told.points) == 10
        assert crm.said(DissatisfactionDetected) == []

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
        assert [told.triggers for told in crm.said(DissatisfactionDetected)] == [("comment",)]

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
        assert crm.said(SurveyAnswered) == []

    @pytest.mark.req("CRM-24", "CRM-26")
    async def test_told_to_an_agent_with_a_low_score_is_told_as_dissatisfaction(
        self, crm: Department
    ) -> None:
        story = await a_closed_visit(crm)

        points = SATISFIED | {"price": 1}
        body = {"points": points, "channel": "phone", "comment": "far too dear"}
        shown = await ask(crm, f"/surveys/{await the_survey(crm, story)}/answer", **body)

        assert shown["dissatisfied"]
        (told,) = crm.said(DissatisfactionDetected)
        assert (told.triggers, told.total, told.lowest_item) == (("item", "total"), Decimal("78.00"), "price")
        assert crm.told.index(SurveyAnswered.TYPE) < crm.told.index(DissatisfactionDetected.TYPE)

    @pytest.mark.req("CRM-26")
    async def test_whose_comment_is_a_clear_opinion_is_told_later(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        survey = await the_survey(crm, story)
        await ask(crm, f"/surveys/{survey}/answer", points=SATISFIED, comment="open on Sundays")

        await ask(crm, f"/surveys/{survey}/opinion")
        await ask(crm, f"/surveys/{survey}/opinion")

        assert [told.triggers for told in crm.said(DissatisfactionDetected)] == [("comment",)]

    async def test_with_a_low_score_belongs_to_the_case_that_is_open(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        await crm.hears(story.complained())

        points = SATISFIED | {"price": 1}
        shown = await ask(crm, f"/surveys/{await the_survey(crm, story)}/answer", points=points)

        assert shown["complaint_id"] == str(story.complaint_id)

    async def test_filled_in_at_the_desk_is_not_sent_again(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        await ask(crm, f"/surveys/{await the_survey(crm, story)}/answer", points=SATISFIED, channel="desk")

        await crm.passes(days=10)

        assert crm.said(SurveySent) == []

    async def test_gets_a_new_link_that_ends_the_old_one(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        survey = await the_survey(crm, story)

        old, new = await ask(crm, f"/surveys/{survey}/links"), await ask(crm, f"/surveys/{survey}/links")

        assert (await crm.call("GET", f"/l/{old['token']}", root=True)).status_code == 410
        assert (await crm.call("GET", f"/l/{new['token']}", root=True)).json()["answerable"]
        assert len(crm.said(SurveySent)) == 1

    @pytest.mark.parametrize("sent", [{"points": {"price": 10}}, {"points": {"price": 4}}, {"grade": 1}])
    async def test_that_is_not_filled_in_well_changes_nothing(self, crm: Department, sent: Any) -> None:
        story = await a_closed_visit(crm)
        link = await ask(crm, f"/surveys/{await the_survey(crm, story)}/links")

        answered = await crm.call("POST", f"/l/{link['token']}", root=True, json=sent)

        assert answered.status_code in (409, 422)
        assert crm.said(SurveyAnswered) == []
        assert (await crm.call("GET", f"/l/{link['token']}", root=True)).json()["answerable"]


class TestNoticesAndReminders:
    @pytest.mark.req("RECP-35")
    async def test_a_notice_that_is_sent_is_in_the_log(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        (notice,) = (await show(crm, f"/notices?customer_id={story.customer_id}"))["items"]

        sent = await ask(crm, f"/notices/{notice['id']}/sending", channel="message", feedback="thanks")
        twice = await crm.call(
            "POST", f"/notices/{notice['id']}/sending", json={"channel": "message"}, who=EVERYTHING
        )

        assert sent["in_time"] is True
        assert (twice.status_code, twice.json()["state"]) == (409, "sent")
        log = (await show(crm, f"/visit-files/{story.visit_id}/contacts"))["items"]
        assert [(c["topic"], c["channel"], c["feedback"]) for c in log] == [
            ("completion", "message", "thanks")
        ]

    async def test_a_reminder_that_is_dismissed_is_not_shown_again(self, crm: Department) -> None:
        story = Story()
        await crm.hears(story.opened(), story.presented(), story.answered())
        (reminder,) = (await show(crm, "/reminders?state=open"))["items"]

        shown = await ask(crm, f"/reminders/{reminder['id']}/dismissal", reason="sold the car")

        assert (shown["state"], shown["allowed"]) == ("dismissed", [])
        assert (await show(crm, "/reminders?state=open"))["items"] == []

    @pytest.mark.req("CRM-33")
    async def test_a_contact_is_logged_with_who_took_part(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        body = {"topic": "progress", "channel": "phone", "participants": ["Zhao Min", "Wang Fang"]}

        await ask(
            crm, f"/customers/{customer_id}/contacts", **body, content="ring 138 0013 8000", feedback="ok"
        )

        (contact,) = (await show(crm, f"/customers/{customer_id}/contacts"))["items"]
        assert contact["participants"] == ["Zhao Min", "Wang Fang"]
        assert contact["content"] == "ring •••"
