"""The tables of the servicekit in every department's database: outbox, cursors, timers and the rest."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.types import UserDefinedType

from servicekit.house_rules import house_rules_table
from servicekit.http.tables import http_tables
from servicekit.personal_data import private_tables

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
_NOW = text("now()")


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **kw: object) -> str:
        return "xid8"


def new_metadata() -> MetaData:
    """A department's MetaData, with the servicekit tables already in it."""
    metadata = MetaData(naming_convention=NAMING)
    servicekit_tables(metadata)
    return metadata


def servicekit_tables(metadata: MetaData) -> None:
    """Register the servicekit's tables on a department's MetaData."""
    _outbox_tables(metadata)
    _consumer_tables(metadata)
    _work_tables(metadata)
    http_tables(metadata)
    private_tables(metadata)
    house_rules_table(metadata)


def _outbox_tables(metadata: MetaData) -> None:
    log = Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(), primary_key=True),
        Column("stream", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("id", UUID(as_uuid=True), nullable=False),
        Column("type", Text, nullable=False),
        Column("schema_version", SmallInteger, nullable=False),
        Column("occurred_at", DateTime(timezone=True), nullable=False),
        Column(
            "recorded_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")
        ),
        Column("txid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
        Column("correlation", Text, nullable=False, server_default=text("''")),
        Column("headers", JSONB, nullable=False),
        Column("data", JSONB, nullable=False),
        Column("published_at", DateTime(timezone=True)),
        UniqueConstraint("stream", "key", "sequence"),
    )
    Index("ix_outbox_unpublished", log.c.position, postgresql_where=text("published_at is null"))
    Index("ix_outbox_txid", log.c.txid)
    Index("ix_outbox_correlation", log.c.correlation, postgresql_where=text("correlation <> ''"))
    Table(
        "watermark",  # one row: how far this publisher's chain of links has been published
        metadata,
        Column("id", SmallInteger, primary_key=True),
        Column("upto", Xid8, nullable=False, server_default=text("'0'")),
        Column("published_at", DateTime(timezone=True)),
        Column("claim_at", DateTime(timezone=True)),
        Column("claim_xid", Xid8),
    )


def _consumer_tables(metadata: MetaData) -> None:
    cursor = Table(
        "cursors",
        metadata,
        Column("reader", Text, primary_key=True, server_default=text("'main'")),
        Column("stream", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("last", BigInteger, nullable=False, server_default=text("0")),
        Column("high", BigInteger, nullable=False, server_default=text("0")),
        Column("wake_at", DateTime(timezone=True)),
        Column("gap_since", DateTime(timezone=True)),
        Column("requests", Integer, nullable=False, server_default=text("0")),
        Column("last_id", UUID(as_uuid=True)),
    )
    Index("ix_cursors_wake_at", cursor.c.wake_at, postgresql_where=text("wake_at is not null"))
    Index("ix_cursors_behind", cursor.c.stream, postgresql_where=text("high > last"))
    deferred = Table(
        "deferred",
        metadata,
        Column("reader", Text, primary_key=True, server_default=text("'main'")),
        Column("stream", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("sequence", BigInteger, primary_key=True),
        Column("event", JSONB, nullable=False),
        Column("status", Text, nullable=False, server_default=text("'waiting'")),
        Column("reason", Text),
        Column("attempt", SmallInteger, nullable=False, server_default=text("0")),
        Column("starts", SmallInteger, nullable=False, server_default=text("0")),
        Column("next_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
        Column("waits_for", Text),
        Column("deferred_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    )
    Index("ix_deferred_waits_for", deferred.c.waits_for, postgresql_where=text("waits_for is not null"))
    Table(
        "unsorted_deliveries",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("event", JSONB, nullable=False),
    )
    Table(
        "publisher_watermarks",
        metadata,
        Column("publisher", Text, primary_key=True),
        Column("upto", Xid8, nullable=False, server_default=text("'0'")),
        Column("complete_until", DateTime(timezone=True)),
        Column("received_at", DateTime(timezone=True)),
        Column("requested_at", DateTime(timezone=True)),
    )
    Table(
        "reaction_types",
        metadata,
        Column("type", Text, primary_key=True),
        Column("version", SmallInteger, primary_key=True),
    )
    Table(
        "skipped",
        metadata,
        Column("reader", Text, primary_key=True),
        Column("stream", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("sequence", BigInteger, primary_key=True),
        Column("event", JSONB, nullable=False),
        Column("by", Text, nullable=False),
        Column("why", Text, nullable=False),
        Column("skipped_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    )
    Table(
        "unreadable",
        metadata,
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("headers", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("arrived_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    )


def _work_tables(metadata: MetaData) -> None:
    timers = Table(
        "timers",
        metadata,
        Column("kind", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("due_at", DateTime(timezone=True), nullable=False),
        Column("data", JSONB, nullable=False, server_default=text("'{}'")),
        Column("attempt", SmallInteger, nullable=False, server_default=text("0")),
        Column("retry_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
        Column("reason", Text),
    )
    Index("ix_timers_due_at", timers.c.due_at)
    changes = Table(
        "changes",
        metadata,
        Column("position", BigInteger, Identity(), primary_key=True),
        Column("kind", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("txid", Xid8, nullable=False, server_default=text("pg_current_xact_id()")),
        Column("at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    )
    Index("ix_changes_txid", changes.c.txid, changes.c.position)
    Table(
        "counters",
        metadata,
        Column("name", Text, primary_key=True),
        Column("value", BigInteger, nullable=False, server_default=text("0")),
    )
