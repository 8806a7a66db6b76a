"""The bays and whose car is in them."""

from sqlalchemy import select

from servicekit import Tx
from servicekit.http import Page, PageRequest, paginate
from workshop.domain import Bay
from workshop.queries.views import BayView, bay_view


async def bays(tx: Tx, page: PageRequest, *, free: bool | None) -> Page[BayView]:
    """Bays by name (WORK-48)."""
    stmt = select(Bay)
    if free is not None:
        is_free = Bay.job_id.is_(None) & Bay.in_use
        stmt = stmt.where(is_free if free else ~is_free)
    return await paginate(tx, stmt, page, by=(Bay.name, Bay.id), view=bay_view)
