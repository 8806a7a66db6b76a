"""The bench journey: a walk-in of a known customer, one line with one part, 17 commands.

 1 reception  open the visit                    10 workshop  give the repair to a technician
 2 reception  receive the car                   11 parts     issue the part
 3 reception  complete the intake (signature)   12 workshop  start the repair
 4 workshop   give the diagnosis to somebody    13 workshop  complete the repair
 5 workshop   start the diagnosis               14 workshop  pass the inspection
 6 workshop   report the diagnosis (one line)   15 reception accept the work (signature)
 7 workshop   another reviews the plan          16 billing   take the payment
 8 reception  present the estimate              17 reception hand over
 9 reception  note the answer, promise a time

Between them departments react to each other: job, estimate, reservation, invoice, issue of the invoice,
settlement. A command is sent as soon as the events that it needs are there. The journey is over when
every subscriber of every stream has applied everything that was published about the request.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from scenarios.desks import billing, parts, reception, workshop
from scenarios.people import Crew
from scenarios.repairs import BRAKES
from scenarios.shop_client import Person, ShopClient

from bench.watch import Watch

COMMANDS = 17
PART_NO = "BP-1001"
_PADS = replace(BRAKES, parts=((PART_NO, "1"),))
_BELONGINGS = ("umbrella",)


@dataclass(frozen=True, slots=True)
class Team:
    """Who serves one customer after another; a technician has one job at a time."""

    advisor: Person
    supervisor: Person
    technician: Person
    reviewer: Person
    inspector: Person
    keeper: Person
    cashier: Person

    @classmethod
    def of(cls, crew: Crew) -> "Team":
        """The next of each role."""
        return cls(
            advisor=crew.one("service-advisor"),
            supervisor=crew.one("workshop-supervisor"),
            technician=crew.one("technician"),
            reviewer=crew.one("technical-support"),
            inspector=crew.one("inspector"),
            keeper=crew.one("parts-keeper"),
            cashier=crew.one("cashier"),
        )


@dataclass(frozen=True, slots=True)
class Car:
    """A car and its owner, on file at crm."""

    customer_id: str
    vehicle_id: str
    plate: str
    vin: str


@dataclass(frozen=True, slots=True)
class Journey:
    """One visit."""

    client: ShopClient
    watch: Watch
    team: Team
    now: Callable[[], datetime]

    async def drive(self, car: Car) -> str:
        """From opening the visit to the last effect of the handover; gives the visit's id."""
        visit_id, request_id = await self._register(car)
        job_id = await self._diagnose(request_id)
        line = await self._agree(visit_id, request_id)
        await self._repair(visit_id, request_id, job_id, line)
        await self._leave(visit_id, request_id)
        await self.watch.everywhere(request_id)
        return visit_id

    async def _register(self, car: Car) -> tuple[str, str]:
        advisor = self.team.advisor
        opened = await reception.open_visit(
            self.client,
            advisor,
            customer_id=car.customer_id,
            vehicle_id=car.vehicle_id,
            plate=car.plate,
            vin=car.vin,
        )
        visit_id = opened["id"]
        await reception.receive(self.client, advisor, visit_id)
        await reception.complete_intake(
            self.client,
            advisor,
            visit_id,
            fault={"phenomenon": "grinding noise when braking", "affects_use": True},
            mileage_km=48_200,
            belongings=[{"item": item} for item in _BELONGINGS],
            condition={"exterior": "scratch on the rear bumper"},
        )
        return visit_id, opened["request_id"]

    async def _diagnose(self, request_id: str) -> str:
        job = await self.watch.published(request_id, "workshop.job.opened")
        diagnosis = job.data["lines"][0]["line_id"]
        team, client = self.team, self.client
        await workshop.dispatch(client, team.supervisor, job.key, team.technician, [diagnosis])
        await workshop.start(client, team.technician, job.key, diagnosis)
        await workshop.report_diagnosis(
            client,
            team.technician,
            job.key,
            codes=["C0040"],
            findings=["Front brake pads worn to 1 mm"],
            lines=[_PADS.line("worn out")],
        )
        await workshop.review(client, team.reviewer, job.key)
        return job.key

    async def _agree(self, visit_id: str, request_id: str) -> dict[str, Any]:
        draft = await self.watch.published(request_id, "reception.visit.estimate-drafted")
        revision = draft.data["revision"]
        visit = await reception.present(self.client, self.team.advisor, visit_id, revision)
        estimate = visit["estimates"][-1]
        (line,) = (line for line in estimate["lines"] if line["line_id"] in estimate["open_line_ids"])
        answers = [{"line_id": line["line_id"], "accept": True, "order_back": True}]
        promise = self.now() + timedelta(hours=9)
        await reception.answer(
            self.client, self.team.advisor, visit_id, revision, answers, promised_at=promise
        )
        return dict(line)

    async def _repair(self, visit_id: str, request_id: str, job_id: str, line: dict[str, Any]) -> None:
        client, watch, technician = self.client, self.watch, self.team.technician
        answered = await watch.published(request_id, "reception.visit.handover-promised")
        await watch.applied("workshop", "reception.visit", visit_id, answered.sequence)
        await workshop.dispatch(client, self.team.supervisor, job_id, technician, [line["line_id"]])
        await watch.applied("parts", "reception.visit", visit_id, answered.sequence)
        reserved = await watch.published(request_id, "parts.reservation.reserved")
        (part,) = line["parts"]
        slip = [(part["part_line_id"], part["quantity"])]
        await parts.issue(client, self.team.keeper, reserved.key, technician, slip)
        issued = await watch.published(request_id, "parts.reservation.issued")
        await watch.applied("workshop", "parts.reservation", issued.key, issued.sequence)
        await workshop.start(client, technician, job_id, line["line_id"])
        await workshop.complete(
            client, technician, job_id, line["line_id"], used=dict(slip), result="Pads renewed, bedded in"
        )
        await workshop.pass_inspection(client, self.team.inspector, job_id)

    async def _leave(self, visit_id: str, request_id: str) -> None:
        advisor, watch = self.team.advisor, self.watch
        ready = await watch.published(request_id, "workshop.job.ready")
        await watch.applied("reception", "workshop.job", ready.key, ready.sequence)
        prepared = await watch.published(request_id, "billing.invoice.prepared")
        await watch.applied("reception", "billing.invoice", prepared.key, prepared.sequence)
        revision = prepared.data["revision"]
        await reception.accept_work(self.client, advisor, visit_id, revision, _BELONGINGS)
        issued = await watch.published(request_id, "billing.invoice.issued")
        payable = issued.data["payable"]
        await billing.take_payment(self.client, self.team.cashier, issued.key, payable, "card")
        settled = await watch.published(request_id, "billing.invoice.settled")
        await watch.applied("reception", "billing.invoice", settled.key, settled.sequence)
        await reception.hand_over(self.client, advisor, visit_id)
