"""Routes of bays: list, add, change."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, status
from pydantic import Field

from contracts.permissions import workshop as may_workshop
from servicekit import NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems, router
from workshop.api.jobs import Name
from workshop.commands import bays as commands
from workshop.domain import Bay
from workshop.domain.bay import BayInUse, BayNameTaken
from workshop.queries import bays as queries
from workshop.queries.views import BayView, bay_view

routes = router(tags=["shop floor"])

Reader = Annotated[Who, may(may_workshop.READ)]
Keeper = Annotated[Who, may(may_workshop.RESOURCES)]


class AddBay(Body):
    """A bay to add."""

    name: Name = Field(description="name of the bay, unique in the shop")
    equipment: Annotated[list[Name], Field(max_length=50)] = Field(
        default=[], description="what it is equipped with, e.g. lift"
    )


class ChangeBay(AddBay):
    """A bay as it shall be."""

    in_use: bool = Field(default=True, description="false: closed, no car is dispatched to it")


@routes.get("/bays")
async def list_bays(
    tx: TxDep,
    who: Reader,
    page: PageQuery,
    free: Annotated[bool | None, Query(description="in use and without a car")] = None,
) -> Page[BayView]:
    """Bays by name and whose car is in them (WORK-48)."""
    return await queries.bays(tx, page, free=free)


@routes.get("/bays/{bay_id}", responses=problems(NotFound))
async def show_bay(bay_id: UUID, tx: TxDep, who: Reader) -> BayView:
    """One bay."""
    return bay_view(await tx.read(Bay, bay_id))


@routes.post("/bays", status_code=status.HTTP_201_CREATED, responses=problems(BayNameTaken))
async def add_bay(body: AddBay, tx: TxDep, who: Keeper) -> BayView:
    """Add a bay."""
    bay = await commands.add_bay(tx, **body.model_dump_fields())
    await tx.session.flush()
    return bay_view(bay)


@routes.put("/bays/{bay_id}", responses=problems(NotFound, Stale, BayNameTaken, BayInUse))
async def change_bay(bay_id: UUID, body: ChangeBay, tx: TxDep, who: Keeper) -> BayView:
    """Rename, equip, open or close a bay."""
    bay = await commands.change_bay(tx, bay_id=bay_id, **body.model_dump_fields())
    await tx.session.flush()
    return bay_view(bay)
