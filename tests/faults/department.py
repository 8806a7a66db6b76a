"""A department's process that can be watched and harmed: ``python -m tests.faults.department parts``."""

import os
import sys
from pathlib import Path

from servicekit import run
from tests.faults.orders import Orders
from tests.faults.witness import witnessed

ORDERS = "FAULT_ORDERS"
"""Names the folder of orders in the environment."""


def main(name: str) -> None:
    """The department as it always runs, with its reactions witnessed."""
    orders = Orders(Path(os.environ.pop(ORDERS)))
    run.serve(witnessed(run.load(name), orders.obeyed_by(name)))


if __name__ == "__main__":
    main(sys.argv[1])
