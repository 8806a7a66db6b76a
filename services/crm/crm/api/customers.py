"""Customers and the directory: register, find, change, classify, consent, history, readings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from contracts.permissions import crm as may_crm
from contracts.permissions import everywhere
from crm.api.views import (
    ComplaintMarkView,
    CustomerFileView,
    CustomerView,
    DirectoryView,
    LifeCycleView,
    ReadingView,
    VehicleView,
    VisitFileView,
    Word,
)
from crm.commands import customers as commands
from crm.domain import (
    ConsentNotGiven,
    ConsentStands,
    Customer,
    CustomerClass,
    PhoneTaken,
    Purpose,
    VisitFile,
    normal_phone,
)
from crm.queries import after_care
from crm.queries import customers as queries
from crm.settings import Settings
from servicekit import NotFound, Tx
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, paginate, problems
from servicekit.http import router as chassis_router
from shopkit.vehicles import normal_plate

router = chassis_router(tags=["customers"])

Name = Annotated[str, Field(min_length=1, max_length=100)]
Phone = Annotated[str, Field(min_length=3, max_length=40)]
Address = Annotated[str, Field(max_length=300)]
Credit = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class RegisterCustomer(Body):
    """Name and phone are enough; VIP and credit are given by classification."""

    display_name: Name
    phone: Phone
    address: Address | None = None
    customer_class: Literal["normal", "potential"] = "normal"
    consents: list[Purpose] = []
    channel: Word = "desk"


class ChangeCustomer(Body):
    """What is given changes; an address of ``null`` is taken away."""

    display_name: Name | None = None
    phone: Phone | None = None
    address: Address | None = None


class ClassifyCustomer(Body):
    """Class (CRM-02) and approved credit; ``null``: pays at once."""

    customer_class: CustomerClass
    credit_limit: Credit | None = None


class GiveConsent(Body):
    """What the customer authorises, and how they said so."""

    purpose: Purpose
    channel: Word = "desk"


class PhoneSearch(Body):
    """A phone number in any spelling; in a body, because addresses are logged."""

    phone: Phone


@router.post("/customers", status_code=201, responses=problems(PhoneTaken))
async def register_customer(
    body: RegisterCustomer, tx: TxDep, who: Annotated[Who, may(may_crm.REGISTER)]
) -> CustomerView:
    """A new customer; a phone number that is on file answers 409 with ``existing_id``."""
    fields = body.model_dump_fields() | {"customer_class": CustomerClass(body.customer_class)}
    customer = await commands.register_customer(tx, **fields)
    await tx.session.flush()
    return CustomerView.of(customer)


@router.get("/customers")
async def list_customers(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    name: Annotated[str | None, Query(max_length=100, description="beginning of the name")] = None,
    customer_class: CustomerClass | None = None,
) -> Page[CustomerView]:
    """Customers by name."""
    query = queries.customers(name=name, customer_class=customer_class)
    return await paginate(tx, query, page, by=(Customer.search_name, Customer.id), view=CustomerView)


@router.post("/directory/phone-searches")
async def search_by_phone(
    body: PhoneSearch, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]
) -> list[DirectoryView]:
    """Who has this phone number: one, or nobody."""
    assert isinstance(tx.settings, Settings)
    found = await queries.by_phone(tx, normal_phone(body.phone, tx.settings.phone_region))
    return await _directory(tx, [found] if found is not None else [])


@router.get("/directory")
async def search_directory(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    name: Annotated[str | None, Query(max_length=100, description="beginning of the name")] = None,
    plate: Annotated[str | None, Query(max_length=20, description="beginning of the plate")] = None,
    vin: Annotated[str | None, Query(max_length=17, description="beginning of the VIN")] = None,
) -> Page[DirectoryView]:
    """Customers with their vehicles and marks, by name, plate or VIN."""
    normal = normal_plate(plate, field="query.plate") if plate else None
    query = queries.directory(name=name, plate=normal, vin=vin)
    found = await paginate(tx, query, page, by=(Customer.search_name, Customer.id))
    return Page(items=await _directory(tx, found.items), next=found.next)


async def _directory(tx: Tx, customers: Sequence[Customer]) -> list[DirectoryView]:
    ids = [customer.id for customer in customers]
    if not ids:
        return []
    vehicles, marks = await queries.vehicles_of(tx, ids), await queries.marks(tx, ids)
    return [
        DirectoryView(
            id=customer.id,
            customer_no=customer.customer_no,
            display_name=customer.display_name,
            customer_class=customer.customer_class,
            phone=customer.phone,
            careful=bool(marks[customer.id]),
            vehicles=[VehicleView.of(vehicle) for vehicle in vehicles[customer.id]],
        )
        for customer in customers
    ]


@router.get("/customers/{customer_id}", responses=problems(NotFound))
async def show_customer(
    customer_id: UUID,
    tx: TxDep,
    response: Response,
    who: Annotated[Who, may(may_crm.READ)],
    purpose: Annotated[
        str, Query(min_length=1, max_length=100, description="what phone and address are read for; on record")
    ] = "customer file",
) -> CustomerFileView:
    """The whole file. Phone and address are in clear with ``personal.read`` only; each reading is logged."""
    customer = await after_care.one(tx, Customer, customer_id)
    marks = (await queries.marks(tx, [customer_id]))[customer_id]
    file = CustomerFileView(
        **CustomerView.of(customer).model_dump(),
        careful=bool(marks),
        complaints=[ComplaintMarkView.of(mark) for mark in marks],
        life_cycle=LifeCycleView.of(await queries.life_cycle(tx, customer_id)),
        vehicles=[VehicleView.of(x) for x in (await queries.vehicles_of(tx, [customer_id]))[customer_id]],
    )
    if not who.may(everywhere.PERSONAL_READ):
        return file
    response.headers["Cache-Control"] = "no-store"
    reach = await queries.reach(tx, customer, purpose=purpose)
    return file.model_copy(update={"phone": reach.phone, "address": reach.address})


@router.patch("/customers/{customer_id}", responses=problems(NotFound, PhoneTaken))
async def change_customer(
    customer_id: UUID, body: ChangeCustomer, tx: TxDep, who: Annotated[Who, may(may_crm.REGISTER)]
) -> CustomerView:
    """New name, phone or address, told at once (CRM-08); the data counts as verified."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    customer = await commands.change_customer(tx, customer_id=customer_id, changes=changes)
    await tx.session.flush()
    return CustomerView.of(customer)


@router.put("/customers/{customer_id}/classification", responses=problems(NotFound))
async def classify_customer(
    customer_id: UUID, body: ClassifyCustomer, tx: TxDep, who: Annotated[Who, may(may_crm.CLASSIFY)]
) -> CustomerView:
    """Class and credit from now on."""
    customer = await commands.classify_customer(tx, customer_id=customer_id, **body.model_dump_fields())
    await tx.session.flush()
    return CustomerView.of(customer)


@router.post("/customers/{customer_id}/consents", responses=problems(NotFound, ConsentStands))
async def give_consent(
    customer_id: UUID, body: GiveConsent, tx: TxDep, who: Annotated[Who, may(may_crm.CONSENT)]
) -> CustomerView:
    """The customer authorises a purpose (DATA-05)."""
    customer = await commands.give_consent(
        tx, customer_id=customer_id, purpose=body.purpose, channel=body.channel
    )
    await tx.session.flush()
    return CustomerView.of(customer)


@router.post(
    "/customers/{customer_id}/consents/{purpose}/withdrawal", responses=problems(NotFound, ConsentNotGiven)
)
async def withdraw_consent(
    customer_id: UUID, purpose: Purpose, tx: TxDep, who: Annotated[Who, may(may_crm.CONSENT)]
) -> CustomerView:
    """The customer takes it back; it stays on record."""
    customer = await commands.withdraw_consent(tx, customer_id=customer_id, purpose=purpose)
    await tx.session.flush()
    return CustomerView.of(customer)


@router.get("/customers/{customer_id}/history")
async def show_history(
    customer_id: UUID, tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_crm.READ)]
) -> Page[VisitFileView]:
    """The customer's visits, newest first (CRM-01)."""
    query, by = queries.history(customer_id=customer_id), (VisitFile.opened_at, VisitFile.visit_id)
    return await paginate(tx, query, page, by=by, view=VisitFileView, descending=True)


@router.get("/customers/{customer_id}/readings")
async def list_readings(
    customer_id: UUID,
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.CONSENT, everywhere.OPERATIONS_READ)],
) -> Page[ReadingView]:
    """Who read the customer's data, when and what for, newest first (DATA-07)."""
    by = (queries.READINGS.c.position,)
    query = queries.readings(customer_id)
    return await paginate(tx, query, page, by=by, view=ReadingView, descending=True)
