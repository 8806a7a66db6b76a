"""The desk's lists and the screen of a visit."""

from services.reception.tests.builders import CUSTOMER, shortage
from services.reception.tests.conftest import CHECKS, Desk

NOBODY = "00000000-0000-7000-8000-00000000dead"


class TestLists:
    async def test_are_paged_and_searched(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        numbers = [(await desk.open())["request_no"] for _ in range(3)]

        first = (await desk.ask("GET", "/visits?limit=2&q=li%20l")).json()
        rest = (await desk.ask("GET", f"/visits?limit=2&q=li%20l&cursor={first['next']}")).json()

        listed = [row["request_no"] for row in first["items"] + rest["items"]]
        assert listed == numbers[::-1]
        assert rest["next"] is None
        assert first["items"][0]["customer_name"] == "Li Lei"

    async def test_find_by_plate_vin_number_and_state(self, desk: Desk) -> None:
        await desk.knows_the_shop()
        await desk.open()
        expected = {
            "q=沪A1": 1,
            "q=沪a·12": 1,
            "q=LSVAA": 1,
            "q=-": 0,
            "q=W-2503": 1,
            "q=%25": 0,
            "state=arrived": 1,
            "here=true": 1,
            "here=false": 0,
            f"customer_id={CUSTOMER}": 1,
            f"vehicle_id={NOBODY}": 0,
            f"advisor_id={NOBODY}": 0,
        }

        found = {q: len((await desk.ask("GET", f"/visits?{q}")).json()["items"]) for q in expected}

        assert found == expected

    async def test_show_vehicles_menu_and_tasks(self, desk: Desk) -> None:
        await desk.estimated()

        vehicles = (await desk.ask("GET", "/vehicles?q=沪a·1")).json()["items"]
        menu = (await desk.ask("GET", "/menu")).json()["items"]
        (task,) = (await desk.ask("GET", "/tasks?purpose=present_estimate")).json()["items"]
        done = await desk.ask("POST", f"/tasks/{task['id']}/completion")

        assert (vehicles[0]["customer_name"], menu, task["plate"]) == ("Li Lei", [], "沪A12345")
        assert done.json()["done_at"] is not None
        assert (await desk.ask("GET", "/tasks")).json()["items"] == []


class TestTheScreen:
    async def test_is_read_by_one_statement_besides_the_house_rules(self, desk: Desk) -> None:
        await desk.ready()

        with desk.department.statements() as seen:
            await desk.look()

        assert len(seen) == 1

    async def test_shows_amounts_with_all_their_places(self, desk: Desk) -> None:
        (line,) = await desk.estimated()
        await desk.department.receives(shortage(desk.request_id, line))
        await desk.do("notices", {"topic": "parts", "note": "two days"})

        screen = await desk.look()

        (part,), (notice,) = screen["parts"], screen["notices"]
        assert (part["wanted"], part["issued"]) == ("2.000", "0.000")
        assert screen["visit"]["estimates"][0]["total_gross"] == "573.70"
        assert screen["visit"]["lines"][0]["agreed"]["gross"] == "63.60"
        assert (notice["topic"], notice["note"]) == ("parts", "two days")

    async def test_promises_only_what_is_still_to_do(self, desk: Desk) -> None:
        (line,) = await desk.estimated()
        await desk.answered()
        before = await desk.look()

        await desk.department.receives(desk.job.completed(line.line_id))
        after = await desk.look()

        assert after["earliest_handover_at"] < before["earliest_handover_at"]

    async def test_shows_everything_and_what_it_waits_for(self, desk: Desk) -> None:
        await desk.ready()

        screen = await desk.look()

        assert screen["customer"]["display_name"] == "Li Lei"
        assert (screen["job"]["status"], screen["invoice"]["payable"]) == ("ready", "540.00")
        assert screen["waiting_for"] == ["reception.visit", "billing.invoice"]
        assert screen["earliest_handover_at"] is not None

    async def test_handover_refuses_before_the_signature(self, desk: Desk) -> None:
        await desk.ready()

        problem = await desk.refuses("handover")
        await desk.do("acceptance", {"invoice_revision": 1, "checks": CHECKS})

        assert problem["missing"] == ["reception.visit", "billing.invoice"]
