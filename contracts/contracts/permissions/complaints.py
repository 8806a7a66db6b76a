"""What people may do in complaints: cases and measures."""

READ = "complaints.read"
"""See cases and measures."""
RECORD = "complaints.record"
"""Open a case for a customer."""
HANDLE = "complaints.handle"
"""Own a case: answer, notify the customer, resolve."""
DECIDE = "complaints.decide"
"""Decide a measure within the limit."""
APPROVE = "complaints.approve"
"""Approve a measure above the limit."""
REOPEN = "complaints.reopen"
"""Reopen a resolved case."""

ALL = frozenset({READ, RECORD, HANDLE, DECIDE, APPROVE, REOPEN})
