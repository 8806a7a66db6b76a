"""A visit's job in the workshop: diagnosis, parts at the counter, repair, inspection."""

from collections.abc import Sequence
from decimal import Decimal

from scenarios.desks import parts, workshop
from scenarios.repairs import Repair, pick
from scenarios.shop_client import Json, Person, Refused
from scenarios.visits.caller import Caller

TAKEN = frozenset({"technician_busy", "no_bay_free", "bay_occupied"})
"""Refusals after which one waits until a technician or a bay is free."""
_STANDS_STILL = frozenset({"work_interrupted"})
"""The customer's answer, or the part, has not reached the workshop yet."""


class JobDriver(Caller):
    """Drives the job of one visit."""

    async def diagnose(self, *repairs: Repair, factor: int = 1) -> None:
        """Five steps, the codes read, the plan reviewed by another; the desk drafts the estimate."""
        work = repairs or (self.repair_work,)
        await self._report([repair.line(self.fault.words, factor=factor) for repair in work], work[0].codes)

    async def look_at_it(self) -> None:
        """The same five steps, and nothing to propose: what is to be done is agreed already."""
        await self._report([], self.repair_work.codes)

    async def _report(self, lines: Sequence[Json], letter: str) -> None:
        job = await self.client.eventually(self._job, f"the job of visit {self.visit_id}")
        self.job_id = job["id"]
        line = next(line for line in job["lines"] if line["kind"] == "diagnosis")
        technician = await self._dispatch([line["id"]], line["skill"])
        await self._start(line["id"], technician)
        await workshop.report_diagnosis(
            self.client,
            technician,
            self.job_id,
            codes=[pick(self.context.codes[letter], self.fault.number)],
            findings=[f"{self.fault.component.title()}: {self.fault.words[:300]}"],
            lines=lines,
        )
        self.crew.at_work.discard(technician)
        await workshop.review(self.client, self.crew.one("technical-support"), self.job_id)

    async def repair(self, lines: Sequence[Json]) -> None:
        """Parts at the counter, then each line by one technician, start to end."""
        for line in lines:
            await self.do_line(line)

    async def do_line(self, line: Json) -> None:
        """One line: dispatched, parts fetched, done."""
        await self.finish_line(line, await self.begin_line(line))

    async def finish_line(self, line: Json, technician: Person, used: dict[str, str] | None = None) -> None:
        """The line is done; what was issued for it is in the car, unless ``used`` differs."""
        all_of_it = {part["part_line_id"]: part["quantity"] for part in line["parts"]}
        await workshop.complete(
            self.client,
            technician,
            self.job_id,
            line["line_id"],
            used=all_of_it if used is None else used,
            result=f"{line['title']['en']}: done",
        )
        self.crew.at_work.discard(technician)

    async def begin_line(self, line: Json) -> Person:
        """Dispatch a line, issue its parts to the technician, start; gives the technician."""
        technician = await self._dispatch([line["line_id"]], line["skill"])
        await self.fetch_parts(line, technician)
        await self._start(line["line_id"], technician)
        return technician

    async def go_on(self, line: Json, technician: Person) -> None:
        """A line that stood still, or failed the inspection, is begun again and done."""
        await self._start(line["line_id"], technician)
        await self.finish_line(line, technician)

    async def fetch_parts(self, line: Json, technician: Person) -> None:
        """The technician asks at the counter and gets everything that the line needs."""
        wanted = [(part["part_line_id"], part["quantity"]) for part in line["parts"]]
        if not wanted:
            return
        reservation = await self.reservation()
        await self.client.when_possible(
            lambda: parts.ask_for(self.client, technician, reservation["id"], wanted), "the counter"
        )
        await self.client.when_possible(
            lambda: parts.issue(self.client, self.keeper, reservation["id"], technician, wanted),
            "the parts",
            also=frozenset({"not_enough_stock"}),
        )

    async def bring_one_back(self, technician: Person, line: Json) -> dict[str, str]:
        """Half a piece of the first part was too much; gives what is used of each part."""
        used = {part["part_line_id"]: Decimal(part["quantity"]) for part in line["parts"]}
        for part_line_id, issued in used.items():
            back = (issued / 4).quantize(Decimal("0.001"))
            reservation = await self.reservation()
            rows = [(part_line_id, str(back))]
            await parts.take_back(self.client, self.keeper, reservation["id"], technician, rows)
            used[part_line_id] = issued - back
            break
        return {part: str(quantity) for part, quantity in used.items()}

    async def reservation(self) -> Json:
        """What parts holds for this request."""
        return await self.client.eventually(
            lambda: parts.reservation_of(self.client, self.keeper, self.request_id), "the reservation"
        )

    async def inspect(self) -> None:
        """Another looks at everything, and is content; the car is ready."""
        await self.client.when_possible(
            lambda: workshop.pass_inspection(self.client, self.inspector, self.job_id), "the inspection"
        )

    async def _job(self) -> Json | None:
        return await workshop.job_of(self.client, self.supervisor, self.visit_id)

    async def _start(self, line_id: str, technician: Person) -> None:
        async def start() -> Json:
            return await workshop.start(self.client, technician, self.job_id, line_id)

        await self.client.when_possible(start, "to start work", also=TAKEN | _STANDS_STILL)

    async def _dispatch(self, line_ids: Sequence[str], skill: str) -> Person:
        """To the first technician with the skill who is not at work elsewhere."""
        able = self.crew.technicians(skill)

        async def attempt() -> Person:
            technician = next(able)
            self.crew.at_work.add(technician)
            try:
                await workshop.dispatch(self.client, self.supervisor, self.job_id, technician, line_ids)
            except Refused:
                self.crew.at_work.discard(technician)
                raise
            return technician

        return await self.client.when_possible(attempt, f"a technician for {skill}", also=TAKEN)
