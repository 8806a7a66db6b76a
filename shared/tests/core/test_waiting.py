"""A reaction that comes before what it needs waits for exactly one aggregate, and is woken by it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Integer, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from contracts.events.crm import CustomerRegistered
from contracts.events.parts import PartWithdrawn
from servicekit import NotYet, Service, Tx, new_metadata
from servicekit.messaging import operations
from servicekit.refusal import NotFound
from testkit.department import Department
from testkit.plugin import MakeDepartment

pytestmark = pytest.mark.asyncio(loop_scope="session")

CUSTOMER = UUID("00000000-0000-7000-8000-00000000c001")


class WaitingBase(DeclarativeBase):
    metadata = new_metadata()


class Effect(WaitingBase):
    """One row for each effect."""

    __tablename__ = "effects"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    what: Mapped[str]


async def _note(tx: Tx, event: CustomerRegistered) -> None:
    tx.add(Effect(what=event.display_name))


async def _after_the_customer(tx: Tx, event: PartWithdrawn) -> None:
    if not await tx.applied("crm.customer", CUSTOMER):
        raise NotYet("crm.customer", CUSTOMER, at="registered")
    tx.add(Effect(what=event.part_no))


async def _waits_upwards(tx: Tx, event: PartWithdrawn) -> None:
    raise NotYet("workshop.job", uuid4())


def _service(reaction: Any) -> Service:
    service = Service("reception", base=WaitingBase)
    service.on(CustomerRegistered, _note)
    service.on(PartWithdrawn, reaction)
    return service


def _registered() -> CustomerRegistered:
    return CustomerRegistered(
        customer_id=CUSTOMER, customer_no="C000001", display_name="Chen Jie", customer_class="ordinary"
    )


async def _effects(reception: Department) -> list[str]:
    async with reception.tx() as tx:
        return list((await tx.session.execute(text("select what from effects order by id"))).scalars())


async def _waiting(reception: Department) -> list[dict[str, Any]]:
    async with reception.tx() as tx:
        return await operations.deferred(tx.session)


class TestAReactionThatComesTooEarly:
    async def test_shows_what_it_waits_for_and_is_no_dead_letter(self, department: MakeDepartment) -> None:
        reception = await department(_service(_after_the_customer))
        await reception.receives(PartWithdrawn(part_no="P-1"))
        for _ in range(12):
            await reception.turn()

        [row] = await _waiting(reception)

        assert row["waits_for"] == f"crm.customer|{CUSTOMER}"
        assert row["attempt"] == 0
        assert await _effects(reception) == []

    async def test_is_woken_by_the_advance_of_that_aggregate(self, department: MakeDepartment) -> None:
        reception = await department(_service(_after_the_customer))
        await reception.receives(PartWithdrawn(part_no="P-1"), wait=False)
        await reception.receives(_registered(), wait=False)

        await reception.runtime.poller.poll()  # no wait of machine time is skipped here

        assert await _effects(reception) == ["Chen Jie", "P-1"]
        assert await _waiting(reception) == []

    async def test_needs_no_wait_in_the_other_order(self, department: MakeDepartment) -> None:
        reception = await department(_service(_after_the_customer))

        await reception.receives(_registered(), PartWithdrawn(part_no="P-1"), wait=False)

        assert await _effects(reception) == ["Chen Jie", "P-1"]

    @pytest.mark.fault("waits in a circle refused", "messages")
    async def test_may_not_wait_for_a_stream_of_higher_rank(self, department: MakeDepartment) -> None:
        reception = await department(_service(_waits_upwards))

        await reception.receives(PartWithdrawn(part_no="P-1"), wait=False)

        [row] = await _waiting(reception)
        assert row["attempt"] == 1  # it counts as a failure, and ends as a dead letter
        assert row["waits_for"] is None


class TestTheOperator:
    async def test_may_only_replay_a_dead_letter(self, department: MakeDepartment) -> None:
        reception = await department(_service(_after_the_customer))
        await reception.receives(PartWithdrawn(part_no="P-1"))

        async with reception.tx() as tx:
            with pytest.raises(NotFound):
                await operations.replay(tx.session, "parts.part", "P-1", 1)

    async def test_sees_what_keeps_the_department_busy(self, department: MakeDepartment) -> None:
        reception = await department(_service(_after_the_customer))
        await reception.receives(PartWithdrawn(part_no="P-1"))

        async with reception.tx() as tx:
            state = await operations.quiet(tx.session, now=tx.now)

        assert (state["deferred"], state["dead_letters"], state["unpublished"]) == (1, 0, 0)
