"""What every reaction did, noted in its own transaction with its effects: what the checker believes."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from servicekit import Tx
from servicekit.service import Reaction, Service

MAKE = """
    create table if not exists fault_witness (
        position bigint generated always as identity primary key,
        stream text not null, key text not null, sequence bigint not null, id uuid not null
    )
"""
_NOTE = text("""
    insert into fault_witness (stream, key, sequence, id) values (:stream, :key, :sequence, :id)
""")

Before = Callable[[Any], Awaitable[None]]


async def _nothing(event: Any) -> None:
    """Most reactions are left as they are."""


def witnessed(service: Service, before: Before = _nothing) -> Service:
    """The same department; each of its reactions leaves a note. ``before`` runs first and may do harm."""
    noted = {
        kind: (contract, _noting(reaction, before))
        for kind, (contract, reaction) in service.reactions.items()
    }
    return replace(service, reactions=noted)


def _noting(reaction: Reaction, before: Before) -> Reaction:
    async def react(tx: Tx, event: Any) -> None:
        await before(event)
        await reaction(tx, event)
        cause = tx.cause
        assert cause is not None
        columns = {"stream": cause.stream, "key": cause.key, "sequence": cause.sequence, "id": cause.id}
        await tx.session.execute(_NOTE, columns)

    return react
