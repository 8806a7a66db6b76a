"""Q7, Q8 and Q10: what is closed is closed everywhere, measures end once, and capacity adds up."""

from collections import Counter

from deploy.reconcile.books import Books, Discrepancy
from deploy.reconcile.money import GONE, SETTLED

_VISITS = """
    select id::text as visit, state, form is not null as registered, walk_in, request_id::text as request
      from visits
"""
_JOBS = "select visit_id::text as visit, state from jobs"
_RESERVATIONS = "select visit_id::text as visit, state from reservations where visit_id is not null"
_INVOICES = "select visit_id::text as visit, state from invoices"
_APPOINTMENTS = """
    select id::text as appointment, state, request_id::text as request, visit_id is not null as is_return
      from appointments
"""
_FOLLOW_UPS = "select visit_id::text as visit from follow_ups where kind = 'after_service'"
_MEASURES = """
    select measure_id::text as measure, complaint_id::text as complaint, kind, state, due_by from measures
"""
_BILLING_MEASURES = """
    select m.measure_id::text as measure, m.kind, m.state,
           (select count(*) from refunds r where r.measure_id = m.measure_id) as refunds
      from measures m where m.complaint_id is not null
"""
_REWORK_LINES = """
    select l.measure_id::text as measure,
           case when j.state in ('ready', 'closed') then l.state else 'under way' end as state
      from job_lines l join jobs j on j.id = l.job_id where l.measure_id is not null
"""
"""Redone is what the workshop has declared ready: only then do the others know of it."""
_CAPACITY = "select day, booked_minutes, maintenance_minutes from capacity_days"
_BOOKED = """
    select d.day, sum(d.labour_minutes)::int as labour, sum(d.maintenance_minutes)::int as maintenance
      from appointment_days d join appointments a on a.id = d.appointment_id
     where a.state in ('confirmed', 'kept') group by d.day
"""


async def closed_visits_are_closed_everywhere(books: Books) -> list[Discrepancy]:
    """Q7: job, reservation, invoice, appointment and follow-up of a closed visit; and the reverse."""
    visits = {row["visit"]: row for row in await books.rows("reception", _VISITS)}
    jobs = {row["visit"]: row["state"] for row in await books.rows("workshop", _JOBS)}
    reserved = {row["visit"]: row["state"] for row in await books.rows("parts", _RESERVATIONS)}
    invoices = {row["visit"]: row["state"] for row in await books.rows("billing", _INVOICES)}
    calls = Counter(row["visit"] for row in await books.rows("crm", _FOLLOW_UPS))
    found = []
    for id, visit in visits.items():
        if visit["state"] != "closed":
            continue
        wrong = []
        if visit["registered"]:
            wrong += [f"job {jobs.get(id)}"] if jobs.get(id) != "closed" else []
            wrong += [f"invoice {invoices.get(id)}"] if invoices.get(id) not in SETTLED else []
            wrong += [f"{calls[id]} follow-ups"] if calls[id] != 1 else []
        wrong += [f"reservation {reserved[id]}"] if reserved.get(id, "closed") != "closed" else []
        found += [Discrepancy("Q7", id, f"closed, but {what}") for what in wrong]
    found += [
        Discrepancy("Q7", id, f"job closed, visit {visits[id]['state'] if id in visits else 'unknown'}")
        for id, state in jobs.items()
        if state == "closed" and (id not in visits or visits[id]["state"] not in GONE)
    ]
    found += [
        Discrepancy("Q7", id, "a follow-up is planned, but the visit is not closed")
        for id in calls
        if id not in visits or visits[id]["state"] != "closed"
    ]
    return found + await _appointments(books)


async def _appointments(books: Books) -> list[Discrepancy]:
    """Who was booked and came has kept the appointment; who has kept one came."""
    visits = {row["request"]: row for row in await books.rows("reception", _VISITS)}
    found = []
    for row in await books.rows("booking", _APPOINTMENTS):
        visit = visits.get(row["request"])
        not_here = {"expected", "away"} if row["is_return"] else {"expected"}
        came = visit is not None and visit["state"] not in not_here
        if row["state"] == "kept" and not came:
            found.append(Discrepancy("Q7", row["appointment"], "kept, but nobody came"))
        if row["state"] == "missed" and came:
            found.append(Discrepancy("Q7", row["appointment"], "missed, but the car came"))
        if visit is not None and visit["state"] == "closed" and row["state"] in {"requested", "confirmed"}:
            found.append(Discrepancy("Q7", row["appointment"], f"{row['state']}, but the visit is closed"))
    return found


async def measures_are_carried_out_once(books: Books) -> list[Discrepancy]:
    """Q8: each measure is one refund, discount or rework that was done, or is open with a clock."""
    till = {row["measure"]: row for row in await books.rows("billing", _BILLING_MEASURES)}
    redone: dict[str, set[str]] = {}
    for row in await books.rows("workshop", _REWORK_LINES):
        redone.setdefault(row["measure"], set()).add(row["state"])
    found, known = [], set()
    for row in await books.rows("complaints", _MEASURES):
        id, state = row["measure"], row["state"]
        known.add(id)
        is_rework = row["kind"] == "rework"
        carried_out = redone.get(id) == {"done"} if is_rework else id in till and till[id]["state"] == "done"
        if (state == "completed") != carried_out:
            found.append(Discrepancy("Q8", id, f"{row['kind']} is {state}, carried out: {carried_out}"))
        if state in {"decided", "placed"} and row["due_by"] is None:
            found.append(Discrepancy("Q8", id, "open without a clock"))
        refunds = till[id]["refunds"] if id in till else 0
        if row["kind"] == "refund" and state == "completed" and refunds != 1:
            found.append(Discrepancy("Q8", id, f"{refunds} refunds"))
    strays = (till.keys() | redone.keys()) - known
    return found + [Discrepancy("Q8", id, "carried out, but nobody decided it") for id in sorted(strays)]


async def capacity_adds_up(books: Books) -> list[Discrepancy]:
    """Q10: what is booked on a day is what its confirmed and kept appointments take."""
    booked = {row["day"]: (row["labour"], row["maintenance"]) for row in await books.rows("booking", _BOOKED)}
    days = {
        row["day"]: (row["booked_minutes"], row["maintenance_minutes"])
        for row in await books.rows("booking", _CAPACITY)
    }
    return [
        Discrepancy(
            "Q10", str(day), f"day has {days.get(day, (0, 0))}, appointments {booked.get(day, (0, 0))}"
        )
        for day in sorted(days.keys() | booked.keys())
        if days.get(day, (0, 0)) != booked.get(day, (0, 0))
    ]
