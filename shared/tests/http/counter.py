"""A small department for the tests of the HTTP side: tickets with a number, a note and a price."""

import asyncio
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field
from sqlalchemy import Row, Text, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.responses import StreamingResponse

from servicekit import links
from servicekit.aggregate import Aggregate
from servicekit.columns import Utc
from servicekit.house_rules import HouseRules, rule
from servicekit.http import (
    Body,
    Now,
    Page,
    PageQuery,
    TxDep,
    View,
    Who,
    customer_link,
    customer_page,
    key_required,
    may,
    paginate,
    problems,
    public_router,
    refused,
    router,
)
from servicekit.ids import new_id
from servicekit.links import Link
from servicekit.refusal import Invalid, NotFound, Refusal
from servicekit.schema import new_metadata
from servicekit.service import Service
from shopkit.columns import Money

READ, WRITE, PAY = "counter.read", "counter.write", "counter.pay"


class Base(DeclarativeBase):
    """The counter's tables."""

    metadata = new_metadata()


class Ticket(Aggregate, Base):
    """One ticket."""

    __tablename__ = "tickets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    note: Mapped[str] = mapped_column(Text, default="")
    price: Mapped[Decimal] = mapped_column(Money, default=Decimal("0.00"))
    made_at: Mapped[datetime] = mapped_column(Utc)


class CounterRules(HouseRules):
    """The counter's rules."""

    patience_minutes: int = rule(15, "BOOK-37", "minutes of patience", ge=0)


class TicketClosed(Refusal):
    """The ticket is closed."""


class TicketLine(Body):
    """One line of a new ticket."""

    quantity: Decimal = Field(gt=0, description="how many")


class NewTicket(Body):
    """A ticket to make."""

    number: int
    note: str = ""
    price: Decimal = Decimal("0.00")
    wanted_at: datetime | None = None
    lines: list[TicketLine] = []


class Note(Body):
    """A new note."""

    note: str


class TicketView(View):
    """A ticket as the desk sees it."""

    id: UUID
    number: int
    note: str
    price: Decimal
    made_at: datetime
    version: int


class LinkView(View):
    """A customer's link, shown once."""

    url: str


shop = router(tags=["tickets"])
public = public_router(tags=["links"])
failures: list[str] = []
"""SQLSTATEs that the next requests to ``/tickets/{id}/contested`` meet, one each."""
gate = asyncio.Event()
"""Holds ``/slow`` until a test opens it."""


@shop.post("/tickets", status_code=201, responses=problems(TicketClosed))
async def make_ticket(body: NewTicket, tx: TxDep, now: Now, who: Annotated[Who, may(WRITE)]) -> TicketView:
    ticket = Ticket(id=new_id(), number=body.number, note=body.note, price=body.price, made_at=now)
    tx.add(ticket)
    await tx.flush()
    return TicketView.of(ticket)


@shop.get("/tickets")
async def list_tickets(tx: TxDep, page: PageQuery, who: Annotated[Who, may(READ)]) -> Page[TicketView]:
    return await paginate(tx, select(Ticket), page, by=(Ticket.made_at, Ticket.id), view=TicketView)


def _priced(row: Row[tuple[int, Decimal]]) -> str:
    return f"{row.number}:{row.price}"


@shop.get("/tickets/by-number")
async def find_ticket(tx: TxDep, who: Annotated[Who, may(READ)], number: str) -> TicketView:
    if not number.isdigit():
        raise Invalid("body.number", "digits")
    found = await tx.find_by(Ticket, number=int(number))
    if found is None:
        raise NotFound("ticket", number)
    return TicketView.of(found)


@shop.get("/tickets/prices")
async def list_prices(tx: TxDep, page: PageQuery, who: Annotated[Who, may(READ)]) -> Page[str]:
    rows = select(Ticket.number, Ticket.price)
    return await paginate(
        tx,
        rows,
        page,
        by=(Ticket.price, Ticket.number),
        view=_priced,
        descending=True,
    )


@shop.get("/tickets/{ticket_id}", responses=problems(NotFound))
async def show_ticket(ticket_id: UUID, tx: TxDep, who: Annotated[Who, may(READ)]) -> TicketView:
    return TicketView.of(await tx.read(Ticket, ticket_id))


@shop.put("/tickets/{ticket_id}/note")
async def change_note(ticket_id: UUID, body: Note, tx: TxDep, who: Annotated[Who, may(WRITE)]) -> TicketView:
    ticket = await tx.get(Ticket, ticket_id)
    ticket.note = body.note
    await tx.flush()
    return TicketView.of(ticket)


@shop.post("/tickets/{ticket_id}/closing", status_code=204, responses=problems(TicketClosed))
async def close_ticket(ticket_id: UUID, tx: TxDep, who: Annotated[Who, may(WRITE, PAY)]) -> None:
    ticket = await tx.get(Ticket, ticket_id)
    ticket.note = "must be rolled back"
    raise TicketClosed(state="closed", allowed=["reopen"], waiting_for="billing.invoice", ticket_id=ticket.id)


@shop.post("/tickets/{ticket_id}/attempts", responses=problems(TicketClosed))
async def count_attempt(ticket_id: UUID, tx: TxDep) -> Response:
    (await tx.get(Ticket, ticket_id)).note = "attempted"
    return refused(TicketClosed(state="closed"))


@shop.post("/tickets/{ticket_id}/contested")
async def contested(ticket_id: UUID, tx: TxDep, who: Annotated[Who, may(WRITE)]) -> TicketView:
    ticket = await tx.get(Ticket, ticket_id)
    ticket.note += "x"
    if failures:
        failing = DBAPIError.instance("update", {}, _PostgresError(failures.pop(0)), Exception)
        assert isinstance(failing, Exception)
        raise failing
    await tx.flush()
    return TicketView.of(ticket)


class _PostgresError(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@shop.post("/payments", status_code=201, dependencies=[key_required])
async def pay(body: Note, tx: TxDep, who: Annotated[Who, may(PAY)]) -> dict[str, int]:
    ticket = Ticket(id=new_id(), number=await tx.next_number("payment"), note=body.note, made_at=tx.now)
    tx.add(ticket)
    await gate.wait()
    return {"number": ticket.number}


@shop.get("/who")
async def who_am_i(tx: TxDep, who: Annotated[Who, may()]) -> dict[str, str]:
    return {"employee": str(who.employee_id), "by": tx.by, "name": who.name}


@shop.get("/broken")
async def broken() -> None:
    raise RuntimeError("a secret detail")


@shop.get("/stream")
async def stream(request: Request, tx: TxDep) -> StreamingResponse:
    assert await tx.session.scalar(select(func.count()).select_from(Ticket)) is not None

    async def rows() -> object:
        async with request.app.state.runtime.engine.connect() as connection:
            open_elsewhere = await connection.execute(
                text(
                    "select count(*) from pg_stat_activity where datname = current_database()"
                    " and state like 'idle in transaction%' and pid <> pg_backend_pid()"
                )
            )
            yield f"{open_elsewhere.scalar_one()}"

    return StreamingResponse(rows(), media_type="text/plain")  # type: ignore[arg-type]


@shop.post("/tickets/{ticket_id}/link", status_code=201)
async def link_ticket(ticket_id: UUID, tx: TxDep, who: Annotated[Who, may(WRITE)]) -> LinkView:
    made = await links.create(
        tx, purpose="estimate", subject=ticket_id, revision=2, expires_at=tx.now + timedelta(days=3)
    )
    return LinkView.of(made)


@shop.delete("/tickets/{ticket_id}/link")
async def end_links(ticket_id: UUID, tx: TxDep, who: Annotated[Who, may(WRITE)]) -> int:
    return await links.revoke(tx, purpose="estimate", subject=ticket_id)


EstimateLink = Annotated[Link, customer_link("estimate")]


@public.get("/l/{token}")
async def show_link(request: Request, tx: TxDep, link: EstimateLink) -> Response:
    ticket = await tx.get(Ticket, link.subject_id)
    return customer_page(
        request, "ticket.html", number=ticket.number, price=ticket.price, made_at=ticket.made_at, by=tx.by
    )


@public.post("/l/{token}/answer")
async def answer_link(tx: TxDep, link: EstimateLink) -> dict[str, int | None]:
    await links.use_up(tx, link)
    return {"revision": link.revision}


service = Service("counter", base=Base, rules=CounterRules, routers=[shop, public], title="Counter")
