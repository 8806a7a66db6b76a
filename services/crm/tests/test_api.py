"""Crm's endpoints: who may pass, what is masked, what malformed, repeated and stale requests get."""

from typing import Any
from uuid import uuid4

import pytest
from services.crm.tests.builders import EVERYTHING, VIN, Story, a_customer, ask, show

from contracts.events.crm import CustomerRegistered
from contracts.permissions import crm as may_crm
from contracts.permissions import everywhere
from crm.main import service
from testkit.department import Department

CUSTOMER = {"display_name": "Wang Fang", "phone": "138 0013 8000"}


class TestPermissions:
    async def test_are_asked_on_every_route(self, crm: Department) -> None:
        routes = [
            (method, route.path)  # type: ignore[attr-defined]
            for router in service.routers
            for route in router.routes
            for method in route.methods  # type: ignore[attr-defined]
            if not route.path.startswith("/l/")  # type: ignore[attr-defined]
        ]
        for method, path in routes:
            filled = path.replace("{on}", "2025-03-07").replace("{purpose}", "communication")
            for name in ("customer", "vehicle", "visit", "notice", "reminder", "follow_up", "survey"):
                filled = filled.replace(f"{{{name}_id}}", str(uuid4()))

            assert (await crm.call(method, filled)).status_code == 401, (method, path)
            refused = await crm.call(method, filled, who=["parts.issue"])
            assert refused.status_code == 403, (method, path)
            assert refused.json()["permission"].startswith("crm.")

    @pytest.mark.req("DATA-04")
    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("POST", "/customers", CUSTOMER),
            ("PUT", "/customers/{id}/classification", {"customer_class": "vip"}),
            ("POST", "/customers/{id}/consents", {"purpose": "communication"}),
            ("PUT", "/follow-up-reports/2025-03-07/review", {"comment": "good"}),
        ],
    )
    async def test_to_read_change_nothing(self, crm: Department, method: str, path: str, body: Any) -> None:
        customer_id = await a_customer(crm, "13900139000")

        refused = await crm.call(method, path.format(id=customer_id), json=body, who=[may_crm.READ])

        assert refused.status_code == 403
        assert len(crm.published(CustomerRegistered)) == 1


class TestPersonalData:
    @pytest.mark.req("DATA-04")
    async def test_is_masked_without_the_permission(self, crm: Department) -> None:
        customer_id = await a_customer(crm, address="Zhongshan Road 5")

        answer = await crm.call("GET", f"/customers/{customer_id}", who=[may_crm.READ])

        assert (answer.json()["phone"], answer.json()["address"]) == ("****8000", None)
        readings = await crm.call("GET", f"/customers/{customer_id}/readings", who=EVERYTHING)
        assert readings.json()["items"] == []

    @pytest.mark.req("DATA-07")
    async def test_is_read_on_record(self, crm: Department) -> None:
        customer_id = await a_customer(crm, address="Zhongshan Road 5")

        answer = await crm.call(
            "GET", f"/customers/{customer_id}?purpose=call+back", who=[may_crm.READ, everywhere.PERSONAL_READ]
        )

        assert (answer.json()["phone"], answer.json()["address"]) == ("+8613800138000", "Zhongshan Road 5")
        assert answer.headers["cache-control"] == "no-store"
        readings = (await show(crm, f"/customers/{customer_id}/readings"))["items"]
        assert {(r["field"], r["purpose"], r["result"]) for r in readings} == {
            ("phone", "call back", "read"),
            ("address", "call back", "read"),
        }

    async def test_is_masked_in_lists_and_answers_for_everyone(self, crm: Department) -> None:
        registered = await ask(crm, "/customers", **CUSTOMER)

        listed = (await show(crm, "/customers"))["items"]
        found = await ask(crm, "/directory/phone-searches", phone="13800138000")

        assert {registered["phone"], listed[0]["phone"], found[0]["phone"]} == {"****8000"}


class TestTheDirectory:
    async def test_finds_by_phone_name_plate_and_vin(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        await a_customer(crm, "13900139000", display_name="李娜")
        car = {"customer_id": str(customer_id), "plate": "粤A·12345", "make": "VW", "model": "Lavida"}
        await ask(crm, "/vehicles", **car, vin=VIN)

        by_phone = await ask(crm, "/directory/phone-searches", phone="+86 138-0013-8000")
        nobody = await ask(crm, "/directory/phone-searches", phone="13700137000")
        others = [await show(crm, f"/directory?{q}") for q in ("name=wang f", "plate=粤a-123", "vin=1m8gdm9")]
        chinese = await show(crm, "/directory?name=李")

        assert [found["id"] for found in by_phone] == [str(customer_id)]
        assert by_phone[0]["vehicles"][0]["vin"] == VIN
        assert nobody == []
        assert all(page["items"] == by_phone for page in others)
        assert [found["display_name"] for found in chinese["items"]] == ["李娜"]

    async def test_comes_in_pages(self, crm: Department) -> None:
        for n in range(3):
            await a_customer(crm, f"1380013800{n}", display_name=f"Wang {n}")

        first = await show(crm, "/directory?name=wang&limit=2")
        second = await show(crm, f"/directory?name=wang&limit=2&cursor={first['next']}")

        names = [found["display_name"] for page in (first, second) for found in page["items"]]
        assert names == ["Wang 0", "Wang 1", "Wang 2"]
        assert second["next"] is None


class TestRequests:
    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"display_name": "Wang Fang", "phone": "12"},
            {"display_name": "", "phone": "13800138000"},
            CUSTOMER | {"nickname": "F"},
            CUSTOMER | {"customer_class": "vip"},
            CUSTOMER | {"consents": ["spam"]},
        ],
    )
    async def test_that_are_malformed_change_nothing(self, crm: Department, body: Any) -> None:
        answer = await crm.call("POST", "/customers", json=body, who=EVERYTHING)

        assert answer.status_code == 422
        assert answer.json()["code"] == "invalid"
        assert (await show(crm, "/customers"))["items"] == []
        assert crm.published_types == []

    @pytest.mark.parametrize("vin", ["1M8GDM9A1KP042788", "TOO-SHORT", "IOQIOQIOQIOQIOQIO"])
    async def test_with_a_wrong_vin_are_malformed(self, crm: Department, vin: str) -> None:
        customer_id = await a_customer(crm)
        car = {"customer_id": str(customer_id), "plate": "粤A1", "make": "VW", "model": "Polo", "vin": vin}

        assert (await crm.call("POST", "/vehicles", json=car, who=EVERYTHING)).status_code == 422

    async def test_with_money_as_a_float_are_malformed(self, crm: Department) -> None:
        path = f"/customers/{await a_customer(crm)}/classification"
        body = {"customer_class": "vip", "credit_limit": 12.5}

        assert (await crm.call("PUT", path, json=body, who=EVERYTHING)).status_code == 422

    async def test_about_a_problem_describe_it(self, crm: Department) -> None:
        story = Story()
        await crm.receives(story.opened(), story.closed())
        (call,) = (await show(crm, "/follow-ups"))["items"]
        body = {"outcome": "unreachable", "problem_found": True}

        answer = await crm.call("POST", f"/follow-ups/{call['id']}/completion", json=body, who=EVERYTHING)

        assert answer.status_code == 422

    async def test_repeated_with_their_key_are_answered_twice_and_done_once(self, crm: Department) -> None:
        key = {"Idempotency-Key": "desk-1-0001"}

        first = await crm.call("POST", "/customers", json=CUSTOMER, who=EVERYTHING, headers=key)
        again = await crm.call("POST", "/customers", json=CUSTOMER, who=EVERYTHING, headers=key)
        other = await crm.call(
            "POST", "/customers", json=CUSTOMER | {"display_name": "Li"}, who=EVERYTHING, headers=key
        )

        assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
        assert first.json() == again.json()
        assert len(crm.published(CustomerRegistered)) == 1

    async def test_that_are_stale_are_answered_with_the_version(self, crm: Department) -> None:
        customer_id = await a_customer(crm)
        seen = (await crm.call("GET", f"/customers/{customer_id}", who=EVERYTHING)).headers["etag"]
        car = {"customer_id": str(customer_id), "plate": "粤A1", "make": "VW", "model": "Polo"}
        vehicle = await ask(crm, "/vehicles", **car)
        shown = await crm.call("GET", f"/vehicles/{vehicle['id']}", who=EVERYTHING)
        assert shown.headers["etag"] == f'"{vehicle["version"]}"'
        body = {"display_name": "Wang Fang-Li"}
        path = f"/customers/{customer_id}"

        changed = await crm.call("PATCH", path, json=body, who=EVERYTHING, headers={"If-Match": seen})
        stale = await crm.call("PATCH", path, json=body, who=EVERYTHING, headers={"If-Match": seen})

        assert changed.status_code == 200
        assert changed.json()["version"] == int(changed.headers["etag"].strip('"'))
        assert (stale.status_code, stale.json()["version"]) == (412, changed.json()["version"])

    async def test_that_cannot_be_done_now_name_the_state_and_what_is_allowed(self, crm: Department) -> None:
        story = Story()
        await crm.receives(story.opened(), story.closed())
        (call,) = (await show(crm, "/follow-ups"))["items"]
        assert call["allowed"] == ["note_attempt", "complete"]
        await ask(crm, f"/follow-ups/{call['id']}/completion", outcome="refused")

        again = await crm.call("POST", f"/follow-ups/{call['id']}/attempts", json={}, who=EVERYTHING)

        assert again.status_code == 409
        assert (again.json()["code"], again.json()["state"]) == ("illegal_transition", "done")
        assert again.json()["allowed"] == []

    async def test_for_what_is_not_there_are_answered_so(self, crm: Department) -> None:
        for path in ("customers", "vehicles", "visit-files", "notices", "reminders", "follow-ups", "surveys"):
            answer = await crm.call("GET", f"/{path}/{uuid4()}", who=EVERYTHING)

            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path

    @pytest.mark.req("CRM-16")
    async def test_for_the_form_show_its_items(self, crm: Department) -> None:
        form = await show(crm, "/survey-template")

        assert (len(form["items"]), form["least_answers"]) == (10, 8)
        assert list(form["grades"]) == ["10", "8", "5", "3", "1"]
