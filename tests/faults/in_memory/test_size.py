"""What grows for years: a log of a million facts costs no more than a short one, and is heard again whole."""

from typing import Any
from uuid import UUID

import pytest
from shared.tests.core.toy import Listed, greeting, hire, hiring, rename
from sqlalchemy import text

from servicekit.messaging import outbox
from testkit.department import Department

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
      from (select gen_random_uuid() as key from generate_series(1, :lives)) as life
     cross join generate_series(1, :facts) as n
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
"""Blocks of 8 kB; a log of a million facts has far more than 50,000."""
_HEARD = text("select count(*) as lives, sum(last) as facts from cursors where stream = 'staff.employee'")
_LISTED = text("select count(*) from listed")
_SOMEBODY = text("select key::uuid as id from outbox order by position desc limit 1")


async def _grow(staff: Department, lives: int, facts: int) -> None:
    """So many lives of so many facts each, told and published long ago."""
    for _ in range(lives // _AT_ONCE):
        async with staff.tx() as tx:
            await tx.session.execute(_LONG_AGO, {"lives": _AT_ONCE, "facts": facts})
    async with staff.tx() as tx:
        await tx.session.execute(_ANALYZE)


@pytest.mark.fault("a log of a million facts", "database")
async def test_no_statement_reads_through_a_log_of_a_million_facts(department: Any) -> None:
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
    await staff.runtime.publisher_drained()
    await staff.runtime.publisher.sweep(age=0.0)
    await staff.runtime.backfill.publish_watermark()
    async with staff.tx() as tx:
        missed = await outbox.between(tx.session, "staff.employee", str(somebody), 40, 60, 200)

    assert [envelope.sequence for envelope in missed] == list(range(40, 61))
    async with staff.tx() as tx:
        touched = (await tx.session.execute(_TOUCHED)).all()
    assert len(touched) >= 5
    assert [(row.blocks, row.query) for row in touched if row.blocks > _FEW] == []


@pytest.mark.fault("a hundred thousand events heard again under live traffic", "publisher")
async def test_a_new_listener_hears_a_long_log_while_life_goes_on(shop_of: Any) -> None:
    shop = await shop_of(hiring(), greeting())
    staff, workshop = shop["staff"], shop["workshop"]
    await _grow(staff, 1_000, 100)
    async with staff.tx() as tx:
        employee = await hire(tx, "new")
    asked = workshop.runtime.counts.backfill_requests

    await workshop.runtime.backfill.request_links()
    for n in range(20):
        async with staff.tx() as tx:
            await rename(tx, employee.id, f"new {n}")
        await shop.broker.pump()
    await shop.quiet()

    async with workshop.tx() as tx:
        heard = (await tx.session.execute(_HEARD)).one()
        assert (heard.lives, heard.facts) == (1_001, 100_021)
        assert (await tx.session.execute(_LISTED)).scalar_one() == 1_001
        assert (await tx.read(Listed, employee.id)).names == "new "
    assert workshop.runtime.counts.backfill_requests - asked >= 1_000
