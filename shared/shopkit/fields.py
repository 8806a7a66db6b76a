"""Fields that the views and requests of several departments share, with their descriptions.

``Maybe…`` is the same field where it may be null.
"""

from typing import Annotated
from uuid import UUID

from pydantic import Field

Version = Annotated[int, Field(description="raised by every change; the answer's ETag, for If-Match")]
Allowed = Annotated[list[str], Field(description="commands that may be given in the present state")]

VisitId = Annotated[UUID, Field(description="the visit")]
MaybeVisitId = Annotated[UUID | None, Field(description="the visit; null: about none")]
RequestId = Annotated[UUID, Field(description="the request, the same in every department")]
MaybeRequestId = Annotated[
    UUID | None, Field(description="the request, the same in every department; null: about none")
]
RequestNo = Annotated[str, Field(description="what people call the request, e.g. B-250307-0042")]
MaybeRequestNo = Annotated[
    str | None,
    Field(description="what people call the request, e.g. B-250307-0042; null: not known here yet"),
]
CustomerId = Annotated[UUID, Field(description="the customer")]
MaybeCustomerId = Annotated[UUID | None, Field(description="the customer; null: not known here yet")]
MaybeCustomerName = Annotated[
    str | None, Field(description="the customer's name; null: crm's registration has not arrived yet")
]
VehicleId = Annotated[UUID, Field(description="the vehicle")]
MaybeVehicleId = Annotated[UUID | None, Field(description="the vehicle; null: not known here yet")]
Plate = Annotated[str, Field(description="licence plate in its normal form, e.g. 粤A12345")]
MaybePlate = Annotated[
    str | None, Field(description="licence plate in its normal form; null: not known here yet")
]
MaybeVin = Annotated[str | None, Field(description="vehicle identification number; null: not known")]
ComplaintId = Annotated[UUID, Field(description="the complaint")]
MaybeComplaintId = Annotated[UUID | None, Field(description="the complaint; null: none")]
ComplaintNo = Annotated[str, Field(description="what people call the complaint")]
Currency = Annotated[str, Field(description="ISO 4217 code, e.g. CNY")]
Note = Annotated[str, Field(max_length=2000)]
"""Free text of a request, at most 2000 characters."""
Word = Annotated[str, Field(min_length=1, max_length=60)]
"""A short name of a request, from 1 to 60 characters."""
