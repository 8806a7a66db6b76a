"""Customers and the directory: register, find, change, classify, consent, history, readings."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query, Response
from pydantic import Field

from contracts.permissions import crm as may_crm
from contracts.permissions import everywhere
from crm.api.vehicles import PlateSearch, VinSearch
from crm.commands import customers as commands
from crm.domain import (
    ConsentNotGiven,
    ConsentStands,
    CustomerClass,
    PhoneTaken,
    Purpose,
    normal_phone,
)
from crm.queries import customers as queries
from crm.queries import vehicles
from crm.queries.views import CustomerFileView, CustomerView, DirectoryView, ReadingView, VisitFileView
from crm.settings import Settings
from servicekit import NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as new_router
from shopkit.fields import Word
from shopkit.vehicles import normal_plate

router = new_router(tags=["customers"])

CustomerId = Annotated[UUID, Path(description="the customer")]
NameSearch = Annotated[str | None, Query(max_length=100, description="beginning of the name")]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Phone = Annotated[str, Field(min_length=3, max_length=40)]
Address = Annotated[str, Field(max_length=300)]
Credit = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class RegisterCustomer(Body):
    """Name and phone are enough; VIP and credit are given by classification."""

    display_name: Name = Field(description="the customer's name")
    phone: Phone = Field(description="phone number as written; sealed")
    address: Address | None = Field(default=None, description="address; sealed")
    customer_class: Literal["normal", "potential"] = Field(
        default="normal", description="class of the customer (CRM-02)"
    )
    consents: list[Purpose] = Field(default=[], description="purposes that the customer authorises (DATA-05)")
    channel: Word = Field(default="desk", description="how they were authorised: desk, phone, ...")


class ChangeCustomer(Body):
    """What is given changes; an address of ``null`` is taken away."""

    display_name: Name | None = Field(default=None, description="new name")
    phone: Phone | None = Field(default=None, description="new phone number as written; sealed")
    address: Address | None = Field(default=None, description="new address; null: none; sealed")


class ClassifyCustomer(Body):
    """Class (CRM-02) and approved credit; ``null``: pays at once."""

    customer_class: CustomerClass = Field(description="class of the customer (CRM-02)")
    credit_limit: Credit | None = Field(default=None, description="approved credit; null: pays at once")


class GiveConsent(Body):
    """What the customer authorises, and how."""

    purpose: Purpose = Field(description="what the data may be used for")
    channel: Word = Field(default="desk", description="how it was authorised: desk, phone, ...")


class PhoneSearch(Body):
    """A phone number in any spelling; in a body, because addresses are logged."""

    phone: Phone = Field(description="phone number in any spelling")


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
    name: NameSearch = None,
    customer_class: Annotated[CustomerClass | None, Query(description="only customers of this class")] = None,
) -> Page[CustomerView]:
    """Customers by name."""
    return await queries.customers(tx, page, name=name, customer_class=customer_class)


@router.post("/directory/phone-searches")
async def search_by_phone(
    body: PhoneSearch, tx: TxDep, who: Annotated[Who, may(may_crm.READ)]
) -> list[DirectoryView]:
    """Who has this phone number: one, or nobody."""
    assert isinstance(tx.settings, Settings)
    return await queries.by_phone(tx, normal_phone(body.phone, tx.settings.phone_region))


@router.get("/directory")
async def search_directory(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.READ)],
    name: NameSearch = None,
    plate: PlateSearch = None,
    vin: VinSearch = None,
) -> Page[DirectoryView]:
    """Customers with their vehicles and marks, by name, plate or VIN."""
    normal = normal_plate(plate, field="query.plate") if plate else None
    return await queries.directory(tx, page, name=name, plate=normal, vin=vin)


@router.get("/customers/{customer_id}", responses=problems(NotFound))
async def show_customer(
    customer_id: CustomerId,
    tx: TxDep,
    response: Response,
    who: Annotated[Who, may(may_crm.READ)],
    purpose: Annotated[
        str, Query(min_length=1, max_length=100, description="what phone and address are read for; on record")
    ] = "customer file",
) -> CustomerFileView:
    """The whole file. Phone and address are in clear with ``personal.read`` only; each reading is logged."""
    in_clear = who.may(everywhere.PERSONAL_READ)
    file = await queries.customer_file(tx, customer_id, in_clear_for=purpose if in_clear else None)
    if in_clear:
        response.headers["Cache-Control"] = "no-store"
    return file


@router.patch("/customers/{customer_id}", responses=problems(NotFound, PhoneTaken, Stale))
async def change_customer(
    customer_id: CustomerId, body: ChangeCustomer, tx: TxDep, who: Annotated[Who, may(may_crm.REGISTER)]
) -> CustomerView:
    """New name, phone or address, published at once (CRM-08); the data counts as verified."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    customer = await commands.change_customer(tx, customer_id=customer_id, changes=changes)
    await tx.session.flush()
    return CustomerView.of(customer)


@router.put("/customers/{customer_id}/classification", responses=problems(NotFound, Stale))
async def classify_customer(
    customer_id: CustomerId, body: ClassifyCustomer, tx: TxDep, who: Annotated[Who, may(may_crm.CLASSIFY)]
) -> CustomerView:
    """Class and credit from now on."""
    customer = await commands.classify_customer(tx, customer_id=customer_id, **body.model_dump_fields())
    await tx.session.flush()
    return CustomerView.of(customer)


@router.post("/customers/{customer_id}/consents", responses=problems(NotFound, ConsentStands, Stale))
async def give_consent(
    customer_id: CustomerId, body: GiveConsent, tx: TxDep, who: Annotated[Who, may(may_crm.CONSENT)]
) -> CustomerView:
    """The customer authorises a purpose (DATA-05)."""
    customer = await commands.give_consent(tx, customer_id=customer_id, **body.model_dump_fields())
    await tx.session.flush()
    return CustomerView.of(customer)


@router.post(
    "/customers/{customer_id}/consents/{purpose}/withdrawal",
    responses=problems(NotFound, ConsentNotGiven, Stale),
)
async def withdraw_consent(
    customer_id: CustomerId,
    purpose: Annotated[Purpose, Path(description="what the data may no longer be used for")],
    tx: TxDep,
    who: Annotated[Who, may(may_crm.CONSENT)],
) -> CustomerView:
    """The customer takes it back; it stays on record."""
    customer = await commands.withdraw_consent(tx, customer_id=customer_id, purpose=purpose)
    await tx.session.flush()
    return CustomerView.of(customer)


@router.get("/customers/{customer_id}/history")
async def show_customer_history(
    customer_id: CustomerId, tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_crm.READ)]
) -> Page[VisitFileView]:
    """The customer's visits, newest first (CRM-01)."""
    return await vehicles.history(tx, page, customer_id=customer_id)


@router.get("/customers/{customer_id}/readings")
async def list_readings(
    customer_id: CustomerId,
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_crm.CONSENT, everywhere.OPERATIONS_READ)],
) -> Page[ReadingView]:
    """Who read the customer's data, when and what for, newest first (DATA-07)."""
    return await queries.readings(tx, page, customer_id)
