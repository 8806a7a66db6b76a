"""Loading and locking of accounts."""

from uuid import UUID

from servicekit import NotFound, Tx
from staff.domain import Account


async def lock_account(tx: Tx, employee_id: UUID) -> Account:
    """The employee's account, locked. Raises ``NotFound``."""
    account = await tx.find(Account, employee_id)
    if account is None:
        raise NotFound("account", employee_id)
    return account
