"""The dependency that opens a route to whoever has a customer's link."""

from typing import Any

from fastapi import Depends
from starlette.requests import Request

from servicekit.http.route import TxDep
from servicekit.links import Link, find


def customer_link(purpose: str) -> Any:
    """``link: Annotated[Link, customer_link("estimate")]`` of a route below ``/l/{token}``; sets ``by``."""

    async def check(request: Request, tx: TxDep) -> Link:
        link = await find(tx, request.path_params["token"], purpose)
        tx.set_by("customer")
        return link

    return Depends(check)
