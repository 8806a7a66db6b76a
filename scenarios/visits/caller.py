"""Before the car comes: customer and car on file, a slot found, confirmed, moved, prepared."""

from collections.abc import Sequence

from scenarios.context import ScenarioContext
from scenarios.desks import booking, crm, reception
from scenarios.narratives import Fault
from scenarios.repairs import repair_for
from scenarios.shop_client import Json

_FULL = frozenset({"slot_full", "capacity_exceeded", "slot_in_the_past"})


class Caller:
    """Somebody with a car, from the first phone call on; what is known of them and their visit."""

    def __init__(self, context: ScenarioContext, fault: Fault, *, walk_in: bool) -> None:
        self.context, self.client, self.crew = context, context.client, context.crew
        self.fault = fault
        self.walk_in = walk_in
        self.repair_work = repair_for(fault.component)
        self.advisor = self.crew.one("service-advisor")
        self.agent = self.crew.one("booking-agent")
        self.supervisor = self.crew.one("workshop-supervisor")
        self.inspector = self.crew.one("inspector")
        self.keeper = self.crew.one("parts-keeper")
        self.customer_id = self.vehicle_id = ""
        self.appointment_id = self.request_no = self.request_id = ""
        self.visit_id = self.job_id = ""
        self.revision = 0
        context.visits.append(self)

    async def register(self) -> None:
        """The desk puts customer and car on file, or finds them there."""
        clerk = self.crew.one("booking-agent" if not self.walk_in else "service-advisor")
        self.customer_id = await crm.customer(
            self.client, clerk, name=self.fault.owner, phone=self.fault.phone
        )
        self.vehicle_id = await crm.vehicle(
            self.client,
            clerk,
            customer_id=self.customer_id,
            plate=self.fault.plate,
            vin=self.fault.vin,
            make=self.fault.make,
            model=self.fault.model,
            model_year=self.fault.year,
        )

    async def is_expected(self, customer_id: str, vehicle_id: str) -> None:
        """A new visit was agreed for a car that had gone home; booking has opened its appointment."""
        self.customer_id, self.vehicle_id = customer_id, vehicle_id

        async def agreed() -> Json | None:
            found = await reception.visits_of(
                self.client, self.advisor, state="expected", vehicle_id=vehicle_id
            )
            return found[0] if found else None

        visit = await self.client.eventually(agreed, "the visit that was agreed for the rework")
        self.visit_id, self.request_no = visit["id"], visit["request_no"]
        self.appointment_id = await self.offered_slot()

    async def offered_slot(self) -> str:
        """The appointment that booking opened by itself for a car that is expected (back)."""

        async def opened() -> str | None:
            found = await booking.appointments_of_visit(self.client, self.agent, self.visit_id)
            return next((str(one["id"]) for one in found if one["state"] == "requested"), None)

        return await self.client.eventually(opened, f"the appointment for visit {self.visit_id}")

    async def book(self, *, services: Sequence[str] = (), words: str | None = None) -> None:
        """The customer calls, and is promised the first slot that is free."""
        asked = await booking.request(
            self.client,
            self.agent,
            customer_id=self.customer_id,
            vehicle_id=self.vehicle_id,
            fault_text=self.fault.words if words is None else words,
            service_codes=services,
        )
        self.appointment_id, self.request_no = asked["id"], asked["request_no"]
        self.request_id = asked["request_id"]
        await self.take_slot(0)

    async def take_slot(self, place: int, *, instead_because: str | None = None) -> str:
        """Confirm a free slot, or move to it; another driver may be quicker, then the next one."""

        async def attempt() -> str | None:
            slots = await booking.free_slots(self.client, self.agent, self.appointment_id)
            if not slots:
                return None
            slot = slots[min(place, len(slots) - 1)]
            if instead_because is None:
                await booking.confirm(self.client, self.agent, self.appointment_id, slot)
            else:
                await booking.reschedule(
                    self.client, self.agent, self.appointment_id, slot, reason=instead_because
                )
            return slot

        async def look() -> str | None:
            return await self.client.when_possible(attempt, "a free slot", also=_FULL)

        return await self.client.eventually(look, "a free slot")

    async def prepare(self) -> None:
        """Bay, crew and reception are prepared; parts ticks its own."""
        for check in ("bay", "crew", "reception"):
            await booking.tick(self.client, self.agent, self.appointment_id, check)
