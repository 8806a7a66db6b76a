"""Routes of the catalogue and of suppliers."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field
from sqlalchemy import select

from contracts.base import Money, Quantity, TaxRate
from contracts.permissions import parts as may_parts
from contracts.values import Title
from parts.commands import catalogue as commands
from parts.domain import Part, PartCard, Stock, Supplier
from parts.domain.part import PART, PartAlreadyListed, PartKind, PartState
from parts.queries import stock as queries
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, View, Who, may, paginate, problems
from servicekit.http import router as chassis_router

router = chassis_router(tags=["catalogue"])

PartNo = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", description="catalogue number")]
PartNoPath = Annotated[str, Path(max_length=40)]


class PartBody(Body):
    """What the catalogue says about a part."""

    title: Title
    kind: PartKind = Field(description="oem, or substitute; the customer is told (PART-04)")
    unit: str = Field(min_length=1, max_length=20, description="piece, litre, set, ...")
    unit_price: Annotated[Money, Field(ge=0)] = Field(description="net list price of one unit")
    tax_rate: TaxRate = Field(description="tax as a fraction, e.g. 0.13")
    reorder_point: Annotated[Quantity, Field(ge=0)] | None = Field(
        default=None, description="suggest to order when available stock is at or below it (PART-28)"
    )
    reorder_quantity: Annotated[Quantity, Field(gt=0)] | None = Field(
        default=None, description="how much to order then"
    )
    supplier_id: UUID | None = Field(default=None, description="whom it is ordered from")
    warranty_months: int | None = Field(default=None, ge=0, le=600, description="part warranty (PART-11)")

    def card(self) -> PartCard:
        """As the domain takes it."""
        return PartCard(**{name: getattr(self, name) for name in PartBody.model_fields})


class NewPart(PartBody):
    """A part that enters the catalogue."""

    part_no: PartNo


class PartView(View):
    """A part with its stock (PART-01); ``available`` is on hand and promised to nobody."""

    part_no: str
    state: PartState
    title: Title
    kind: PartKind
    unit: str
    unit_price: Money
    tax_rate: TaxRate
    reorder_point: Quantity | None
    reorder_quantity: Quantity | None
    supplier_id: UUID | None
    warranty_months: int | None
    version: int
    on_hand: Quantity
    reserved: Quantity
    available: Quantity
    unit_cost: Money
    allowed: list[str]

    @classmethod
    def made(cls, part: Part, stock: Stock) -> "PartView":
        """From the part and its stock."""
        names = ("on_hand", "reserved", "available", "unit_cost")
        own = {name: getattr(part, name) for name in cls.model_fields if hasattr(part, name)}
        shelf = {name: getattr(stock, name) for name in names}
        return cls(**own, **shelf, allowed=PART.allowed(part.state))


class PartDetail(PartView):
    """One part with what is on order."""

    on_order: Quantity


class SupplierBody(Body):
    """A supplier; parts are bought only from the qualified (PART-12)."""

    name: str = Field(min_length=1, max_length=200)
    qualified: bool
    qualification: str = Field(default="", max_length=500, description="what the qualification rests on")
    lead_working_days: int | None = Field(
        default=None, ge=0, le=365, description="usual working days to delivery; absent: the house rule"
    )


class SupplierView(View):
    """A supplier."""

    id: UUID
    name: str
    qualified: bool
    qualification: str
    lead_working_days: int | None
    version: int


@router.get("/parts")
async def list_parts(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    q: Annotated[
        str | None, Query(max_length=100, description="begin of the number, piece of the name")
    ] = None,
    state: PartState | None = None,
    kind: PartKind | None = None,
    supplier_id: UUID | None = None,
    part_no: Annotated[list[str] | None, Query(max_length=200, description="exactly these parts")] = None,
) -> Page[PartView]:
    """Catalogue and availability."""
    query = queries.parts_and_stock(
        q=q, state=state, kind=kind, supplier_id=supplier_id, part_nos=part_no or ()
    )
    return await paginate(tx, query, page, by=(Part.part_no,), view=lambda row: PartView.made(row[0], row[1]))


@router.post("/parts", status_code=201, responses=problems(PartAlreadyListed, NotFound))
async def list_part(tx: TxDep, body: NewPart, who: Annotated[Who, may(may_parts.CATALOGUE)]) -> PartDetail:
    """Take a part into the catalogue, or offer a withdrawn one again."""
    await commands.list_part(tx, part_no=body.part_no, card=body.card())
    return await _detail(tx, body.part_no)


@router.get("/parts/{part_no}", responses=problems(NotFound))
async def get_part(part_no: PartNoPath, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]) -> PartDetail:
    """One part with its stock and what is on order."""
    return await _detail(tx, part_no)


@router.put("/parts/{part_no}", responses=problems(NotFound, IllegalTransition, Stale))
async def change_part(
    part_no: PartNoPath, tx: TxDep, body: PartBody, who: Annotated[Who, may(may_parts.CATALOGUE)]
) -> PartDetail:
    """Replace what the catalogue says about a part."""
    await commands.change_part(tx, part_no=part_no, card=body.card())
    return await _detail(tx, part_no)


@router.post("/parts/{part_no}/withdrawal", responses=problems(NotFound, IllegalTransition, Stale))
async def withdraw_part(
    part_no: PartNoPath, tx: TxDep, who: Annotated[Who, may(may_parts.CATALOGUE)]
) -> PartDetail:
    """Offer a part no longer."""
    await commands.withdraw_part(tx, part_no=part_no)
    return await _detail(tx, part_no)


async def _detail(tx: TxDep, part_no: str) -> PartDetail:
    await tx.session.flush()
    part, stock, on_order = await queries.part_and_stock(tx, part_no)
    return PartDetail(**PartView.made(part, stock).model_dump(), on_order=on_order)


@router.get("/suppliers")
async def list_suppliers(
    tx: TxDep, page: PageQuery, who: Annotated[Who, may(may_parts.READ)], qualified: bool | None = None
) -> Page[SupplierView]:
    """Suppliers by name."""
    query = select(Supplier)
    if qualified is not None:
        query = query.where(Supplier.qualified == qualified)
    return await paginate(tx, query, page, by=(Supplier.name,), view=SupplierView)


@router.post("/suppliers", status_code=201, responses=problems(commands.SupplierAlreadyKnown))
async def add_supplier(
    tx: TxDep, body: SupplierBody, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> SupplierView:
    """Note a supplier."""
    supplier = await commands.add_supplier(tx, **body.model_dump_fields())
    await tx.session.flush()
    return SupplierView.of(supplier)


@router.get("/suppliers/{supplier_id}", responses=problems(NotFound))
async def get_supplier(
    supplier_id: UUID, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]
) -> SupplierView:
    """One supplier."""
    return SupplierView.of(await tx.read(Supplier, supplier_id))


@router.put("/suppliers/{supplier_id}", responses=problems(commands.SupplierAlreadyKnown, NotFound, Stale))
async def change_supplier(
    supplier_id: UUID, tx: TxDep, body: SupplierBody, who: Annotated[Who, may(may_parts.PURCHASE)]
) -> SupplierView:
    """Change what is known of a supplier."""
    supplier = await commands.change_supplier(tx, supplier_id=supplier_id, **body.model_dump_fields())
    await tx.session.flush()
    return SupplierView.of(supplier)
