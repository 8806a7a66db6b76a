"""The checker catches every wrong variant of the protocol, and finds nothing wrong with the right one."""

from random import Random

import pytest

from servicekit.messaging.broker import Control
from servicekit.messaging.envelope import Envelope
from testkit.databases import Databases
from testkit.department import Keys
from tests.faults.in_memory.toys import Toys, toys
from tests.faults.in_memory.wrong import WRONGS, Wrong

pytestmark = pytest.mark.asyncio(loop_scope="session")


_STORIES = 4
"""What needs a rare coincidence gets more than one chance."""


def _lost(_: str, what: Envelope | Control) -> bool:
    """Watermarks, asks and answers are lost, so that nothing heals what a variant breaks."""
    return isinstance(what, Control)


async def _story(shop: Toys, wrong: Wrong, seed: int) -> list[str]:
    wrong.adversary(shop)
    await shop.live(Random(seed))
    shop.broker.down = shop.broker.paused = False
    await shop.until_quiet()
    return await shop.wrongs()


@pytest.mark.parametrize(
    "wrong",
    [pytest.param(w, id=w.name.replace(" ", "-"), marks=pytest.mark.fault(w.name, "negative control"))
     for w in WRONGS],
)  # fmt: skip
class TestTheChecker:
    async def test_catches_a_rule_left_out(self, databases: Databases, keys: Keys, wrong: Wrong) -> None:
        async with toys(databases, keys, 5, listeners=2) as shop:
            shop.broker.lose = _lost
            shop.spoil(wrong.service, wrong.harm)

            for seed in range(_STORIES):
                if await _story(shop, wrong, seed):
                    return

        pytest.fail(f"nothing was found wrong in {_STORIES} stories")

    async def test_finds_nothing_wrong_with_the_chassis_as_it_is(
        self, databases: Databases, keys: Keys, wrong: Wrong
    ) -> None:
        async with toys(databases, keys, 5, listeners=2) as shop:
            for seed in range(2):
                assert await _story(shop, wrong, seed) == []
