"""Column types of the trade: money, quantities, tax rates."""

from sqlalchemy import Numeric

Money = Numeric(12, 2)
"""An amount in the shop's currency."""

Quantity = Numeric(10, 3)
"""A number of units of a part."""

Rate = Numeric(6, 4)
"""A tax rate as a fraction: 0.13."""
