"""Requests to billing: rates and payments."""

from scenarios.shop_client import Json, Person, ShopClient


async def set_rate(
    client: ShopClient, who: Person, work_type: str, customer_class: str, hourly_rate: str, tax_rate: str
) -> None:
    """What an hour costs from today on."""
    body = {"hourly_rate": hourly_rate, "tax_rate": tax_rate, "reason": "price list"}
    await client.ask("billing", "PUT", f"/labour-rates/{work_type}/{customer_class}", who=who, json=body)


async def rates(client: ShopClient, who: Person) -> set[str]:
    """The rates that are set, as ``work_type:customer_class``."""
    return {rate["rate"] for rate in await client.get_all("billing", "/labour-rates", who=who)}


async def invoice_of(client: ShopClient, who: Person, visit_id: str) -> Json | None:
    """The invoice of a visit, once there is one."""
    items = (await client.get("billing", f"/invoices?visit_id={visit_id}", who=who))["items"]
    return items[0] if items else None


async def take_payment(
    client: ShopClient, cashier: Person, invoice_id: str, amount: str, method: str
) -> None:
    """Money comes in."""
    body = {"amount": amount, "method": method}
    await client.post("billing", f"/invoices/{invoice_id}/payments", body, who=cashier)


async def approve_credit(client: ShopClient, finance: Person, invoice_id: str) -> None:
    """The customer may leave and pay later."""
    await client.post("billing", f"/invoices/{invoice_id}/credit", who=finance)
