"""Pages for customers: self-contained and bilingual for people, JSON for programs."""

import importlib
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Depends
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from servicekit.links import LINK_PATH

_OURS = Path(__file__).parent / "templates"
_SAFE = {
    # The address is the key: it must not be kept, indexed or handed on to the next page.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
}


def accepted(request: Request) -> Literal["page", "json"]:
    """What the caller can read: a browser asks for ``text/html`` by name, everything else gets JSON."""
    return "page" if "text/html" in request.headers.get("accept", "") else "json"


async def _accepted(request: Request) -> Literal["page", "json"]:
    return accepted(request)


Accepts = Annotated[Literal["page", "json"], Depends(_accepted)]


def prefers_page(request: Request) -> bool:
    """Whether an answer to this request, a refusal too, is to be a page: a customer's browser on a link."""
    return request.url.path.startswith(LINK_PATH) and accepted(request) == "page"


@cache
def _templates(package: str) -> Environment:
    file = importlib.import_module(package).__file__
    theirs = [Path(file).parent / "templates"] if file else []
    pages = Environment(
        loader=FileSystemLoader([*theirs, _OURS]),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["money"] = _money
    pages.filters["quantity"] = _quantity
    return pages


def _money(amount: Decimal | str) -> str:
    return f"{Decimal(amount):,.2f}"


def _quantity(amount: Decimal | str) -> str:
    return f"{Decimal(amount).normalize():f}"


def _render(request: Request, template: str, status: int, content: dict[str, Any]) -> Response:
    runtime = request.app.state.runtime
    tz = ZoneInfo(runtime.settings.shop_timezone)

    def local(at: datetime, form: str = "%Y-%m-%d %H:%M") -> str:
        return at.astimezone(tz).strftime(form)

    package = runtime.service.base.__module__.split(".", 1)[0]
    page = _templates(package).get_template(template)
    settings = runtime.settings
    html = page.render(**content, local=local, currency=settings.shop_currency, link=request.url.path)
    return HTMLResponse(html, status, _SAFE)


def customer_page(request: Request, template: str, *, status: int = 200, **content: Any) -> Response:
    """A customer's answer: ``template`` of the department's own ``templates/`` folder for a browser, else the
    ``content`` as JSON.

    Templates extend ``base.html`` (blocks ``title_zh``, ``title_en``, ``content``) and have ``local(at)`` for
    shop-local times, the filters ``money`` and ``quantity``, ``currency`` and ``link`` (this address).
    """
    if accepted(request) == "page":
        return _render(request, template, status, content)
    return Response(to_json(content), status, _SAFE, media_type="application/json")


def problem_page(request: Request, status: int, code: str) -> Response:
    """A refusal in the customer's words."""
    return _render(request, "problem.html", status, {"code": code, "status": status})
