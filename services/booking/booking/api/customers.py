"""The customer's own page, by link: see the appointment, confirm, move or cancel it (BOOK-33, BOOK-38)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Depends
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.status import HTTP_303_SEE_OTHER

from booking.commands import appointment as commands
from booking.domain.appointment_states import APPOINTMENT
from booking.domain.capacity import CapacityExceeded, ShopClosed, SlotInThePast
from booking.domain.diary import SlotFull, SlotNotOffered, VehicleAlreadyBooked
from booking.queries.appointments import appointment as shown
from booking.queries.slots import slots_from_today
from servicekit import IllegalTransition, Invalid, Tx
from servicekit.http import Accepts, Body, TxDep, customer_link, customer_page, problems, public_router
from servicekit.links import Link, LinkExpired, LinkUnknown

router = public_router(tags=["customers"])

CustomersLink = Annotated[Link, customer_link(commands.LINK)]


class Wish(Body):
    """What the customer wants: come, come at another time, or not come."""

    wish: Literal["confirm", "choose_slot", "cancel"] = Field(
        description="come, come at another time, or not come"
    )
    slot_start: datetime | None = Field(default=None, description="with `choose_slot`: one of those offered")
    reason: str = Field(default="", max_length=500, description="with `cancel`: why; masked")


async def _wish(request: Request) -> Wish:
    """From a program's JSON or a browser's form."""
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            return Wish.model_validate_json(await request.body())
        form = await request.form()
        return Wish.model_validate({name: value for name, value in form.items() if value != ""})
    except ValidationError as wrong:
        first = wrong.errors()[0]
        raise Invalid(".".join(str(part) for part in ("body", *first["loc"])), first["msg"]) from wrong


@router.get("/l/{token}", responses=problems(LinkUnknown, LinkExpired))
async def see(request: Request, link: CustomersLink, tx: TxDep) -> Response:
    """The appointment as its customer sees it, with the slots that are free now."""
    return customer_page(request, "appointment.html", **await _facts(tx, link))


@router.post(
    "/l/{token}",
    responses=problems(
        LinkUnknown,
        LinkExpired,
        IllegalTransition,
        SlotNotOffered,
        CapacityExceeded,
        SlotFull,
        VehicleAlreadyBooked,
        ShopClosed,
        SlotInThePast,
    ),
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": Wish.model_json_schema()}}}},
)
async def wish(
    request: Request, link: CustomersLink, tx: TxDep, asked: Annotated[Wish, Depends(_wish)], accepts: Accepts
) -> Response:
    """Carry out what the customer wants; a browser is sent back to the page."""
    await _carry_out(tx, link, asked)
    if accepts == "page":
        return RedirectResponse(request.url.path, HTTP_303_SEE_OTHER)
    return customer_page(request, "appointment.html", **await _facts(tx, link))


async def _carry_out(tx: Tx, link: Link, asked: Wish) -> None:
    if asked.wish == "cancel":
        await commands.cancel(
            tx, appointment_id=link.subject_id, reason=asked.reason, cancelled_by="customer"
        )
    elif asked.wish == "confirm":
        await commands.confirm_attendance(tx, appointment_id=link.subject_id)
    elif asked.slot_start is None:
        raise Invalid("body.slot_start", "the slot that is wanted")
    else:
        await commands.choose_slot(tx, appointment_id=link.subject_id, slot_start=asked.slot_start)


async def _facts(tx: Tx, link: Link) -> dict[str, Any]:
    view = await shown(tx, link.subject_id)
    slots = []
    if {"confirm", "reschedule"} & set(view.allowed):
        slots = await slots_from_today(tx, link.subject_id)
    return {
        "request_no": view.request_no,
        "state": view.state,
        "slot_start": view.slot_start,
        "slot_end": view.slot_end,
        "attendance_confirmed": view.attendance_confirmed_at is not None,
        "plate": view.plate,
        "work": [line.title.model_dump() for line in view.lines],
        "allowed": [c for c in APPOINTMENT.allowed(view.state) if c in _CUSTOMERS],
        "slots": [{"slot_start": one.slot_start, "slot_end": one.slot_end} for one in slots],
    }


_CUSTOMERS = frozenset({"confirm", "reschedule", "cancel", "confirm_attendance"})
"""Of the commands those that a customer may give."""
