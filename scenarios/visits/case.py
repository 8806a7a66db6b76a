"""A complaint about a visit, from the first word to the customer's agreement (E8)."""

from typing import Any
from uuid import UUID

from scenarios.desks import complaints, workshop
from scenarios.shop_client import Json, Person
from scenarios.visits.driver import VisitDriver


async def open_case(
    driver: VisitDriver, category: str, text: str, *, during_visit: bool = True
) -> tuple[str, Person]:
    """The customer complains and has a first answer; gives the case and its officer."""
    officer = driver.crew.one("complaint-officer")
    case = await complaints.record(
        driver.client,
        officer,
        customer_id=driver.customer_id,
        visit_id=driver.visit_id,
        category=category,
        text=text,
        during_visit=during_visit,
    )
    await complaints.answer(driver.client, officer, case["id"], "we are sorry and look into it at once")
    return str(case["id"]), officer


async def decide(driver: VisitDriver, case_id: str, officer: Person, kind: str, **what: Any) -> UUID:
    """A measure, as soon as complaints knows what it is about; gives its id."""
    shown = await driver.client.when_possible(
        lambda: complaints.decide(driver.client, officer, case_id, kind, **what), f"the decision to {kind}"
    )
    return UUID(shown["measure_id"])


async def resolve(driver: VisitDriver, case_id: str, officer: Person) -> None:
    """All measures are carried out, the customer is notified and agrees."""
    await driver.client.when_possible(
        lambda: complaints.notify(driver.client, officer, case_id, "what was decided is done"), "the measure"
    )
    await complaints.resolve(driver.client, officer, case_id, "the customer accepts what was done")


async def rework_lines(driver: VisitDriver) -> list[Json]:
    """The rework's lines as the workshop has them, in the shape of an estimate's lines."""

    async def look() -> list[Json] | None:
        job = await workshop.job_of(driver.client, driver.supervisor, driver.visit_id)
        whole = await workshop.job(driver.client, driver.supervisor, job["id"]) if job else {"lines": []}
        return [_as_estimated(line) for line in whole["lines"] if _is_rework(line)] or None

    return await driver.client.eventually(look, "the rework in the workshop")


def _is_rework(line: Json) -> bool:
    return bool(line["kind"] == "rework" and line["authorised"] and line["state"] != "done")


def _as_estimated(line: Json) -> Json:
    needs = [{"part_line_id": part["id"], "quantity": part["expected"]} for part in line["parts"]]
    return {"line_id": line["id"], "skill": line["skill"], "title": line["title"], "parts": needs}
