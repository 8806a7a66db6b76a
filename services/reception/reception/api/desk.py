"""Routes of the desk's other lists: arrivals and requests, vehicles, the menu, tasks."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from contracts.permissions import reception as may_reception
from reception.commands import tasks
from reception.domain.copies import Appointment, AppointmentState, Service, Vehicle
from reception.domain.task import Purpose, Task
from reception.queries import desk
from reception.queries.views import AppointmentView, ServiceView, TaskView, VehicleView
from servicekit import NotFound
from servicekit.http import Page, PageQuery, TxDep, Who, may, paginate, problems, router

routes = router(tags=["desk"])

Reads = Annotated[Who, may(may_reception.READ)]


@routes.get("/appointments")
async def list_appointments(
    tx: TxDep,
    page: PageQuery,
    _: Reads,
    state: Annotated[AppointmentState | None, Query(description="where it is")] = None,
    on: Annotated[date | None, Query(description="shop-local day of the slot")] = None,
) -> Page[AppointmentView]:
    """The day's arrivals with what is prepared (`state=confirmed&on=…`); requests (`state=requested`)."""
    stmt = desk.appointments(state=state, on=on, timezone=tx.settings.timezone)
    by = (Appointment.listed_at, Appointment.id)
    return await paginate(tx, stmt, page, by=by, view=AppointmentView.of_row)


@routes.get("/vehicles")
async def list_vehicles(
    tx: TxDep,
    page: PageQuery,
    _: Reads,
    q: Annotated[str | None, Query(max_length=100, description="begin of plate, VIN or name")] = None,
    customer_id: Annotated[UUID | None, Query(description="of this customer")] = None,
) -> Page[VehicleView]:
    """The directory, to find whose car is at the desk."""
    stmt = desk.vehicles(q=q, customer_id=customer_id)
    return await paginate(tx, stmt, page, by=(Vehicle.plate, Vehicle.id), view=VehicleView.of_row)


@routes.get("/menu")
async def list_menu(tx: TxDep, page: PageQuery, _: Reads) -> Page[ServiceView]:
    """What booking offers, to make lines from."""
    return await paginate(tx, desk.menu(), page, by=(Service.code,), view=ServiceView)


@routes.get("/tasks")
async def list_tasks(
    tx: TxDep,
    page: PageQuery,
    _: Reads,
    open_only: Annotated[bool, Query(description="false: also what is done")] = True,
    purpose: Annotated[Purpose | None, Query(description="what must be done")] = None,
) -> Page[TaskView]:
    """What somebody must do for a customer, the most urgent first."""
    stmt = desk.tasks(open_only=open_only, purpose=purpose)
    return await paginate(tx, stmt, page, by=(Task.due_at, Task.id), view=TaskView.of_row)


@routes.post("/tasks/{task_id}/completion", responses=problems(NotFound))
async def complete_task(
    task_id: Annotated[UUID, Path(description="the task")],
    tx: TxDep,
    _: Annotated[Who, may(may_reception.ADVISE)],
) -> TaskView:
    """Somebody did it."""
    task = await tasks.complete_task(tx, task_id=task_id)
    await tx.session.flush()
    return TaskView.of(task)
