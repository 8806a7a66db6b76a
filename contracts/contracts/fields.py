"""Fields that many events and many departments' answers have: each with its one description.

``vehicle_id: VehicleId`` in an event, a request or a view; a field that means more describes itself."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

RequestId = Annotated[UUID, Field(description="the request it belongs to; uuid5 of shop and request number")]
RequestNo = Annotated[
    str, Field(description="number of the request as people know it, B-250307-0042 or W-250307-0007")
]
VisitId = Annotated[UUID, Field(description="the visit")]
AppointmentId = Annotated[UUID, Field(description="the appointment")]
JobId = Annotated[UUID, Field(description="the job; one per visit")]
InvoiceId = Annotated[UUID, Field(description="the invoice; one per visit")]
ReservationId = Annotated[UUID, Field(description="the reservation; one per request")]
ComplaintId = Annotated[UUID, Field(description="the complaint")]
ComplaintNo = Annotated[str, Field(description="number of the complaint as people know it")]
CustomerId = Annotated[UUID, Field(description="the customer")]
CustomerNo = Annotated[str, Field(description="number of the customer as people know it, e.g. C000123")]
VehicleId = Annotated[UUID, Field(description="the vehicle")]
Plate = Annotated[str, Field(description="licence plate")]
EmployeeId = Annotated[UUID, Field(description="the employee")]
LineId = Annotated[UUID, Field(description="the line of work")]
PartLineId = Annotated[UUID, Field(description="the part line")]
PartNo = Annotated[str, Field(description="catalogue number of the part")]
Currency = Annotated[str, Field(description="ISO 4217 code of every amount given with it, e.g. CNY")]
