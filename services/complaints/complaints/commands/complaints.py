"""Commands of a case, and how one opens by itself."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from complaints.domain import (
    Cause,
    Channel,
    Complaint,
    Contact,
    Decision,
    HouseRules,
    Invoice,
    Measure,
    MeasureKind,
    NewCase,
    Person,
    Source,
    Visit,
)
from complaints.repository import (
    find_cases_of_measures,
    find_invoice_of,
    find_latest_case,
    find_visit,
    find_visit_of,
    lock_open_case,
    lock_visit,
)
from servicekit import Invalid, Tx, new_id
from shopkit.numbers import request_no

RESPOND, RESOLVE, MEASURE = "respond", "resolve", "measure"
"""The kinds of timers: one of each clock of a case, and one of each measure."""


async def open_complaint(
    tx: Tx,
    *,
    customer_id: UUID,
    visit_id: UUID | None,
    category: str,
    level: str | None,
    channel: Channel,
    text: str,
    during_visit: bool | None,
    received_at: datetime | None,
    by: Person,
) -> Complaint:
    """Somebody complains (COMP-06). Whether the car is here is known from reception unless it is stated.

    What has opened a case by itself, and was not answered yet, is the same matter: it joins that
    case. Any other repeat complaint about the visit, or its rework, names the earlier case (COMP-35)."""
    if received_at is not None and received_at > tx.now:
        raise Invalid("received_at", "an instant that is not in the future")
    await lock_visit(tx, visit_id)
    rules = await tx.rules(HouseRules)
    stated: dict[str, Any] = {"channel": channel, "category": category, "text": text, "by": by}
    stated |= {"level": level or rules.levels[0], "received_at": received_at or tx.now}
    if (unspoken := await lock_open_case(tx, visit_id)) is not None and unspoken.is_unspoken:
        unspoken.join_in_person(**stated, rules=rules, at=tx.now)
        _start_clocks(tx, unspoken)
        return unspoken
    visit = await find_visit(tx, visit_id)
    here = visit is not None and visit.car_is_here
    return await receive(
        tx,
        NewCase(
            id=new_id(),
            complaint_no=await _next_number(tx),
            source=Source.PERSON,
            customer_id=customer_id,
            visit_id=visit_id,
            request_id=visit.request_id if visit else None,
            during_visit=here if during_visit is None else during_visit,
            earlier_case_id=await _earlier_case(tx, visit_id, visit),
            **stated,
        ),
        rules=rules,
    )


async def open_by_itself(
    tx: Tx,
    *,
    source: Source,
    channel: Channel,
    category: str,
    text: str,
    customer_id: UUID,
    visit_id: UUID | None,
    request_id: UUID | None,
    source_id: UUID | None = None,
    during_visit: bool = False,
    by: Person | None = None,
) -> Complaint:
    """A low score, a follow-up or a refused promise opens a case, or joins the visit's open one (COMP-35)."""
    await lock_visit(tx, visit_id)
    if (already := await lock_open_case(tx, visit_id)) is not None:
        already.link(source, source_id=source_id, text=text, by=by, at=tx.now)
        return already
    rules = await tx.rules(HouseRules)
    case = NewCase(
        id=new_id(),
        complaint_no=await _next_number(tx),
        source=source,
        channel=channel,
        category=category,
        level=rules.levels[0],
        text=text,
        customer_id=customer_id,
        received_at=tx.now,
        source_id=source_id,
        visit_id=visit_id,
        request_id=request_id,
        during_visit=during_visit,
        earlier_case_id=await _earlier_case(tx, visit_id, await find_visit(tx, visit_id)),
        by=by,
    )
    return await receive(tx, case, rules=rules)


async def receive(tx: Tx, case: NewCase, *, rules: HouseRules) -> Complaint:
    """Register a case, start its clocks and publish it."""
    complaint, received = Complaint.receive(case, rules=rules)
    tx.add(complaint)
    tx.publish(complaint, received)
    _start_clocks(tx, complaint)
    return complaint


async def answer_complaint(
    tx: Tx, *, complaint_id: UUID, text: str, channel: Contact, by: Person, in_team: bool
) -> Complaint:
    """The first answer; the respond clock stops (COMP-04)."""
    complaint = await tx.get(Complaint, complaint_id)
    answered = complaint.answer(text=text, channel=channel, by=by, in_team=in_team, at=tx.now)
    tx.publish(complaint, answered)
    tx.cancel(RESPOND, complaint_id)
    return complaint


async def feed_back(
    tx: Tx, *, complaint_id: UUID, text: str, channel: Contact, by: Person, in_team: bool
) -> Complaint:
    """Inform the customer how far it is (COMP-13)."""
    complaint = await tx.get(Complaint, complaint_id)
    complaint.feed_back(text=text, channel=channel, by=by, in_team=in_team, at=tx.now)
    return complaint


async def hand_over(
    tx: Tx, *, complaint_id: UUID, to: Person, reason: str, by: Person, in_team: bool
) -> Complaint:
    """Give a case to somebody else, or take it (COMP-03)."""
    complaint = await tx.get(Complaint, complaint_id)
    complaint.hand_over(to=to, reason=reason, by=by, in_team=in_team, at=tx.now)
    return complaint


async def assess_complaint(
    tx: Tx, *, complaint_id: UUID, category: str, level: str, cause: Cause | None, text: str, by: Person
) -> Complaint:
    """What it is about and where it went wrong (COMP-08, COMP-11)."""
    complaint = await tx.get(Complaint, complaint_id)
    rules = await tx.rules(HouseRules)
    complaint.assess(category=category, level=level, cause=cause, text=text, by=by, rules=rules, at=tx.now)
    return complaint


async def decide_measure(
    tx: Tx,
    *,
    complaint_id: UUID,
    kind: MeasureKind,
    amount: Decimal | None,
    visit_id: UUID | None,
    invoice_id: UUID | None,
    line_ids: tuple[UUID, ...],
    reason: str,
    by: Person,
    may_approve: bool,
) -> Measure:
    """What is done for the customer; ``visit_id`` only for a case that names none.

    Money goes to the visit of the invoice, which may be another one of this customer's."""
    complaint = await tx.get(Complaint, complaint_id)
    rules = await tx.rules(HouseRules)
    invoice = await find_invoice_of(tx, complaint, invoice_id)
    visit = await find_visit_of(tx, complaint, visit_id)
    about = invoice if invoice is not None and kind != MeasureKind.REWORK else visit
    decision = Decision(
        measure_id=new_id(),
        kind=kind,
        reason=reason,
        visit_id=about.visit_id if about else None,
        invoice_id=about.invoice_id if isinstance(about, Invoice) and about.is_issued else None,
        amount=amount,
        currency=tx.settings.shop_currency if amount is not None else None,
        line_ids=line_ids,
    )
    decided = complaint.decide(
        decision, visit=visit, invoice=invoice, by=by, may_approve=may_approve, rules=rules, at=tx.now
    )
    tx.publish(complaint, decided)
    measure = complaint.measure(decision.measure_id)
    tx.schedule(MEASURE, measure.measure_id, measure.due_by, complaint_id=str(complaint_id))
    return measure


async def notify_customer(
    tx: Tx, *, complaint_id: UUID, text: str, channel: Contact, by: Person
) -> Complaint:
    """The customer is informed of the result (COMP-14)."""
    complaint = await tx.get(Complaint, complaint_id)
    complaint.notify(text=text, channel=channel, by=by, at=tx.now)
    return complaint


async def resolve_complaint(
    tx: Tx, *, complaint_id: UUID, resolution: str, confirmed_by_customer: bool, by: Person
) -> Complaint:
    """The case is done; both clocks stop (COMP-17)."""
    complaint = await tx.get(Complaint, complaint_id)
    resolved = complaint.resolve(
        resolution=resolution, confirmed_by_customer=confirmed_by_customer, by=by, at=tx.now
    )
    tx.publish(complaint, resolved)
    tx.cancel(RESPOND, complaint_id)
    tx.cancel(RESOLVE, complaint_id)
    return complaint


async def reopen_complaint(tx: Tx, *, complaint_id: UUID, reason: str, by: Person) -> Complaint:
    """The customer is not content with the result; the clocks start again."""
    complaint = await tx.get(Complaint, complaint_id)
    rules = await tx.rules(HouseRules)
    tx.publish(complaint, complaint.reopen(reason=reason, by=by, rules=rules, at=tx.now))
    _start_clocks(tx, complaint)
    return complaint


async def complete_measures(
    tx: Tx, measure_ids: Sequence[UUID], *, refund_id: UUID | None = None, given: Decimal | None = None
) -> None:
    """Others carried out these measures; those that belong to no case change nothing here."""
    for complaint_id, measure_id in await find_cases_of_measures(tx, measure_ids):
        complaint = await tx.get(Complaint, complaint_id)
        tx.publish(complaint, *complaint.complete(measure_id, at=tx.now, refund_id=refund_id, given=given))
        tx.cancel(MEASURE, measure_id)


def _start_clocks(tx: Tx, complaint: Complaint) -> None:
    tx.schedule(RESPOND, complaint.id, complaint.respond_by)
    tx.schedule(RESOLVE, complaint.id, complaint.resolve_by)


async def _next_number(tx: Tx) -> str:
    return request_no("CP", tx.today, await tx.next_number(f"complaint:{tx.today:%y%m%d}"))


async def _earlier_case(tx: Tx, visit_id: UUID | None, visit: Visit | None) -> UUID | None:
    if visit_id is None:
        return None
    same_matter = [visit_id]
    if visit is not None and visit.rework_of_visit_id is not None:
        same_matter.append(visit.rework_of_visit_id)
    return await find_latest_case(tx, same_matter)
