"""What the people of a story do, in steps longer than one request."""

from uuid import UUID

from scenarios.desks import crm
from scenarios.repairs import BRAKES, Repair
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
