"""One car's way through the shop, step by step; the scripts put the steps together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from scenarios.desks import billing, parts, reception, workshop
from scenarios.repairs import Repair, pick
from scenarios.shop_client import Json, Person, Refused
from scenarios.visits.caller import Caller

TAKEN = frozenset({"technician_busy", "no_bay_free", "bay_occupied"})
"""Refusals after which one waits until a technician or a bay is free."""
_STANDS_STILL = frozenset({"work_interrupted"})
"""The customer's answer, or the part, has not reached the workshop yet."""
BELONGINGS = ("umbrella", "child seat")


class VisitDriver(Caller):
    """What is known of one visit while it goes on."""

    # --- at the desk

    async def arrive(self) -> None:
        """The car is here, is received and registered: the customer signs."""
        car = {"plate": self.fault.plate, "customer_id": self.customer_id, "vehicle_id": self.vehicle_id}
        if not self.walk_in:
            car["request_no"] = self.request_no
        opened = await reception.open_visit(self.client, self.advisor, **car, vin=self.fault.vin)
        self.visit_id, self.request_no, self.request_id = (
            opened["id"],
            opened["request_no"],
            opened["request_id"],
        )
        await reception.receive(self.client, self.advisor, self.visit_id)

        async def sign() -> Json:
            return await reception.complete_intake(
                self.client,
                self.advisor,
                self.visit_id,
                fault={"phenomenon": self.fault.words, "affects_use": True},
                mileage_km=self.fault.mileage_km,
                belongings=[{"item": item} for item in BELONGINGS],
                condition={"exterior": "scratch on the rear bumper"},
            )

        await self.client.when_possible(sign, "the registration form")

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

    async def present(self) -> list[Json]:
        """Lay the next revision before the customer; gives the lines that are to be answered."""
        wanted = self.revision + 1

        async def drafted() -> Json | None:
            visit = (await reception.screen(self.client, self.advisor, self.visit_id))["visit"]
            latest = visit["estimates"][-1] if visit["estimates"] else None
            ready = latest and latest["revision"] >= wanted and latest["state"] == "drafted"
            return latest if ready else None

        draft = await self.client.eventually(drafted, f"estimate {wanted} of visit {self.visit_id}")
        self.revision = draft["revision"]

        async def lay() -> Json:
            return await reception.present(self.client, self.advisor, self.visit_id, self.revision)

        visit = await self.client.when_possible(lay, "prices for the estimate")
        asked = set(visit["estimates"][-1]["open_line_ids"])
        return [line for line in visit["estimates"][-1]["lines"] if line["line_id"] in asked]

    async def answer(
        self, lines: Sequence[Json], *, declined: Sequence[str] = (), promise: datetime | None = None
    ) -> None:
        """The customer agrees to all but the declined lines; missing parts shall be ordered."""
        answers = [
            {"line_id": line["line_id"], "accept": False, "reason": "too expensive this time"}
            if line["line_id"] in declined
            else {"line_id": line["line_id"], "accept": True, "order_back": bool(line["parts"])}
            for line in lines
        ]
        await reception.answer(
            self.client, self.advisor, self.visit_id, self.revision, answers, promised_at=promise
        )

    async def agree(self, *, promise: datetime | None = None) -> list[Json]:
        """Present, agree to everything, be promised this evening; gives the agreed lines."""
        lines = await self.present()
        await self.answer(lines, promise=promise or self.context.this_evening())
        return lines

    # --- in the workshop

    async def repair(self, lines: Sequence[Json]) -> None:
        """Parts at the counter, then each line by one technician, start to end."""
        for line in lines:
            await self.do_line(line)

    async def do_line(self, line: Json) -> None:
        """One line: dispatched, parts fetched, done."""
        await self.finish_line(line, await self.begin_line(line))

    async def finish_line(self, line: Json, technician: Person, used: dict[str, str] | None = None) -> None:
        """The line is done; what was issued for it is in the car, unless ``used`` says otherwise."""
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

    # --- back at the desk

    async def sign(self) -> Json:
        """The customer is told, looks at car and papers, and signs; gives the invoice."""
        screen = await self.client.eventually(self._papers, f"the invoice of visit {self.visit_id}")
        invoice: Json = screen["invoice"]
        await reception.notify(self.client, self.advisor, self.visit_id, "ready", "the car can be fetched")
        await reception.accept_work(self.client, self.advisor, self.visit_id, invoice["revision"], BELONGINGS)
        return invoice

    async def pay(self) -> str:
        """At the cash desk, everything that is owed; gives the amount."""

        async def owed() -> Json | None:
            invoice = await billing.invoice_of(self.client, cashier, self.visit_id)
            return invoice if invoice and invoice["invoice_no"] else None

        cashier = self.crew.one("cashier")
        invoice = await self.client.eventually(owed, f"the issued invoice of visit {self.visit_id}")
        if float(invoice["balance"]) > 0:
            method = pick(["wechat", "alipay", "card", "cash"], self.fault.number)
            await billing.take_payment(self.client, cashier, invoice["id"], invoice["balance"], method)
        return str(invoice["balance"])

    async def leave(self) -> None:
        """The keys go out, and the record to the archive."""
        await self.client.when_possible(
            lambda: reception.hand_over(self.client, self.advisor, self.visit_id), "the keys"
        )
        mileage = self.fault.mileage_km + 2 if self.fault.mileage_km is not None else None
        await self.client.when_possible(
            lambda: reception.close(self.client, self.advisor, self.visit_id, mileage_out_km=mileage),
            "the record",
        )

    async def settle_and_leave(self) -> None:
        """Sign, pay, go."""
        await self.sign()
        await self.pay()
        await self.leave()

    async def _papers(self) -> Json | None:
        screen = await reception.screen(self.client, self.advisor, self.visit_id)
        ready = screen["visit"]["state"] == "ready" and screen["invoice"]
        current = ready and screen["invoice"]["estimate_revision"] == screen["visit"]["answered_revision"]
        return screen if current and screen["invoice"]["state"] != "withdrawn" else None

    async def come(self, *, services: Sequence[str] = ()) -> None:
        """On file, booked if the customer called before, and here."""
        await self.register()
        if not self.walk_in:
            await self.book(services=services)
            await self.prepare()
        await self.arrive()

    def minutes_from_now(self, minutes: int) -> datetime:
        """Shop time soon."""
        return self.context.now() + timedelta(minutes=minutes)
