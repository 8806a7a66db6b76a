"""The complaint that a bad call or a low score belongs to, where one is open already (COMP-35)."""

from sqlalchemy import select

from crm.domain import ComplaintMark, FollowUp, Survey
from servicekit import Tx


async def link_to_open_case(tx: Tx, cause: FollowUp | Survey) -> None:
    """Complaints joins it to the visit's open case and opens no second one: nothing more will be told."""
    if cause.complaint_id is not None or cause.visit_id is None:
        return
    case = select(ComplaintMark.complaint_id).where(
        ComplaintMark.customer_id == cause.customer_id,
        ComplaintMark.open,
        ComplaintMark.visit_id == cause.visit_id,
    )
    cause.complaint_id = await tx.session.scalar(case.limit(1))
