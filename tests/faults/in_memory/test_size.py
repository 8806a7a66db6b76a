"""An outbox that grows for years costs no more than a short one, and is backfilled whole."""

from uuid import UUID

import pytest
from shared.tests.core.toy import Listed, greeting, hire, hiring, rename
from sqlalchemy import text

from servicekit.messaging import outbox
from testkit.department import Department
from testkit.plugin import MakeDepartment, MakeShop

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(900), pytest.mark.long]

_LONG_AGO = text("""
    insert into outbox (stream, key, sequence, id, type, schema_version, occurred_at, recorded_at,
                           correlation, headers, data, published_at)
    select 'staff.employee', key::text, n, gen_random_uuid(),
           case when n = 1 then 'staff.employee.hired' else 'staff.employee.changed' end, 1,
           now() - interval '1 year', now() - interval '1 year', '',
           '{"source": "shop/staff", "causation": "", "traceparent": ""}',
           jsonb_build_object('employee_id', key, 'employee_no', 'E1', 'display_name', n::text,
                              'skills', '[]'::jsonb, 'active', true, 'by', 'system'),
           now() - interval '1 year'
      from (select gen_random_uuid() as key from generate_series(1, :employees)) as employee
     cross join generate_series(1, :events) as n
""")
_AT_ONCE = 100
_ANALYZE = text("analyze outbox")
_FORGET = text("select pg_stat_statements_reset()")
_TOUCHED = text("""
    select (shared_blks_hit + shared_blks_read) / calls as blocks, query from pg_stat_statements
     where dbid = (select oid from pg_database where datname = current_database())
       and query like '%outbox%' and query not like '%pg_stat_statements%'
     order by 1 desc
""")
_FEW = 600
"""Blocks of 8 kB; an outbox of a million events has far more than 50,000."""
_APPLIED = text(
    "select count(*) as employees, sum(last) as events from cursors where stream = 'staff.employee'"
)
_LISTED = text("select count(*) from listed")
_SOMEBODY = text("select key::uuid as id from outbox order by position desc limit 1")


async def _grow(staff: Department, employees: int, events: int) -> None:
    """So many employees of so many events each, published long ago."""
    for _ in range(employees // _AT_ONCE):
        async with staff.tx() as tx:
            await tx.session.execute(_LONG_AGO, {"employees": _AT_ONCE, "events": events})
    async with staff.tx() as tx:
        await tx.session.execute(_ANALYZE)


@pytest.mark.fault("an outbox of a million events", "database")
async def test_no_statement_reads_through_a_outbox_of_a_million_events(department: MakeDepartment) -> None:
    staff: Department = await department(hiring())
    await _grow(staff, 10_000, 100)
    async with staff.tx() as tx:
        await tx.session.execute(text("create extension if not exists pg_stat_statements"))
        await tx.session.execute(_FORGET)
        somebody: UUID = (await tx.session.execute(_SOMEBODY)).scalar_one()
    await staff.runtime.backfill.publish_watermark()

    async with staff.tx() as tx:
        employee = await hire(tx, "new")
    async with staff.tx() as tx:
        await rename(tx, employee.id, "newer")
    await staff.publisher_drained()
    await staff.runtime.publisher.sweep(age=0.0)
    await staff.runtime.backfill.publish_watermark()
    async with staff.tx() as tx:
        missed = await outbox.between(tx.session, "staff.employee", str(somebody), 40, 60, 200)

    assert [envelope.sequence for envelope in missed] == list(range(40, 61))
    async with staff.tx() as tx:
        touched = (await tx.session.execute(_TOUCHED)).all()
    assert len(touched) >= 5
    assert [(row.blocks, row.query) for row in touched if row.blocks > _FEW] == []


@pytest.mark.fault("a hundred thousand events backfilled under live traffic", "publisher")
async def test_a_new_subscriber_applies_a_long_outbox_while_work_goes_on(shop_of: MakeShop) -> None:
    shop = await shop_of(hiring(), greeting())
    staff, workshop = shop["staff"], shop["workshop"]
    await _grow(staff, 1_000, 100)
    async with staff.tx() as tx:
        employee = await hire(tx, "new")
    before = workshop.runtime.counts.backfill_requests

    await workshop.runtime.backfill.request_links()
    for n in range(20):
        async with staff.tx() as tx:
            await rename(tx, employee.id, f"new {n}")
        await shop.broker.pump()
    await shop.quiet()

    async with workshop.tx() as tx:
        applied = (await tx.session.execute(_APPLIED)).one()
        assert (applied.employees, applied.events) == (1_001, 100_021)
        assert (await tx.session.execute(_LISTED)).scalar_one() == 1_001
        assert (await tx.read(Listed, employee.id)).names == "new "
    assert workshop.runtime.counts.backfill_requests - before >= 1_000
