"""Requests to the workshop: bays, and a job from diagnosis to inspection."""

from collections.abc import Mapping, Sequence
from typing import Any

from scenarios.shop_client import Json, Person, ShopClient

STEPS = ("visual_check", "data_acquisition", "fault_codes", "fault_simulation", "judgement")


async def bays(client: ShopClient, who: Person) -> list[Json]:
    """All bays."""
    return await client.get_all("workshop", "/bays", who=who)


async def add_bay(client: ShopClient, who: Person, name: str) -> None:
    """A bay more."""
    await client.post("workshop", "/bays", {"name": name}, who=who)


async def technicians(client: ShopClient, who: Person) -> list[Json]:
    """Whom the workshop knows as its technicians."""
    return await client.get_all("workshop", "/technicians", who=who)


async def job_of(client: ShopClient, who: Person, visit_id: str) -> Json | None:
    """The job of a visit, once the workshop has opened it."""
    items = (await client.get("workshop", f"/jobs?visit_id={visit_id}", who=who))["items"]
    return items[0] if items else None


async def job(client: ShopClient, who: Person, job_id: str) -> Json:
    """One job."""
    shown: Json = await client.get("workshop", f"/jobs/{job_id}", who=who)
    return shown


async def dispatch(
    client: ShopClient, who: Person, job_id: str, technician: Person, line_ids: Sequence[str]
) -> Json:
    """The supervisor gives lines to a technician, in the car's bay or the first free one."""
    body = {"technician_id": str(technician.employee_id), "line_ids": list(line_ids)}
    return await _post(client, who, job_id, "dispatch", body)


async def start(client: ShopClient, technician: Person, job_id: str, line_id: str) -> Json:
    """The technician begins a line."""
    return await _post(client, technician, job_id, f"lines/{line_id}/start", {})


async def complete(
    client: ShopClient, technician: Person, job_id: str, line_id: str, *, used: Mapping[str, str], result: str
) -> Json:
    """The technician has done a line; ``used`` by part line."""
    parts = [{"part_line_id": part, "used": quantity} for part, quantity in used.items()]
    body = {"parts": parts, "result": result}
    return await _post(client, technician, job_id, f"lines/{line_id}/completion", body)


async def report_diagnosis(
    client: ShopClient,
    technician: Person,
    job_id: str,
    *,
    codes: Sequence[str],
    findings: Sequence[str],
    lines: Sequence[Json],
) -> Json:
    """The five steps are done; this is the plan."""
    body = {
        "steps": [{"step": step, "result": "as found on the car"} for step in STEPS],
        "instruments": [{"instrument": "diagnostic computer", "reading": ", ".join(codes)}],
        "codes": [{"code": code} for code in codes],
        "findings": list(findings),
        "lines": list(lines),
    }
    return await _post(client, technician, job_id, "diagnosis", body)


async def review(client: ShopClient, reviewer: Person, job_id: str, *, approved: bool = True) -> Json:
    """Another technician looks at the plan."""
    body = {"approved": approved, "remarks": "" if approved else "check the wiring again"}
    return await _post(client, reviewer, job_id, "diagnosis/review", body)


async def find_additional_work(
    client: ShopClient,
    technician: Person,
    job_id: str,
    *,
    lines: Sequence[Json],
    why: str,
    blocks: Sequence[str],
) -> Json:
    """More is broken than was thought (E1)."""
    body = {
        "lines": list(lines),
        "why": why,
        "benefit": "the car is safe for the next years",
        "blocks_line_ids": list(blocks),
        "vehicle_parked": True,
    }
    return await _post(client, technician, job_id, "additional-work", body)


async def pass_inspection(client: ShopClient, inspector: Person, job_id: str) -> Json:
    """Everything meets the standard."""
    items = [{"item": "function of the repaired part", "value": "good", "passed": True}]
    return await _post(client, inspector, job_id, "inspection/pass", {"items": items, "test_drive": True})


async def fail_inspection(
    client: ShopClient, inspector: Person, job_id: str, *, line_ids: Sequence[str], finding: str
) -> Json:
    """Lines must be done again (E3)."""
    body = {"line_ids": list(line_ids), "findings": [finding], "test_drive": True}
    return await _post(client, inspector, job_id, "inspection/failure", body)


async def _post(client: ShopClient, who: Person, job_id: str, what: str, body: Any) -> Json:
    shown: Json = await client.post("workshop", f"/jobs/{job_id}/{what}", body, who=who)
    return shown
