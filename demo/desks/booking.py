"""What the demo asks of booking: menu, slots, and appointments that are kept, moved, cancelled or missed."""

from collections.abc import Sequence
from typing import Any

from demo.doors import Doors, Json, Person


async def menu(doors: Doors, who: Person) -> set[str]:
    """Codes of what is offered."""
    page = await doors.get("booking", "/services?limit=200", who=who)
    return {item["service_code"] for item in page["items"]}


async def offer(doors: Doors, who: Person, service_code: str, **terms: Any) -> None:
    """Put a service on the menu."""
    await doors.ask("booking", "PUT", f"/services/{service_code}", who=who, json=terms)


async def request(
    doors: Doors,
    agent: Person,
    *,
    customer_id: str,
    vehicle_id: str,
    fault_text: str,
    service_codes: Sequence[str] = (),
) -> Json:
    """A customer calls: the request gets the number that the customer is told."""
    body = {
        "customer_id": customer_id,
        "vehicle_id": vehicle_id,
        "channel": "phone",
        "fault_text": fault_text,
        "service_codes": list(service_codes),
        "diagnosis": True,
    }
    made: Json = await doors.post("booking", "/appointments", body, who=agent)
    return made


async def free_slots(doors: Doors, agent: Person, appointment_id: str) -> list[str]:
    """Beginnings of the slots that have room for an appointment's work, from now on."""
    slots = await doors.get("booking", f"/appointments/{appointment_id}/slots", who=agent)
    return [slot["slot_start"] for slot in slots]


async def confirm(doors: Doors, agent: Person, appointment_id: str, slot_start: str) -> Json:
    """Promise a slot."""
    path = f"/appointments/{appointment_id}/confirmation"
    answer: Json = await doors.post("booking", path, {"slot_start": slot_start}, who=agent)
    return answer


async def reschedule(
    doors: Doors, agent: Person, appointment_id: str, slot_start: str, *, reason: str
) -> Json:
    """The customer asks for another slot."""
    body = {"slot_start": slot_start, "reason": reason, "asked_by": "customer"}
    answer: Json = await doors.post(
        "booking", f"/appointments/{appointment_id}/rescheduling", body, who=agent
    )
    return answer


async def cancel(doors: Doors, agent: Person, appointment_id: str, *, reason: str) -> None:
    """The customer does not come."""
    body = {"reason": reason, "cancelled_by": "customer"}
    await doors.post("booking", f"/appointments/{appointment_id}/cancellation", body, who=agent)


async def tick(doors: Doors, who: Person, appointment_id: str, check: str) -> None:
    """One of the four preparations is done."""
    body = {"ready": True}
    await doors.ask(
        "booking", "PUT", f"/appointments/{appointment_id}/preparations/{check}", who=who, json=body
    )


async def appointment(doors: Doors, agent: Person, appointment_id: str) -> Json:
    """One appointment."""
    shown: Json = await doors.get("booking", f"/appointments/{appointment_id}", who=agent)
    return shown


async def appointments_of_visit(doors: Doors, agent: Person, visit_id: str) -> list[Json]:
    """The appointments by which the car of a visit comes back."""
    page = await doors.get("booking", f"/appointments?visit_id={visit_id}", who=agent)
    found: list[Json] = page["items"]
    return found
