"""Routes of the catalogue."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from contracts.base import Money, Quantity, TaxRate
from contracts.permissions import parts as may_parts
from contracts.values import Title
from parts.commands import part as commands
from parts.domain import PartCard
from parts.domain.part import PartAlreadyListed, PartKind, PartState
from parts.queries import catalogue as queries
from parts.queries.views import PartDetail, PartView
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as make_router

router = make_router(tags=["catalogue"])

PartNo = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$", description="catalogue number")]
PartNoPath = Annotated[str, Path(max_length=40, description="catalogue number of the part")]


class PartBody(Body):
    """A part's entry in the catalogue."""

    title: Title = Field(description="name of the part")
    kind: PartKind = Field(description="oem, or substitute; the customer is to know (PART-04)")
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
        return PartCard(
            title=self.title,
            kind=self.kind,
            unit=self.unit,
            unit_price=self.unit_price,
            tax_rate=self.tax_rate,
            reorder_point=self.reorder_point,
            reorder_quantity=self.reorder_quantity,
            supplier_id=self.supplier_id,
            warranty_months=self.warranty_months,
        )


class NewPart(PartBody):
    """A part that enters the catalogue."""

    part_no: PartNo


@router.get("/parts")
async def list_parts(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    q: Annotated[
        str | None, Query(max_length=100, description="begin of the number, piece of the name")
    ] = None,
    state: Annotated[PartState | None, Query(description="only those in this state")] = None,
    kind: Annotated[PartKind | None, Query(description="only those of this kind")] = None,
    supplier_id: Annotated[UUID | None, Query(description="only those of this supplier")] = None,
    part_no: Annotated[list[str] | None, Query(max_length=200, description="exactly these parts")] = None,
) -> Page[PartView]:
    """Catalogue and availability."""
    return await queries.parts(
        tx, page, q=q, state=state, kind=kind, supplier_id=supplier_id, part_nos=part_no or ()
    )


@router.post("/parts", status_code=201, responses=problems(PartAlreadyListed, NotFound))
async def list_part(tx: TxDep, body: NewPart, who: Annotated[Who, may(may_parts.CATALOGUE)]) -> PartDetail:
    """Take a part into the catalogue, or offer a withdrawn one again."""
    await commands.list_part(tx, part_no=body.part_no, card=body.card())
    return await queries.part(tx, body.part_no)


@router.get("/parts/{part_no}", responses=problems(NotFound))
async def get_part(part_no: PartNoPath, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]) -> PartDetail:
    """One part with its stock and what is on order."""
    return await queries.part(tx, part_no)


@router.put("/parts/{part_no}", responses=problems(NotFound, IllegalTransition, Stale))
async def change_part(
    part_no: PartNoPath, tx: TxDep, body: PartBody, who: Annotated[Who, may(may_parts.CATALOGUE)]
) -> PartDetail:
    """Replace a part's entry in the catalogue."""
    await commands.change_part(tx, part_no=part_no, card=body.card())
    return await queries.part(tx, part_no)


@router.post("/parts/{part_no}/withdrawal", responses=problems(NotFound, IllegalTransition, Stale))
async def withdraw_part(
    part_no: PartNoPath, tx: TxDep, who: Annotated[Who, may(may_parts.CATALOGUE)]
) -> PartDetail:
    """Offer a part no longer."""
    await commands.withdraw_part(tx, part_no=part_no)
    return await queries.part(tx, part_no)
