"""What the people of a story do, in steps longer than one request."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from scenarios.desks import complaints, crm, parts, workshop
from scenarios.repairs import BRAKES, MORE, Repair
from scenarios.shop_client import Json, Person
from scenarios.visits.driver import VisitDriver

from tests.integration.story import Story


async def begins(driver: VisitDriver, *repairs: Repair) -> tuple[Json, Person]:
    """From arrival until a technician is at work on what was agreed; gives line and technician."""
    await driver.come()
    await driver.diagnose(*(repairs or (BRAKES,)))
    line = (await driver.agree())[0]
    return line, await driver.begin_line(line)


async def is_repaired(driver: VisitDriver, *repairs: Repair) -> list[Json]:
    """From arrival to a passed inspection; gives the lines that were done."""
    await driver.come()
    await driver.diagnose(*(repairs or (BRAKES,)))
    lines = await driver.agree()
    await driver.repair(lines)
    await driver.inspect()
    return lines


async def finds_more(driver: VisitDriver, technician: Person, *, blocks: Sequence[str] = ()) -> None:
    """The technician reports black oil; the desk will draft the next revision (E1)."""
    await workshop.find_additional_work(
        driver.client,
        technician,
        driver.job_id,
        lines=[MORE.line("the oil is black and lumpy")],
        why="found while the car was on the lift",
        blocks=blocks,
    )


async def finds_nothing(driver: VisitDriver) -> None:
    """The diagnosis of a car whose work is known already: a technician looks, another agrees."""
    job = await driver.client.eventually(
        lambda: workshop.job_of(driver.client, driver.supervisor, driver.visit_id), "the job"
    )
    driver.job_id = job["id"]
    line = next(line for line in job["lines"] if line["kind"] == "diagnosis")
    technician = await driver.begin_line(line | {"line_id": line["id"]})
    await workshop.report_diagnosis(
        driver.client, technician, driver.job_id, codes=["C0035"], findings=["as before"], lines=[]
    )
    await workshop.review(driver.client, driver.crew.one("technical-support"), driver.job_id)
    driver.crew.at_work.discard(technician)


async def is_ordered(driver: VisitDriver, line: Json) -> Json:
    """Parts has an order for what the line lacks, placed with the supplier; gives the order (E2)."""
    part_line_id = line["parts"][0]["part_line_id"]

    async def asked() -> Json | None:
        return await parts.order_of(driver.client, driver.keeper, part_line_id)

    order = await driver.client.eventually(asked, "the order of a part that is not in stock")
    if order["state"] == "requested":
        await parts.place(driver.client, driver.keeper, order["id"], driver.context.supplier_id)
    return order


async def complains(driver: VisitDriver, category: str, text: str) -> tuple[str, Person]:
    """The customer complains at the desk and has a first answer; gives the case and its officer (E8)."""
    officer = driver.crew.one("complaint-officer")
    case = await complaints.record(
        driver.client,
        officer,
        customer_id=driver.customer_id,
        visit_id=driver.visit_id,
        category=category,
        text=text,
    )
    await complaints.answer(driver.client, officer, case["id"], "we are sorry and look into it at once")
    return str(case["id"]), officer


async def is_decided(driver: VisitDriver, case: str, officer: Person, kind: str, **what: Any) -> UUID:
    """A measure, as soon as complaints knows what it is about; gives its id."""
    shown = await driver.client.when_possible(
        lambda: complaints.decide(driver.client, officer, case, kind, **what), f"the decision to {kind}"
    )
    return UUID(shown["measure_id"])


async def is_resolved(driver: VisitDriver, case: str, officer: Person) -> None:
    """All measures are carried out, the customer is told and agrees."""
    await driver.client.when_possible(
        lambda: complaints.tell(driver.client, officer, case, "it is done as we said"), "the measure"
    )
    await complaints.resolve(driver.client, officer, case, "the customer accepts what was done")


async def rework_of(driver: VisitDriver) -> list[Json]:
    """The rework's lines as the workshop has them, in the shape of an estimate's."""

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


async def is_scored(
    story: Story, driver: VisitDriver, points: int, *, comment: str | None = None, price: int
) -> UUID:
    """The customer gives every item of the survey so many points, and the price its own; gives the survey."""
    agent = story.person("customer-service")
    (survey,) = await story.surveys(driver)
    template = await story.client.get("crm", "/survey-template", who=agent)
    given = {item["item"]: points for item in template["items"]} | {"price": price}
    await crm.answer_survey(story.client, agent, survey["id"], given, comment)
    await story.settled()
    return UUID(survey["id"])
