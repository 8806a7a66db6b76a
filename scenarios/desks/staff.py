"""Requests to staff: hire people and give them accounts."""

from scenarios.shop_client import Json, Person, ShopClient


async def employees(client: ShopClient, who: Person) -> list[Json]:
    """Everybody who works here."""
    return await client.get_all("staff", "/employees", who=who)


async def hire(client: ShopClient, who: Person, *, name: str, skills: list[Json]) -> Json:
    """A new employee."""
    hired: Json = await client.post("staff", "/employees", {"display_name": name, "skills": skills}, who=who)
    return hired


async def open_account(
    client: ShopClient, who: Person, *, employee_id: str, login: str, password: str, role: str
) -> None:
    """Give an employee a login with one role."""
    body = {"login": login, "password": password, "roles": [role]}
    await client.post("staff", f"/employees/{employee_id}/account", body, who=who)
