"""What the demo asks of staff: hire people and give them their way in."""

from typing import Any

from scenarios.shop_client import Json, Person, ShopClient


async def employees(client: ShopClient, who: Person) -> list[Json]:
    """Everybody who works here."""
    found: list[Json] = []
    page: Any = await client.get("staff", "/employees?limit=200", who=who)
    found += page["items"]
    while page["next"]:
        page = await client.get("staff", f"/employees?limit=200&cursor={page['next']}", who=who)
        found += page["items"]
    return found


async def hire(client: ShopClient, who: Person, *, name: str, skills: list[Json]) -> Json:
    """A new employee."""
    hired: Json = await client.post("staff", "/employees", {"display_name": name, "skills": skills}, who=who)
    return hired


async def open_account(
    client: ShopClient, who: Person, *, employee_id: str, login: str, password: str, role: str
) -> None:
    """Give an employee a way in, with one role."""
    body = {"login": login, "password": password, "roles": [role]}
    await client.post("staff", f"/employees/{employee_id}/account", body, who=who)


async def reset_password(client: ShopClient, who: Person, *, employee_id: str, password: str) -> None:
    """A new password for somebody who has a way in already."""
    path = f"/employees/{employee_id}/account/password"
    await client.ask("staff", "PUT", path, who=who, json={"password": password})
