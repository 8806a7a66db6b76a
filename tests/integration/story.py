"""What the people of a story do, in steps longer than one request."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from demo.desks import complaints, crm, parts, workshop
from demo.doors import Json, Person
from demo.repairs import BRAKES, MORE, Repair
from demo.visits.course import Course

from tests.integration.town import Town


async def begins(course: Course, *repairs: Repair) -> tuple[Json, Person]:
    """From arrival until a technician is at work on what was agreed; gives line and technician."""
    await course.come()
    await course.diagnose(*(repairs or (BRAKES,)))
    line = (await course.agree())[0]
    return line, await course.begin_line(line)


async def is_repaired(course: Course, *repairs: Repair) -> list[Json]:
    """From arrival to a passed inspection; gives the lines that were done."""
    await course.come()
    await course.diagnose(*(repairs or (BRAKES,)))
    lines = await course.agree()
    await course.repair(lines)
    await course.inspect()
    return lines


async def finds_more(course: Course, technician: Person, *, blocks: Sequence[str] = ()) -> None:
    """The technician reports black oil; the desk will draft the next revision (E1)."""
    await workshop.find_additional_work(
        course.doors,
        technician,
        course.job_id,
        lines=[MORE.line("the oil is black and lumpy")],
        why="found while the car was on the lift",
        blocks=blocks,
    )


async def finds_nothing(course: Course) -> None:
    """The diagnosis of a car whose work is known already: a technician looks, another agrees."""
    job = await course.doors.eventually(
        lambda: workshop.job_of(course.doors, course.supervisor, course.visit_id), "the job"
    )
    course.job_id = job["id"]
    line = next(line for line in job["lines"] if line["kind"] == "diagnosis")
    technician = await course.begin_line(line | {"line_id": line["id"]})
    await workshop.report_diagnosis(
        course.doors, technician, course.job_id, codes=["C0035"], findings=["as before"], lines=[]
    )
    await workshop.review(course.doors, course.crew.one("technical-support"), course.job_id)
    course.crew.at_work.discard(technician)


async def is_ordered(course: Course, line: Json) -> Json:
    """Parts has an order for what the line lacks, placed with the supplier; gives the order (E2)."""
    part_line_id = line["parts"][0]["part_line_id"]

    async def asked() -> Json | None:
        return await parts.order_of(course.doors, course.keeper, part_line_id)

    order = await course.doors.eventually(asked, "the order of a part that is not in stock")
    if order["state"] == "requested":
        await parts.place(course.doors, course.keeper, order["id"], course.floor.supplier_id)
    return order


async def complains(course: Course, category: str, text: str) -> tuple[str, Person]:
    """The customer complains at the desk and has a first answer; gives the case and its officer (E8)."""
    officer = course.crew.one("complaint-officer")
    case = await complaints.record(
        course.doors,
        officer,
        customer_id=course.customer_id,
        visit_id=course.visit_id,
        category=category,
        text=text,
    )
    await complaints.answer(course.doors, officer, case["id"], "we are sorry and look into it at once")
    return str(case["id"]), officer


async def is_decided(course: Course, case: str, officer: Person, kind: str, **what: Any) -> UUID:
    """A measure, as soon as complaints knows what it is about; gives its id."""
    shown = await course.doors.once_possible(
        lambda: complaints.decide(course.doors, officer, case, kind, **what), f"the decision to {kind}"
    )
    return UUID(shown["measure_id"])


async def is_resolved(course: Course, case: str, officer: Person) -> None:
    """All measures are carried out, the customer is told and agrees."""
    await course.doors.once_possible(
        lambda: complaints.tell(course.doors, officer, case, "it is done as we said"), "the measure"
    )
    await complaints.resolve(course.doors, officer, case, "the customer accepts what was done")


async def rework_of(course: Course) -> list[Json]:
    """The rework's lines as the workshop has them, in the shape of an estimate's."""

    async def look() -> list[Json] | None:
        job = await workshop.job_of(course.doors, course.supervisor, course.visit_id)
        whole = await workshop.job(course.doors, course.supervisor, job["id"]) if job else {"lines": []}
        return [_as_estimated(line) for line in whole["lines"] if _is_rework(line)] or None

    return await course.doors.eventually(look, "the rework in the workshop")


def _is_rework(line: Json) -> bool:
    return bool(line["kind"] == "rework" and line["authorised"] and line["state"] != "done")


def _as_estimated(line: Json) -> Json:
    needs = [{"part_line_id": part["id"], "quantity": part["expected"]} for part in line["parts"]]
    return {"line_id": line["id"], "skill": line["skill"], "title": line["title"], "parts": needs}


async def is_scored(
    town: Town, course: Course, points: int, *, comment: str | None = None, price: int
) -> UUID:
    """The customer gives every item of the survey so many points, and the price its own; gives the survey."""
    agent = town.person("customer-service")
    (survey,) = await town.surveys(course)
    template = await town.doors.get("crm", "/survey-template", who=agent)
    given = {item["item"]: points for item in template["items"]} | {"price": price}
    await crm.answer_survey(town.doors, agent, survey["id"], given, comment)
    await town.settled()
    return UUID(survey["id"])
