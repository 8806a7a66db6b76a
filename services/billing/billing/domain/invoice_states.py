"""The states of an invoice, and what leads from one to the next."""

from enum import StrEnum

from servicekit.states import Machine


class InvoiceState(StrEnum):
    """The life of an invoice."""

    PREPARED = "prepared"
    WITHDRAWN = "withdrawn"
    ISSUED = "issued"
    PART_PAID = "part_paid"
    SETTLED = "settled"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"


_S = InvoiceState
OWED = (_S.ISSUED, _S.PART_PAID)
"""Issued and not settled."""
FIXED = (*OWED, _S.SETTLED, _S.PART_REFUNDED, _S.REFUNDED)
"""Issued and not withdrawn."""

INVOICE = Machine[InvoiceState](
    "invoice",
    {
        "prepare": ((_S.PREPARED, _S.WITHDRAWN), _S.PREPARED),
        "withdraw": ((_S.PREPARED, *FIXED), _S.WITHDRAWN),
        "issue": ((_S.PREPARED,), _S.ISSUED),
        "reinstate": ((_S.WITHDRAWN, _S.PREPARED), _S.ISSUED),
        "take_payment": [
            (OWED, _S.PART_PAID),
            ((_S.SETTLED,), _S.SETTLED),
            ((_S.PART_REFUNDED,), _S.PART_REFUNDED),
        ],
        "approve_credit": (OWED, _S.SETTLED),
        "settle": (OWED, _S.SETTLED),
        "discount": [
            ((_S.PREPARED,), _S.PREPARED),
            ((_S.ISSUED,), _S.ISSUED),
            ((_S.PART_PAID,), _S.PART_PAID),
            ((_S.SETTLED,), _S.SETTLED),
            ((_S.PART_REFUNDED,), _S.PART_REFUNDED),
        ],
        "refund": [
            ((_S.PREPARED,), _S.PREPARED),
            ((_S.WITHDRAWN,), _S.WITHDRAWN),
            ((_S.ISSUED,), _S.ISSUED),
            ((_S.PART_PAID,), _S.PART_PAID),
            ((_S.SETTLED, _S.PART_REFUNDED), _S.PART_REFUNDED),
        ],
        "refund_all": ((_S.SETTLED, _S.PART_REFUNDED), _S.REFUNDED),
    },
    initial=_S.PREPARED,
)
