"""Routes of the directory: customers and vehicles by name, plate or VIN."""

from typing import Annotated

from fastapi import Query

from booking.api.services import Reader
from booking.queries import menu as queries
from booking.queries.views import DirectoryEntry
from servicekit.http import Page, PageQuery, TxDep
from servicekit.http import router as make_router

router = make_router(tags=["shop"])


@router.get("/directory")
async def search_directory(
    tx: TxDep,
    page: PageQuery,
    who: Reader,
    query: Annotated[
        str, Query(min_length=1, max_length=60, description="begin of plate, VIN or customer's name")
    ],
) -> Page[DirectoryEntry]:
    """Vehicles by the beginning of plate, VIN or customer's name; phones are crm's alone."""
    return await queries.directory(tx, page, query=query)
