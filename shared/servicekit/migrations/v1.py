"""The tables of the servicekit, as every department's first migration makes them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.schema import Xid8


def upgrade() -> None:
    """Make the tables of the servicekit; called by a department's first migration."""
    op.create_table(
        "unsorted_deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsorted_deliveries")),
    )
    op.create_table(
        "changes",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_txid", "changes", ["txid", "position"], unique=False)
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "customer_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_customer_links")),
    )
    op.create_index("ix_customer_links_subject", "customer_links", ["purpose", "subject"], unique=False)
    op.create_table(
        "data_keys",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "deferred",
        sa.Column("reader", sa.Text(), server_default=sa.text("'main'"), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("event", JSONB(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempt", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("starts", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("waits_for", sa.Text(), nullable=True),
        sa.Column("deferred_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("reader", "stream", "key", "sequence", name=op.f("pk_deferred")),
    )
    op.create_index(
        "ix_deferred_waits_for",
        "deferred",
        ["waits_for"],
        unique=False,
        postgresql_where=sa.text("waits_for is not null"),
    )
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.SmallInteger(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("txid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("correlation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("headers", JSONB(), nullable=False),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox")),
        sa.UniqueConstraint("stream", "key", "sequence", name=op.f("uq_outbox_stream_key_sequence")),
    )
    op.create_index(
        "ix_outbox_correlation",
        "outbox",
        ["correlation"],
        unique=False,
        postgresql_where=sa.text("correlation <> ''"),
    )
    op.create_index("ix_outbox_txid", "outbox", ["txid"], unique=False)
    op.create_index(
        "ix_outbox_unpublished",
        "outbox",
        ["position"],
        unique=False,
        postgresql_where=sa.text("published_at is null"),
    )
    op.create_table(
        "house_rules",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", JSONB(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_house_rules")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", JSONB(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("scope", "route", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_kept_at", "idempotency_keys", ["kept_at"], unique=False)
    op.create_table(
        "publisher_watermarks",
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("upto", Xid8(), server_default=sa.text("'0'"), nullable=False),
        sa.Column("complete_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("publisher", name=op.f("pk_publisher_watermarks")),
    )
    op.create_table(
        "reaction_types",
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("type", "version", name=op.f("pk_reaction_types")),
    )
    op.create_table(
        "readings",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_readings")),
    )
    op.create_index("ix_readings_subject", "readings", ["subject", "position"], unique=False)
    op.create_table(
        "skipped",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("event", JSONB(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("reader", "stream", "key", "sequence", name=op.f("pk_skipped")),
    )
    op.create_table(
        "cursors",
        sa.Column("reader", sa.Text(), server_default=sa.text("'main'"), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("high", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gap_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requests", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_id", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("reader", "stream", "key", name=op.f("pk_cursors")),
    )
    op.create_index(
        "ix_cursors_behind",
        "cursors",
        ["stream"],
        unique=False,
        postgresql_where=sa.text("high > last"),
    )
    op.create_index(
        "ix_cursors_wake_at",
        "cursors",
        ["wake_at"],
        unique=False,
        postgresql_where=sa.text("wake_at is not null"),
    )
    op.create_table(
        "timers",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_timers")),
    )
    op.create_index("ix_timers_due_at", "timers", ["due_at"], unique=False)
    op.create_table(
        "unreadable",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unreadable")),
    )
    op.create_table(
        "watermark",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("upto", Xid8(), server_default=sa.text("'0'"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_xid", Xid8(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watermark")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("watermark")
    op.drop_table("unreadable")
    op.drop_index("ix_timers_due_at", table_name="timers")
    op.drop_table("timers")
    op.drop_index(
        "ix_cursors_wake_at",
        table_name="cursors",
        postgresql_where=sa.text("wake_at is not null"),
    )
    op.drop_index("ix_cursors_behind", table_name="cursors", postgresql_where=sa.text("high > last"))
    op.drop_table("cursors")
    op.drop_table("skipped")
    op.drop_index("ix_readings_subject", table_name="readings")
    op.drop_table("readings")
    op.drop_table("reaction_types")
    op.drop_table("publisher_watermarks")
    op.drop_index("ix_idempotency_keys_kept_at", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_table("house_rules")
    op.drop_index(
        "ix_outbox_unpublished", table_name="outbox", postgresql_where=sa.text("published_at is null")
    )
    op.drop_index("ix_outbox_txid", table_name="outbox")
    op.drop_index("ix_outbox_correlation", table_name="outbox", postgresql_where=sa.text("correlation <> ''"))
    op.drop_table("outbox")
    op.drop_index(
        "ix_deferred_waits_for", table_name="deferred", postgresql_where=sa.text("waits_for is not null")
    )
    op.drop_table("deferred")
    op.drop_table("data_keys")
    op.drop_index("ix_customer_links_subject", table_name="customer_links")
    op.drop_table("customer_links")
    op.drop_table("counters")
    op.drop_index("ix_changes_txid", table_name="changes")
    op.drop_table("changes")
    op.drop_table("unsorted_deliveries")
