"""Labour rates: set what an hour costs."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from billing.domain import LabourRate, rate_id
from servicekit import Tx


async def set_labour_rate(
    tx: Tx,
    *,
    work_type: str,
    customer_class: str,
    hourly_rate: Decimal,
    tax_rate: Decimal,
    valid_from: date | None,
    reason: str,
    set_by: UUID,
) -> LabourRate:
    """What an hour of a kind of work costs a class of customer from a day on, today if none is named."""
    await tx.lock(f"labour-rate {work_type}:{customer_class}")
    rate = await tx.find(LabourRate, rate_id(work_type, customer_class))
    if rate is None:
        rate = LabourRate.new(work_type, customer_class, currency=tx.settings.shop_currency)
        tx.add(rate)
    else:
        rate = await tx.get(LabourRate, rate.rate)
    rate_set = rate.set(
        hourly_rate=hourly_rate,
        tax_rate=tax_rate,
        valid_from=valid_from or tx.today,
        at=tx.now,
        set_by=set_by,
        reason=reason,
    )
    tx.publish(rate, rate_set)
    return rate
