"""The HTTP side of a service: what departments import to write their routes."""

from servicekit.http.auth import Who, may
from servicekit.http.idempotency import key_required
from servicekit.http.links import customer_link
from servicekit.http.pages import Accepts, customer_page
from servicekit.http.paging import Page, PageQuery, PageRequest, paginate
from servicekit.http.problems import Problem, problems, refused
from servicekit.http.route import Now, ShopRoute, TxDep, public_router, router
from servicekit.http.views import Body, View

__all__ = [
    "Accepts",
    "Body",
    "Now",
    "Page",
    "PageQuery",
    "PageRequest",
    "Problem",
    "ShopRoute",
    "TxDep",
    "View",
    "Who",
    "customer_link",
    "customer_page",
    "key_required",
    "may",
    "paginate",
    "problems",
    "public_router",
    "refused",
    "router",
]
