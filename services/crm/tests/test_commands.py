"""What people ask of crm, on a real database: customers, vehicles, calls, notices."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from services.crm.tests.builders import (
    EVERYTHING,
    VIN,
    Story,
    a_closed_visit,
    a_customer,
    a_vehicle,
    ask,
    show,
    the_call,
)
from sqlalchemy import text

from contracts.events.crm import (
    CustomerChanged,
    CustomerRegistered,
    FollowUpCompleted,
    VehicleChanged,
    VehicleRegistered,
)
from testkit.department import Department


class TestCustomers:
    async def test_are_published_by_name_and_class_alone(self, crm: Department) -> None:
        await a_customer(crm)

        (registered,) = crm.published(CustomerRegistered)
        assert registered.customer_no == "C000001"
        assert (registered.display_name, registered.customer_class) == ("Wang Fang", "normal")
        assert "1380013" not in str(crm.committed[0].data)

    async def test_are_in_no_table_with_phone_or_address_in_clear(self, crm: Department) -> None:
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
        assert len(crm.published(CustomerRegistered)) == 1

    @pytest.mark.req("DATA-12")
    async def test_keep_their_own_number_when_they_change_it(self, crm: Department) -> None:
        first, second = await a_customer(crm), await a_customer(crm, "139 0013 9000")

        await ask(crm, f"/customers/{first}", "PATCH", phone="138-0013-8000", display_name="Wang Fang-Li")
        body = {"phone": "13900139000"}
        taken = await crm.call("PATCH", f"/customers/{first}", json=body, who=EVERYTHING)

        assert taken.json()["existing_id"] == str(second)
        assert [changed.display_name for changed in crm.published(CustomerChanged)] == ["Wang Fang-Li"]

    async def test_get_class_and_credit(self, crm: Department) -> None:
        customer_id = await a_customer(crm)

        body = {"customer_class": "vip", "credit_limit": "5000.00"}
        shown = await ask(crm, f"/customers/{customer_id}/classification", "PUT", **body)

        assert shown["credit_limit"] == "5000.00"
        (changed,) = crm.published(CustomerChanged)
        assert (changed.customer_class, changed.credit_limit) == ("vip", Decimal("5000.00"))

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
    async def test_are_published_in_their_normal_form(self, crm: Department) -> None:
        customer_id = await a_customer(crm)

        await a_vehicle(crm, customer_id, vin=VIN.lower())

        (registered,) = crm.published(VehicleRegistered)
        assert (registered.plate, registered.vin, registered.customer_id) == ("粤A12345", VIN, customer_id)

    async def test_with_a_vin_on_file_are_the_one_on_file(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        first = await a_vehicle(crm, customer_id, vin=VIN)

        facts = {"customer_id": str(customer_id), "plate": "粤B1", "make": "VW", "model": "Polo", "vin": VIN}
        again = await crm.call("POST", "/vehicles", json=facts, who=EVERYTHING)

        assert (again.status_code, again.json()["existing_id"]) == (409, first["id"])

    async def test_keep_their_own_vin_when_they_change(self, crm: Department) -> None:
        vehicle = await a_vehicle(crm, await a_customer(crm), vin=VIN)
        facts = {"plate": "粤B99999", "make": "VW", "model": "Lavida", "vin": VIN}

        shown = await ask(crm, f"/vehicles/{vehicle['id']}", "PUT", **facts)

        assert (shown["plate"], shown["vin"], len(shown["ownerships"])) == ("粤B99999", VIN, 1)

    async def test_of_nobody_on_file_are_refused(self, crm: Department) -> None:
        facts = {"customer_id": str(uuid4()), "plate": "粤B1", "make": "VW", "model": "Polo"}

        assert (await crm.call("POST", "/vehicles", json=facts, who=EVERYTHING)).status_code == 404

    @pytest.mark.req("DATA-12")
    async def test_change_and_are_published_at_once(self, crm: Department) -> None:
        customer_id, buyer = await a_customer(crm), await a_customer(crm, "13900139000")
        vehicle = await a_vehicle(crm, customer_id)
        facts = {"plate": "粤B99999", "make": "VW", "model": "Lavida"}

        await ask(crm, f"/vehicles/{vehicle['id']}", "PUT", **facts, engine_no="E1")
        sold = await ask(crm, f"/vehicles/{vehicle['id']}/owner", "PUT", customer_id=str(buyer))

        assert [(v.plate, v.customer_id) for v in crm.published(VehicleChanged)] == [
            ("粤B99999", customer_id),
            ("粤B99999", buyer),
        ]
        assert [owner["customer_id"] for owner in sold["ownerships"]] == [str(customer_id), str(buyer)]

    @pytest.mark.req("DATA-02")
    async def test_are_on_file_with_their_owner_and_how_to_reach_them(self, crm: Department) -> None:
        customer_id = await a_customer(crm)

        vehicle = await a_vehicle(crm, customer_id, vin=VIN, engine_no="EA211")

        owner = await show(crm, f"/customers/{customer_id}?purpose=call+back")
        assert (owner["display_name"], owner["phone"]) == ("Wang Fang", "+8613800138000")
        file = await show(crm, f"/vehicles/{vehicle['id']}")
        assert (file["plate"], file["make"], file["model"]) == ("粤A12345", "VW", "Lavida")
        assert (file["engine_no"], file["vin"]) == ("EA211", VIN)
        assert [owner["customer_id"] for owner in file["ownerships"]] == [str(customer_id)]


class TestACall:
    @pytest.mark.req("CRM-10")
    async def test_is_read_from_its_script_and_keeps_result_and_answers(self, crm: Department) -> None:
        story = await a_closed_visit(crm)
        call = await the_call(crm, story)
        asked = (await show(crm, f"/follow-ups/{call}"))["script"]
        answers = ["runs well", "yes, clearly", "the wait"]

        await ask(
            crm,
            f"/follow-ups/{call}/completion",
            outcome="reached",
            satisfied=True,
            answers=answers,
            text="-",
        )

        done = await show(crm, f"/follow-ups/{call}")
        assert len(asked) == 5
        assert (done["state"], done["outcome"], done["satisfied"]) == ("done", "reached", True)
        assert done["answers"] == answers

    @pytest.mark.req("CRM-46")
    async def test_that_finds_a_problem_reaches_complaints(self, crm: Department) -> None:
        story = await a_closed_visit(crm)

        body: dict[str, Any] = {
            "outcome": "reached",
            "problem_found": True,
            "text": "squeals again, call 13800138000",
        }
        await ask(crm, f"/follow-ups/{await the_call(crm, story)}/completion", **body, satisfied=False)

        (completed,) = crm.published(FollowUpCompleted)
        assert (completed.problem_found, completed.visit_id) == (True, story.visit_id)
        assert completed.text == "squeals again, call •••"

    async def test_is_counted_in_the_days_report_that_the_manager_reviews(self, crm: Department) -> None:
        stories = [await a_closed_visit(crm) for _ in range(4)]
        calls = [await the_call(crm, story) for story in stories]
        await crm.passes(days=5)
        await ask(crm, f"/follow-ups/{calls[0]}/completion", outcome="reached", satisfied=True)
        problem: dict[str, Any] = {"outcome": "reached", "problem_found": True, "text": "noise"}
        await ask(crm, f"/follow-ups/{calls[1]}/completion", **problem, satisfied=False)
        await crm.receives(stories[1].complained("follow_up", UUID(calls[1])))
        for _ in range(3):
            await ask(crm, f"/follow-ups/{calls[2]}/attempts", note="busy")

        report = await ask(crm, "/follow-up-reports/2025-03-12/review", "PUT", comment="well done")

        assert (report["due"], report["made"], report["unreachable"]) == (4, 5, 1)
        assert (report["satisfied"], report["problems_found"], report["handed_on"]) == (1, 1, 1)
        assert report["comment"] == "well done"
        (ended,) = [done for done in crm.published(FollowUpCompleted) if done.outcome == "unreachable"]
        assert ended.visit_id == stories[2].visit_id


class TestNoticesAndReminders:
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
        await crm.receives(story.opened(), story.presented(), story.answered())
        (reminder,) = (await show(crm, "/reminders?state=open"))["items"]

        shown = await ask(crm, f"/reminders/{reminder['id']}/dismissal", reason="sold the car")

        assert (shown["state"], shown["allowed"]) == ("dismissed", [])
        assert (await show(crm, "/reminders?state=open"))["items"] == []

    async def test_a_contact_is_logged_with_who_took_part(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        body: dict[str, Any] = {
            "topic": "progress",
            "channel": "phone",
            "participants": ["Zhao Min", "Wang Fang"],
        }

        await ask(
            crm, f"/customers/{customer_id}/contacts", **body, content="ring 138 0013 8000", feedback="ok"
        )

        (contact,) = (await show(crm, f"/customers/{customer_id}/contacts"))["items"]
        assert contact["participants"] == ["Zhao Min", "Wang Fang"]
        assert contact["content"] == "ring •••"
