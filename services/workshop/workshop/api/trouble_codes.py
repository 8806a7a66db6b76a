"""Routes of the list of diagnostic trouble codes."""

from typing import Annotated

from fastapi import Query

from contracts.permissions import workshop as may_workshop
from servicekit import NotFound
from servicekit.http import Page, PageQuery, TxDep, Who, may, problems, router
from workshop.queries import trouble_codes
from workshop.queries.views import CodeView

routes = router(tags=["shop floor"])

Reader = Annotated[Who, may(may_workshop.READ)]


@routes.get("/trouble-codes")
async def search_trouble_codes(
    tx: TxDep,
    who: Reader,
    page: PageQuery,
    q: Annotated[str, Query(max_length=80, description="begin of a code, or words of its meaning")] = "",
) -> Page[CodeView]:
    """Diagnostic trouble codes with their meaning (WORK-36)."""
    found = trouble_codes.search(q, after=page.cursor or "", limit=page.limit + 1)
    shown = [CodeView.of(code) for code in found[: page.limit]]
    return Page(items=shown, next=shown[-1].code if len(found) > page.limit else None)


@routes.get("/trouble-codes/{code}", responses=problems(NotFound))
async def show_trouble_code(code: str, who: Reader) -> CodeView:
    """One trouble code."""
    description = trouble_codes.all_codes().get(code.upper())
    if description is None:
        raise NotFound("TroubleCode", code)
    return CodeView(code=code.upper(), description=description)
