"""What people may do in workshop: jobs, bays and inspection."""

READ = "workshop.read"
"""See the board, jobs, bays and technicians."""
DISPATCH = "workshop.dispatch"
"""Give work to technicians and bays."""
WORK = "workshop.work"
"""Diagnose, start and complete lines, report additional work."""
REVIEW = "workshop.review"
"""Review a repair plan before it goes to the customer (WORK-07)."""
INSPECT = "workshop.inspect"
"""Pass or fail the final inspection (WORK-26)."""
SUPERVISE = "workshop.supervise"
"""Interrupt, resume, reopen and declare ready."""
RESOURCES = "workshop.resources"
"""Set up bays and shifts."""

ALL = frozenset({READ, DISPATCH, WORK, REVIEW, INSPECT, SUPERVISE, RESOURCES})
