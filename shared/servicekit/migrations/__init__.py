"""The servicekit's own tables, in numbered steps: ``v1`` makes them, each later ``vN`` changes them.

A step is frozen once it is released. A change of the tables is a new step, which a new migration of every
department calls; ``make check`` finds the department that lacks one.
"""
