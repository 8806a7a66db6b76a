"""What people may do in parts: the catalogue, stock, reservations and orders."""

READ = "parts.read"
"""See catalogue, stock and reservations."""
ISSUE = "parts.issue"
"""Hand parts out and take them back."""
RESERVE = "parts.reserve"
"""Change a reservation by hand."""
PURCHASE = "parts.purchase"
"""Order from suppliers and book receipts."""
CATALOGUE = "parts.catalogue"
"""List, price and withdraw parts."""
ADJUST = "parts.adjust"
"""Correct the stock after a count."""

ALL = frozenset({READ, ISSUE, RESERVE, PURCHASE, CATALOGUE, ADJUST})
