"""The dependency that opens a route to whoever has a customer's link."""

from typing import Annotated, Any

from fastapi import Depends, Path

from servicekit.http.route import TxDep
from servicekit.links import Link, find

_TOKEN = "the secret of a customer's link, as it stands in the link's address"


def customer_link(purpose: str) -> Any:
    """``link: Annotated[Link, customer_link("estimate")]`` of a route below ``/l/{token}``; sets ``by``."""

    async def check(tx: TxDep, token: Annotated[str, Path(description=_TOKEN)]) -> Link:
        link = await find(tx, token, purpose)
        tx.set_by("customer")
        return link

    return Depends(check)
