"""Permissions that every department knows."""

OPERATIONS_READ = "operations.read"
"""See what is deferred, a dead letter or not yet published."""
OPERATIONS_ACT = "operations.act"
"""Replay or drop what is a dead letter."""
HOUSE_RULES_CHANGE = "house-rules.change"
"""Change a number of the shop's rules."""
PERSONAL_READ = "personal.read"
"""See phone numbers and other personal data unmasked (DATA-04)."""

ALL = frozenset({OPERATIONS_READ, OPERATIONS_ACT, HOUSE_RULES_CHANGE, PERSONAL_READ})
