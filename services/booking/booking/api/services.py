"""Routes of the service menu."""

from decimal import Decimal
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from booking.commands import menu as commands
from booking.domain.menu import PartUnknown, ServiceState, ServiceTerms, ServiceType
from booking.queries import menu as queries
from booking.queries.views import ServiceView
from contracts.permissions import booking as may_booking
from contracts.values import ServicePart, Title
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Body, Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as make_router

router = make_router(tags=["shop"])

Reader = Annotated[Who, may(may_booking.READ)]
MenuKeeper = Annotated[Who, may(may_booking.MENU)]
ServiceCode = Annotated[
    str,
    Field(
        min_length=1,
        max_length=40,
        pattern=r"^[A-Z0-9][A-Z0-9.\-]*$",
        description="code of a menu item, e.g. OIL-CHANGE",
    ),
]
ServiceCodePath = Annotated[ServiceCode, Path(description="code of the menu item, e.g. OIL-CHANGE")]


class Named(Body):
    """A text in both languages."""

    zh: str = Field(min_length=1, max_length=500, description="Chinese text")
    en: str = Field(min_length=1, max_length=500, description="English text")

    def title(self) -> Title:
        """The same as a value of the contracts."""
        return Title(zh=self.zh, en=self.en)


class NeededPart(Body):
    """A part that a service usually takes."""

    part_no: str = Field(min_length=1, max_length=60, description="catalogue number of the part")
    quantity: Decimal = Field(gt=0, max_digits=10, decimal_places=3, description="in the part's unit")


class OfferService(Body):
    """What a menu item is and takes (BOOK-30)."""

    title: Named = Field(description="name that customers see")
    service_type: ServiceType = Field(description="kind of service (BOOK-30)")
    work_type: str = Field(
        min_length=1, max_length=60, description="kind of work that the labour rate is looked up by"
    )
    skill: str = Field(min_length=1, max_length=60, description="skill that the technician needs")
    labour_minutes: int = Field(ge=1, le=6000, description="usual labour, whole minutes")
    parts: tuple[NeededPart, ...] = Field(default=(), max_length=50, description="parts that it takes")

    def terms(self) -> ServiceTerms:
        """The same as the menu keeps it."""
        return ServiceTerms(
            title=self.title.title(),
            service_type=self.service_type,
            work_type=self.work_type,
            skill=self.skill,
            labour_minutes=self.labour_minutes,
            parts=tuple(ServicePart(part_no=p.part_no, quantity=p.quantity) for p in self.parts),
        )


@router.get("/services")
async def list_services(
    tx: TxDep,
    page: PageQuery,
    who: Reader,
    state: Annotated[ServiceState | None, Query(description="only those in this state")] = None,
) -> Page[ServiceView]:
    """The menu (BOOK-30)."""
    return await queries.services(tx, page, state=state)


@router.get("/services/{service_code}", responses=problems(NotFound))
async def read_service(service_code: ServiceCodePath, tx: TxDep, who: Reader) -> ServiceView:
    """One menu item."""
    return await queries.service(tx, service_code)


@router.put("/services/{service_code}", responses=problems(PartUnknown, Stale))
async def offer_service(
    service_code: ServiceCodePath, body: OfferService, tx: TxDep, who: MenuKeeper
) -> ServiceView:
    """Put a service on the menu, or change what is there."""
    await commands.offer_service(tx, service_code=service_code, terms=body.terms())
    return await queries.service(tx, service_code)


@router.post("/services/{service_code}/withdrawal", responses=problems(NotFound, IllegalTransition, Stale))
async def withdraw_service(service_code: ServiceCodePath, tx: TxDep, who: MenuKeeper) -> ServiceView:
    """Take a service off the menu."""
    await commands.withdraw_service(tx, service_code=service_code)
    return await queries.service(tx, service_code)
