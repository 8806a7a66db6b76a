"""Requests to booking: menu, slots, and appointments that are kept, moved, cancelled or missed."""

from collections.abc import Sequence
from typing import Any

from scenarios.shop_client import Json, Person, ShopClient


async def menu(client: ShopClient, who: Person) -> set[str]:
    """Codes of what is offered."""
    return {item["service_code"] for item in await client.get_all("booking", "/services", who=who)}


async def offer(client: ShopClient, who: Person, service_code: str, **terms: Any) -> None:
    """Put a service on the menu."""
    await client.ask("booking", "PUT", f"/services/{service_code}", who=who, json=terms)


async def request(
    client: ShopClient,
    agent: Person,
    *,
    customer_id: str,
    vehicle_id: str,
    fault_text: str,
    service_codes: Sequence[str] = (),
) -> Json:
    """A customer calls: the request gets the number that the customer refers to."""
    body = {
        "customer_id": customer_id,
        "vehicle_id": vehicle_id,
        "channel": "phone",
        "fault_text": fault_text,
        "service_codes": list(service_codes),
        "diagnosis": True,
    }
    made: Json = await client.post("booking", "/appointments", body, who=agent)
    return made


async def free_slots(client: ShopClient, agent: Person, appointment_id: str) -> list[str]:
    """Beginnings of the slots that have room for an appointment's work, from now on."""
    slots = await client.get("booking", f"/appointments/{appointment_id}/slots", who=agent)
    return [slot["slot_start"] for slot in slots]


async def confirm(client: ShopClient, agent: Person, appointment_id: str, slot_start: str) -> Json:
    """Promise a slot."""
    path = f"/appointments/{appointment_id}/confirmation"
    answer: Json = await client.post("booking", path, {"slot_start": slot_start}, who=agent)
    return answer


async def reschedule(
    client: ShopClient, agent: Person, appointment_id: str, slot_start: str, *, reason: str
) -> Json:
    """The customer asks for another slot."""
    body = {"slot_start": slot_start, "reason": reason, "asked_by": "customer"}
    answer: Json = await client.post(
        "booking", f"/appointments/{appointment_id}/rescheduling", body, who=agent
    )
    return answer


async def cancel(client: ShopClient, agent: Person, appointment_id: str, *, reason: str) -> None:
    """The customer does not come."""
    body = {"reason": reason, "cancelled_by": "customer"}
    await client.post("booking", f"/appointments/{appointment_id}/cancellation", body, who=agent)


async def tick(client: ShopClient, who: Person, appointment_id: str, check: str) -> None:
    """One of the four preparations is done."""
    body = {"ready": True}
    await client.ask(
        "booking", "PUT", f"/appointments/{appointment_id}/preparations/{check}", who=who, json=body
    )


async def appointment(client: ShopClient, agent: Person, appointment_id: str) -> Json:
    """One appointment."""
    shown: Json = await client.get("booking", f"/appointments/{appointment_id}", who=agent)
    return shown


async def appointments_of_visit(client: ShopClient, agent: Person, visit_id: str) -> list[Json]:
    """The appointments by which the car of a visit comes back."""
    return await client.get_all("booking", f"/appointments?visit_id={visit_id}", who=agent)
