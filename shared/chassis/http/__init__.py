"""The HTTP side of a service: what departments import to write their routes."""

from chassis.http import links
from chassis.http.auth import Who, may
from chassis.http.idempotency import key_required
from chassis.http.links import Link, NewLink, customer_link
from chassis.http.pages import Accepts, customer_page
from chassis.http.paging import Page, PageAsked, PageQuery, paginate
from chassis.http.problems import Problem, problems, refused
from chassis.http.route import Now, ShopRoute, TxDep, public_router, router
from chassis.http.views import Body, View

__all__ = [
    "Accepts",
    "Body",
    "Link",
    "NewLink",
    "Now",
    "Page",
    "PageAsked",
    "PageQuery",
    "Problem",
    "ShopRoute",
    "TxDep",
    "View",
    "Who",
    "customer_link",
    "customer_page",
    "key_required",
    "links",
    "may",
    "paginate",
    "problems",
    "public_router",
    "refused",
    "router",
]
