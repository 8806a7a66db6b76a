"""Routes of reservations: what is set aside for a request, and what went into the car."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from contracts.permissions import parts as may_parts
from parts.commands import reservation as commands
from parts.domain.reservation import ReservationState
from parts.queries import reservations as queries
from parts.queries.views import ReservationRow, ReservationView, UsedPartView
from servicekit import IllegalTransition, NotFound, Stale
from servicekit.http import Page, PageQuery, TxDep, Who, may, problems
from servicekit.http import router as make_router

router = make_router(tags=["reservations"])

ReservationId = Annotated[UUID, Path(description="the reservation")]
PartLineId = Annotated[UUID, Path(description="the part line")]


@router.get("/reservations")
async def list_reservations(
    tx: TxDep,
    page: PageQuery,
    who: Annotated[Who, may(may_parts.READ)],
    request_id: Annotated[UUID | None, Query(description="only that of this request")] = None,
    request_no: Annotated[str | None, Query(description="number of the request")] = None,
    visit_id: Annotated[UUID | None, Query(description="only that of this visit")] = None,
    appointment_id: Annotated[UUID | None, Query(description="only that of this appointment")] = None,
    plate: Annotated[str | None, Query(description="licence plate, however it is typed")] = None,
    state: Annotated[ReservationState | None, Query(description="only those in this state")] = None,
) -> Page[ReservationRow]:
    """Reservations, the latest first."""
    return await queries.reservations(
        tx,
        page,
        request_id=request_id,
        request_no=request_no,
        visit_id=visit_id,
        appointment_id=appointment_id,
        plate=plate,
        state=state,
    )


@router.get("/reservations/{reservation_id}", responses=problems(NotFound))
async def get_reservation(
    reservation_id: ReservationId, tx: TxDep, who: Annotated[Who, may(may_parts.READ)]
) -> ReservationView:
    """One reservation with its lines and what may be done."""
    return await queries.reservation(tx, reservation_id)


@router.post(
    "/reservations/{reservation_id}/lines/{part_line_id}/setting-aside",
    responses=problems(NotFound, IllegalTransition, Stale),
)
async def set_line_aside(
    reservation_id: ReservationId,
    part_line_id: PartLineId,
    tx: TxDep,
    who: Annotated[Who, may(may_parts.RESERVE)],
) -> ReservationView:
    """Set aside what the line is short of, as far as something is free."""
    await commands.set_line_aside(tx, reservation_id=reservation_id, part_line_id=part_line_id)
    return await queries.reservation(tx, reservation_id)


@router.post(
    "/reservations/{reservation_id}/lines/{part_line_id}/freeing",
    responses=problems(NotFound, IllegalTransition, Stale),
)
async def free_line(
    reservation_id: ReservationId,
    part_line_id: PartLineId,
    tx: TxDep,
    who: Annotated[Who, may(may_parts.RESERVE)],
) -> ReservationView:
    """Take what the line holds back into free stock."""
    await commands.free_line(tx, reservation_id=reservation_id, part_line_id=part_line_id)
    return await queries.reservation(tx, reservation_id)


@router.get("/visits/{visit_id}/parts-used")
async def list_parts_used(
    visit_id: Annotated[UUID, Path(description="the visit")],
    tx: TxDep,
    who: Annotated[Who, may(may_parts.READ)],
) -> list[UsedPartView]:
    """Parts that stay in the car, from actual issues, for the handover papers."""
    return await queries.parts_used(tx, visit_id)
