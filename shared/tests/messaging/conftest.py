"""A RabbitMQ node of its own for the broker tests, started once, only when a test asks for it."""

import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
from shared.tests.messaging.gate import Gate
from shared.tests.messaging.stages import SERVICES, InMemoryStage, RabbitStage, Stage
from tools.native.rabbitmq import RabbitMQ
from tools.native.servers import servers


@pytest.fixture(scope="session")
def rabbit_node() -> Iterator[RabbitMQ]:
    """A node with a user per service."""
    with servers(postgres=False, users=SERVICES) as running:
        yield running.broker


@contextlib.asynccontextmanager
async def _on_rabbit(node: RabbitMQ) -> AsyncIterator[RabbitStage]:
    gate = Gate(node.port)
    await gate.open()
    stage = RabbitStage(node, gate)
    try:
        yield stage
    finally:
        await stage.clear()


@pytest.fixture
async def rabbit(rabbit_node: RabbitMQ) -> AsyncIterator[RabbitStage]:
    """RabbitMQ, for what the in-memory broker has no such thing of."""
    async with _on_rabbit(rabbit_node) as stage:
        yield stage


@pytest.fixture(params=["in-memory", "rabbit"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """The same test on the in-memory broker and on RabbitMQ."""
    if request.param == "rabbit":
        async with _on_rabbit(request.getfixturevalue("rabbit_node")) as real:
            yield real
    else:
        in_memory = InMemoryStage()
        yield in_memory
        await in_memory.clear()
