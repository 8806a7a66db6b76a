"""What people may do in reception: the visit from arrival to handover."""

READ = "reception.read"
"""See visits, estimates and promises."""
OPEN = "reception.open"
"""Open a visit when a car arrives."""
ADVISE = "reception.advise"
"""Receive, complete intake, estimate, note answers, notify."""
PROMISE = "reception.promise"
"""Promise a handover and revise the promise."""
HAND_OVER = "reception.hand-over"
"""Accept work with the customer, hand over, close."""
SUPERVISE = "reception.supervise"
"""Take over another advisor's visit and set priorities."""

ALL = frozenset({READ, OPEN, ADVISE, PROMISE, HAND_OVER, SUPERVISE})
