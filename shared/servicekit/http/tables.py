"""The tables that the HTTP side needs in every department's database."""

from sqlalchemy import (
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB


def http_tables(metadata: MetaData) -> None:
    """Register them on a department's MetaData."""
    idempotency_table(metadata)
    customer_links_table(metadata)


def idempotency_table(metadata: MetaData) -> Table:
    """Answers kept for ``Idempotency-Key``; ``status`` is null only while its transaction runs."""
    table = Table(
        "idempotency_keys",
        metadata,
        Column("scope", Text, primary_key=True),  # the employee, the customer's link (hashed), or `anyone`
        Column("route", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),  # of path, query and body
        Column("status", SmallInteger),
        Column("headers", JSONB),
        Column("body", LargeBinary),
        Column("kept_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )
    Index("ix_idempotency_keys_kept_at", table.c.kept_at)
    return table


def customer_links_table(metadata: MetaData) -> Table:
    """Customers' links: the token is not here, only its hash."""
    table = Table(
        "customer_links",
        metadata,
        Column("token_hash", LargeBinary, primary_key=True),
        Column("purpose", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("revision", Integer),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("created_by", Text, nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Column("used_at", DateTime(timezone=True)),
        Column("revoked_at", DateTime(timezone=True)),
    )
    Index("ix_customer_links_subject", table.c.purpose, table.c.subject)
    return table
