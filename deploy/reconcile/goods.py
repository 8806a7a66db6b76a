"""Q3 and Q6: the parts that went into cars, and the parts that lie on the shelf."""

from collections import defaultdict
from decimal import Decimal

from deploy.reconcile.books import Books, Discrepancy

NONE = Decimal(0)

_HANDED_OUT = """
    select l.part_line_id::text as part_line, r.visit_id::text as visit, l.issued - l.returned as kept
      from reservation_lines l join reservations r on r.id = l.reservation_id where l.issued > 0
"""
_USED = """
    select p.id::text as part_line, p.line_id::text as line, j.visit_id::text as visit, p.used,
           j.ready_at is not null as ready, coalesce(l.state = 'done' and l.authorised, false) as done
      from part_lines p left join job_lines l on l.id = p.line_id left join jobs j on j.id = l.job_id
"""
_BILLED = """
    select r.part_line_id::text as part_line, i.visit_id::text as visit, r.quantity, r.payer
      from invoice_lines r join invoices i on i.id = r.invoice_id
     where r.part_line_id is not null and i.state <> 'withdrawn'
"""
_AUTHORISED = """
    select part ->> 'part_line_id' as part_line, l.line ->> 'payer' as payer,
           (part ->> 'quantity')::numeric as quantity
      from authorised_lines l join accounts a using (visit_id), jsonb_array_elements(l.line -> 'parts') part
     where l.revision in (0, a.answered_revision)
"""
_INVOICED = "select visit_id::text as visit from invoices where state <> 'withdrawn'"
_STOCK = """
    select s.part_no, s.on_hand, s.reserved,
           (select coalesce(sum(m.quantity), 0) from movements m where m.part_no = s.part_no) as moved,
           (select coalesce(sum(m.promised), 0) from movements m where m.part_no = s.part_no) as promised,
           (select coalesce(sum(l.reserved - l.issued), 0) from reservation_lines l
             where l.part_no = s.part_no) as held
      from stocks s
"""
_HELD = """
    select r.visit_id::text as visit, l.part_line_id::text as part_line, l.reserved - l.issued as held
      from reservation_lines l join reservations r on r.id = l.reservation_id
     where l.reserved <> l.issued and r.visit_id is not null
"""
_CLOSED = "select id::text as visit from visits where state = 'closed'"


async def parts_used_are_parts_billed(books: Books) -> list[Discrepancy]:
    """Q3: issued less returned is what the workshop used, and what the customer is billed for."""
    kept = {row["part_line"]: row for row in await books.rows("parts", _HANDED_OUT)}
    used = {row["part_line"]: row for row in await books.rows("workshop", _USED)}
    billed = {row["part_line"]: row["quantity"] for row in await books.rows("billing", _BILLED)}
    authorised = {row["part_line"]: row for row in await books.rows("billing", _AUTHORISED)}
    invoiced = {row["visit"] for row in await books.rows("billing", _INVOICED)}
    found = []
    for part_line in sorted(kept.keys() | used.keys() | billed.keys()):
        there = used.get(part_line)
        visit = str(there["visit"] if there else kept[part_line]["visit"] if part_line in kept else None)
        out = kept[part_line]["kept"] if part_line in kept else NONE
        in_car = there["used"] if there else NONE
        on_paper = billed.get(part_line, NONE)
        is_ready = there is not None and there["ready"]
        is_done = there is not None and there["done"]
        if (is_ready and out != in_car) or in_car > out:
            found.append(Discrepancy("Q3", visit, f"{part_line}: {out} left the store, {in_car} was used"))
        if on_paper > in_car:
            found.append(Discrepancy("Q3", visit, f"{part_line}: {on_paper} billed, {in_car} was used"))
        agreed = authorised.get(part_line)
        if agreed and agreed["payer"] == "customer" and is_ready and is_done and visit in invoiced:
            owed = min(agreed["quantity"], out)
            if on_paper != owed:
                found.append(Discrepancy("Q3", visit, f"{part_line}: {on_paper} billed of {owed}"))
    return found


async def stock_adds_up(books: Books) -> list[Discrepancy]:
    """Q6: the ledger makes the stock, open reservations make what is reserved, closed visits hold nothing."""
    found = []
    for row in await books.rows("parts", _STOCK):
        part = row["part_no"]
        if row["moved"] != row["on_hand"]:
            found.append(Discrepancy("Q6", part, f"ledger {row['moved']}, on hand {row['on_hand']}"))
        if not row["promised"] == row["held"] == row["reserved"]:
            what = f"ledger {row['promised']}, reservations {row['held']}, reserved {row['reserved']}"
            found.append(Discrepancy("Q6", part, what))
        if row["on_hand"] < row["reserved"] or row["reserved"] < 0:
            found.append(Discrepancy("Q6", part, f"on hand {row['on_hand']}, reserved {row['reserved']}"))
    closed = {row["visit"] for row in await books.rows("reception", _CLOSED)}
    held: dict[str, Decimal] = defaultdict(lambda: NONE)
    for row in await books.rows("parts", _HELD):
        held[row["visit"]] += row["held"]
    found += [
        Discrepancy("Q6", visit, f"closed, and still holds {quantity}")
        for visit, quantity in held.items()
        if visit in closed
    ]
    return found
