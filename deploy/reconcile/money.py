"""Q1, Q2, Q4 and Q5: what was authorised, done, billed and paid, from the books of different owners."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from deploy.reconcile.books import Books, Discrepancy

ZERO = Decimal("0.00")

_RECEPTION_AUTHORISED = """
    select l.visit_id::text as visit, l.id::text as line,
           coalesce((l.agreed ->> 'gross')::numeric, 0) as gross
      from visit_lines l join visits v on v.id = l.visit_id
     where l.state = 'authorised' and v.form is not null
"""
_BILLING_AUTHORISED = """
    select a.visit_id::text as visit, l.line_id::text as line, l.gross, l.labour_net, l.payer, l.revision,
           coalesce((l.line ->> 'discount_net')::numeric, 0) as discount_net,
           l.line ->> 'kind' as kind
      from authorised_lines l join accounts a using (visit_id)
     where l.revision in (0, a.answered_revision) and a.intake_completed_at is not null
     order by l.revision
"""
_WORKSHOP_LINES = """
    select j.visit_id::text as visit, l.id::text as line, l.state, l.authorised
      from job_lines l join jobs j on j.id = l.job_id
"""
_INVOICE_ROWS = """
    select i.visit_id::text as visit, r.line_id::text as line, r.part_line_id::text as part_line, r.net,
           r.gross
      from invoice_lines r join invoices i on i.id = r.invoice_id where i.state <> 'withdrawn'
"""
_INVOICES = """
    select i.visit_id::text as visit, i.state, i.total_gross, i.payable, i.balance, i.credit, i.settled_at,
           i.authorised_gross,
           (select coalesce(sum(amount), 0) from payments p where p.invoice_id = i.id) as paid,
           (select coalesce(sum(amount), 0) from refunds r where r.invoice_id = i.id) as refunded
      from invoices i
"""
_VISITS = "select id::text as visit, state, form is not null as registered from visits"
_ESTIMATED = """
    select e.visit_id::text as visit, e.authorised_gross as gross
      from estimates e join visits v on v.id = e.visit_id and v.answered_revision = e.revision
"""
SETTLED = frozenset({"settled", "part_refunded", "refunded"})
GONE = frozenset({"handed_over", "closed"})


async def authorised_is_the_same_everywhere(books: Books) -> list[Discrepancy]:
    """Q1: reception's authorised lines with their gross are billing's, and their ids the workshop's."""
    desk = _by_visit(await books.rows("reception", _RECEPTION_AUTHORISED), "gross")
    till = _by_visit(await books.rows("billing", _BILLING_AUTHORISED), "gross")
    floor = _by_visit(
        [row for row in await books.rows("workshop", _WORKSHOP_LINES) if row["authorised"]], "state"
    )
    found = []
    for visit in sorted(desk.keys() | till.keys() | floor.keys()):
        agreed, billable, doable = desk.get(visit, {}), till.get(visit, {}), floor.get(visit, {})
        if agreed != billable:
            found.append(
                Discrepancy("Q1", visit, f"reception {_listed(agreed)}, billing {_listed(billable)}")
            )
        if agreed.keys() != doable.keys():
            found.append(Discrepancy("Q1", visit, f"reception {sorted(agreed)}, workshop {sorted(doable)}"))
    return found


async def labour_is_billed_for_what_was_done(books: Books) -> list[Discrepancy]:
    """Q2: billing's labour is the authorised labour of the lines that the workshop has done, and no other."""
    authorised = await _authorised(books)
    done = {
        (row["visit"], row["line"])
        for row in await books.rows("workshop", _WORKSHOP_LINES)
        if row["state"] == "done" and row["authorised"]
    }
    invoiced = {row["visit"] for row in await books.rows("billing", _INVOICES) if row["state"] != "withdrawn"}
    rows = await books.rows("billing", _INVOICE_ROWS)
    billed = {(row["visit"], row["line"]): row["net"] for row in rows if row["part_line"] is None}
    parts_net: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for row in rows:
        if row["part_line"] is not None:
            parts_net[row["visit"], row["line"]] += row["net"]
    owed = {
        place: _labour(line, parts_net[place])
        for place, line in authorised.items()
        if place in done and place[0] in invoiced
    }
    return [
        Discrepancy(
            "Q2", visit, f"line {line}: billed {billed.get((visit, line))}, done {owed.get((visit, line))}"
        )
        for visit, line in sorted(owed.keys() | billed.keys())
        if owed.get((visit, line)) != billed.get((visit, line))
    ]


async def nothing_is_billed_beyond_what_was_authorised(books: Books) -> list[Discrepancy]:
    """Q4: billed gross is at most authorised gross, line by line and in total (F-32)."""
    authorised = await _authorised(books)
    found = []
    by_line: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for row in await books.rows("billing", _INVOICE_ROWS):
        by_line[row["visit"], row["line"]] += row["gross"]
    for (visit, line), gross in sorted(by_line.items()):
        most = authorised[visit, line]["gross"] if (visit, line) in authorised else ZERO
        if gross > most:
            found.append(Discrepancy("Q4", visit, f"line {line}: billed {gross}, authorised {most}"))
    agreed = {row["visit"]: row["gross"] for row in await books.rows("reception", _ESTIMATED)}
    for invoice in await books.rows("billing", _INVOICES):
        most = agreed.get(invoice["visit"], invoice["authorised_gross"])
        if invoice["payable"] > most:
            what = f"to pay {invoice['payable']}, authorised {most}"
            found.append(Discrepancy("Q4", invoice["visit"], what))
    return found


async def what_was_paid_is_what_was_owed(books: Books) -> list[Discrepancy]:
    """Q5: payments less refunds and credit make the payable sum; no car went out before that."""
    found, settled = [], set()
    for row in await books.rows("billing", _INVOICES):
        given = row["paid"] - row["refunded"]
        if row["payable"] - given != row["balance"]:
            what = f"payable {row['payable']}, paid {given}, balance {row['balance']}"
            found.append(Discrepancy("Q5", row["visit"], what))
        if row["state"] in SETTLED:
            settled.add(row["visit"])
            if given + row["credit"] != row["payable"]:
                what = f"settled with {given} paid and {row['credit']} on credit of {row['payable']}"
                found.append(Discrepancy("Q5", row["visit"], what))
    for visit in await books.rows("reception", _VISITS):
        if visit["registered"] and visit["state"] in GONE and visit["visit"] not in settled:
            found.append(Discrepancy("Q5", visit["visit"], "handed over, and not settled"))
    return found


async def _authorised(books: Books) -> dict[tuple[str, str], Any]:
    """Billing's authorised lines by visit and line; a later revision replaces what was signed."""
    rows = await books.rows("billing", _BILLING_AUTHORISED)
    return {(row["visit"], row["line"]): row for row in rows}


def _labour(line: Any, parts_net: Decimal) -> Decimal:
    if line["payer"] == "shop" or line["kind"] == "rework":
        return ZERO
    labour: Decimal = line["labour_net"]
    discount: Decimal = min(line["discount_net"], labour + parts_net)
    return labour - discount


def _by_visit(rows: list[Any], fact: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for row in rows:
        found[row["visit"]][row["line"]] = row[fact]
    return dict(found)


def _listed(lines: dict[str, Any]) -> str:
    return ", ".join(f"{line} {gross}" for line, gross in sorted(lines.items())) or "nothing"
