"""The endpoints of the workshop for its front ends."""

from workshop.api import bays, board, diagnosis, inspections, jobs, lines, technicians, trouble_codes

ROUTERS = (
    jobs.routes,
    lines.routes,
    diagnosis.routes,
    inspections.routes,
    board.routes,
    technicians.routes,
    bays.routes,
    trouble_codes.routes,
)
