"""What crm's screens show, on a real database: personal data, the directory, the form."""

import pytest
from services.crm.tests.builders import EVERYTHING, VIN, a_customer, ask, show

from contracts.permissions import crm as may_crm
from contracts.permissions import everywhere
from testkit.department import Department

CUSTOMER = {"display_name": "Wang Fang", "phone": "138 0013 8000"}


class TestPersonalData:
    @pytest.mark.req("DATA-04")
    async def test_is_masked_without_the_permission(self, crm: Department) -> None:
        customer_id = await a_customer(crm, address="Zhongshan Road 5")

        answer = await crm.call("GET", f"/customers/{customer_id}", who=[may_crm.READ])

        assert (answer.json()["phone"], answer.json()["address"]) == ("****8000", None)
        readings = await crm.call("GET", f"/customers/{customer_id}/readings", who=EVERYTHING)
        assert readings.json()["items"] == []

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


class TestTheForm:
    @pytest.mark.req("CRM-16")
    async def test_shows_its_items_and_grades(self, crm: Department) -> None:
        form = await show(crm, "/survey-template")

        assert (len(form["items"]), form["least_answers"]) == (10, 8)
        assert list(form["grades"]) == ["10", "8", "5", "3", "1"]
