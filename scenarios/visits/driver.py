"""One car's way through the shop, step by step; the scenarios put the steps together."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from scenarios.desks import billing, reception
from scenarios.repairs import pick
from scenarios.shop_client import Json
from scenarios.visits.job_driver import JobDriver

BELONGINGS = ("umbrella", "child seat")


class VisitDriver(JobDriver):
    """Drives one visit: what happens at the desk, and by inheritance before it and in the workshop."""

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

    async def sign(self) -> Json:
        """The customer is notified, looks at car and papers, and signs; gives the invoice."""
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
