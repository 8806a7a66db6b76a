"""Parts keeps catalogue, stock, reservations and orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.schema import Xid8

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Parts keeps catalogue, stock, reservations and orders."""
    op.create_table(
        "appointments",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_request_id"), "appointments", ["request_id"], unique=False)
    op.create_table(
        "arrivals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
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
        sa.Column("filed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
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
        "event_log",
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
        sa.PrimaryKeyConstraint("position", name=op.f("pk_event_log")),
        sa.UniqueConstraint("stream", "key", "sequence", name=op.f("uq_event_log_stream_key_sequence")),
    )
    op.create_index(
        "ix_event_log_correlation",
        "event_log",
        ["correlation"],
        unique=False,
        postgresql_where=sa.text("correlation <> ''"),
    )
    op.create_index("ix_event_log_txid", "event_log", ["txid"], unique=False)
    op.create_index(
        "ix_event_log_unpublished",
        "event_log",
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
        "pick_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("technician_id", sa.Uuid(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("picked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waited_seconds", sa.Integer(), nullable=True),
        sa.Column("slip_no", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pick_requests")),
    )
    op.create_index("ix_pick_requests_picked", "pick_requests", ["picked_at"], unique=False)
    op.create_index(
        op.f("ix_pick_requests_reservation_id"), "pick_requests", ["reservation_id"], unique=False
    )
    op.create_index(
        "ix_pick_requests_waiting",
        "pick_requests",
        ["requested_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "publisher_seen",
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("upto", Xid8(), server_default=sa.text("'0'"), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("publisher", name=op.f("pk_publisher_seen")),
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
        "reservations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_no", sa.String(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("plate", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("slot_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("for_source", sa.String(), nullable=False),
        sa.Column("for_revision", sa.Integer(), nullable=False),
        sa.Column("answered_revision", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
        sa.UniqueConstraint("request_id", name=op.f("uq_reservations_request_id")),
    )
    op.create_index(op.f("ix_reservations_appointment_id"), "reservations", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_reservations_plate"), "reservations", ["plate"], unique=False)
    op.create_index("ix_reservations_recent", "reservations", ["opened_at", "id"], unique=False)
    op.create_index(op.f("ix_reservations_request_no"), "reservations", ["request_no"], unique=False)
    op.create_index(op.f("ix_reservations_visit_id"), "reservations", ["visit_id"], unique=False)
    op.create_table(
        "shop_calendar",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("calendar", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shop_calendar")),
    )
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
        "slips",
        sa.Column("slip_no", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("technician_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slip_no", name=op.f("pk_slips")),
    )
    op.create_index(op.f("ix_slips_reservation_id"), "slips", ["reservation_id"], unique=False)
    op.create_table(
        "stream_cursor",
        sa.Column("reader", sa.Text(), server_default=sa.text("'main'"), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("high", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gap", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_id", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("reader", "stream", "key", name=op.f("pk_stream_cursor")),
    )
    op.create_index(
        "ix_stream_cursor_behind",
        "stream_cursor",
        ["stream"],
        unique=False,
        postgresql_where=sa.text("high > last"),
    )
    op.create_index(
        "ix_stream_cursor_wake_at",
        "stream_cursor",
        ["wake_at"],
        unique=False,
        postgresql_where=sa.text("wake_at is not null"),
    )
    op.create_table(
        "suppliers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("qualified", sa.Boolean(), nullable=False),
        sa.Column("qualification", sa.String(), nullable=False),
        sa.Column("lead_working_days", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("name", name=op.f("uq_suppliers_name")),
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
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_xid", Xid8(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watermark")),
    )
    op.create_table(
        "parts",
        sa.Column("part_no", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.Column("reorder_point", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("reorder_quantity", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("warranty_months", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_parts_unit_price_not_negative")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_parts_supplier_id")),
        sa.PrimaryKeyConstraint("part_no", name=op.f("pk_parts")),
    )
    op.create_index(op.f("ix_parts_supplier_id"), "parts", ["supplier_id"], unique=False)
    op.create_table(
        "purchase_orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_no", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("supplier_name", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("eta_changes", JSONB(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.String(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name=op.f("fk_purchase_orders_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
        sa.UniqueConstraint("order_no", name=op.f("uq_purchase_orders_order_no")),
    )
    op.create_index("ix_purchase_orders_recent", "purchase_orders", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_purchase_orders_state"), "purchase_orders", ["state"], unique=False)
    op.create_index(op.f("ix_purchase_orders_supplier_id"), "purchase_orders", ["supplier_id"], unique=False)
    op.create_table(
        "reservation_lines",
        sa.Column("part_line_id", sa.Uuid(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("part_no", sa.String(), nullable=False),
        sa.Column("work", JSONB(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("authorised", sa.Boolean(), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False),
        sa.Column("since_revision", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("replaced", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("short", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("back_ordered", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("released", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("issued", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("returned", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("used", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("filled_at_once", sa.Boolean(), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("short_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("eta", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "back_ordered >= 0 and back_ordered <= short", name=op.f("ck_reservation_lines_ordered_is_short")
        ),
        sa.CheckConstraint("issued <= reserved", name=op.f("ck_reservation_lines_issued_was_reserved")),
        sa.CheckConstraint(
            "returned >= 0 and returned <= issued", name=op.f("ck_reservation_lines_returned_was_issued")
        ),
        sa.CheckConstraint("short >= 0 and released >= 0", name=op.f("ck_reservation_lines_not_negative")),
        sa.CheckConstraint("wanted = reserved + short + released", name=op.f("ck_reservation_lines_adds_up")),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservations.id"], name=op.f("fk_reservation_lines_reservation_id")
        ),
        sa.PrimaryKeyConstraint("part_line_id", name=op.f("pk_reservation_lines")),
    )
    op.create_index(
        op.f("ix_reservation_lines_reservation_id"), "reservation_lines", ["reservation_id"], unique=False
    )
    op.create_index(
        "ix_reservation_lines_short",
        "reservation_lines",
        ["part_no"],
        unique=False,
        postgresql_where=sa.text("short > 0"),
    )
    op.create_index("ix_reservation_lines_wanted_at", "reservation_lines", ["wanted_at"], unique=False)
    op.create_table(
        "purchase_order_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=False),
        sa.Column("part_no", sa.String(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("received", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("part_line_id", sa.Uuid(), nullable=True),
        sa.Column("reservation_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_order_lines_quantity_positive")),
        sa.CheckConstraint(
            "received >= 0 and received <= quantity",
            name=op.f("ck_purchase_order_lines_received_was_ordered"),
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_orders.id"],
            name=op.f("fk_purchase_order_lines_purchase_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_lines")),
    )
    op.create_index(
        "ix_purchase_order_lines_open",
        "purchase_order_lines",
        ["part_no"],
        unique=False,
        postgresql_where=sa.text("received < quantity"),
    )
    op.create_index(
        op.f("ix_purchase_order_lines_purchase_order_id"),
        "purchase_order_lines",
        ["purchase_order_id"],
        unique=False,
    )
    op.create_table(
        "stocks",
        sa.Column("part_no", sa.String(), nullable=False),
        sa.Column("on_hand", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stocks_on_hand_not_negative")),
        sa.CheckConstraint("reserved <= on_hand", name=op.f("ck_stocks_promised_once")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stocks_reserved_not_negative")),
        sa.ForeignKeyConstraint(["part_no"], ["parts.part_no"], name=op.f("fk_stocks_part_no")),
        sa.PrimaryKeyConstraint("part_no", name=op.f("pk_stocks")),
    )
    op.create_table(
        "movements",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("part_no", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("promised", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("on_hand_after", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("reserved_after", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("unit_cost", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("part_line_id", sa.Uuid(), nullable=True),
        sa.Column("slip_no", sa.String(), nullable=True),
        sa.Column("purchase_order_id", sa.Uuid(), nullable=True),
        sa.Column("batch", sa.String(), nullable=True),
        sa.Column("certificate_no", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["part_no"], ["stocks.part_no"], name=op.f("fk_movements_part_no")),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_movements")),
    )
    op.create_index("ix_movements_at", "movements", ["at"], unique=False)
    op.create_index(
        "ix_movements_line",
        "movements",
        ["part_line_id"],
        unique=False,
        postgresql_where=sa.text("part_line_id is not null"),
    )
    op.create_index("ix_movements_part", "movements", ["part_no", "position"], unique=False)
    op.create_index(
        "ix_movements_slip",
        "movements",
        ["slip_no"],
        unique=False,
        postgresql_where=sa.text("slip_no is not null"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index(
        "ix_movements_slip", table_name="movements", postgresql_where=sa.text("slip_no is not null")
    )
    op.drop_index("ix_movements_part", table_name="movements")
    op.drop_index(
        "ix_movements_line", table_name="movements", postgresql_where=sa.text("part_line_id is not null")
    )
    op.drop_index("ix_movements_at", table_name="movements")
    op.drop_table("movements")
    op.drop_table("stocks")
    op.drop_index(op.f("ix_purchase_order_lines_purchase_order_id"), table_name="purchase_order_lines")
    op.drop_index(
        "ix_purchase_order_lines_open",
        table_name="purchase_order_lines",
        postgresql_where=sa.text("received < quantity"),
    )
    op.drop_table("purchase_order_lines")
    op.drop_index("ix_reservation_lines_wanted_at", table_name="reservation_lines")
    op.drop_index(
        "ix_reservation_lines_short", table_name="reservation_lines", postgresql_where=sa.text("short > 0")
    )
    op.drop_index(op.f("ix_reservation_lines_reservation_id"), table_name="reservation_lines")
    op.drop_table("reservation_lines")
    op.drop_index(op.f("ix_purchase_orders_supplier_id"), table_name="purchase_orders")
    op.drop_index(op.f("ix_purchase_orders_state"), table_name="purchase_orders")
    op.drop_index("ix_purchase_orders_recent", table_name="purchase_orders")
    op.drop_table("purchase_orders")
    op.drop_index(op.f("ix_parts_supplier_id"), table_name="parts")
    op.drop_table("parts")
    op.drop_table("watermark")
    op.drop_table("unreadable")
    op.drop_index("ix_timers_due_at", table_name="timers")
    op.drop_table("timers")
    op.drop_table("suppliers")
    op.drop_index(
        "ix_stream_cursor_wake_at",
        table_name="stream_cursor",
        postgresql_where=sa.text("wake_at is not null"),
    )
    op.drop_index(
        "ix_stream_cursor_behind", table_name="stream_cursor", postgresql_where=sa.text("high > last")
    )
    op.drop_table("stream_cursor")
    op.drop_index(op.f("ix_slips_reservation_id"), table_name="slips")
    op.drop_table("slips")
    op.drop_table("skipped")
    op.drop_table("shop_calendar")
    op.drop_index(op.f("ix_reservations_visit_id"), table_name="reservations")
    op.drop_index(op.f("ix_reservations_request_no"), table_name="reservations")
    op.drop_index("ix_reservations_recent", table_name="reservations")
    op.drop_index(op.f("ix_reservations_plate"), table_name="reservations")
    op.drop_index(op.f("ix_reservations_appointment_id"), table_name="reservations")
    op.drop_table("reservations")
    op.drop_index("ix_readings_subject", table_name="readings")
    op.drop_table("readings")
    op.drop_table("reaction_types")
    op.drop_table("publisher_seen")
    op.drop_index(
        "ix_pick_requests_waiting", table_name="pick_requests", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_index(op.f("ix_pick_requests_reservation_id"), table_name="pick_requests")
    op.drop_index("ix_pick_requests_picked", table_name="pick_requests")
    op.drop_table("pick_requests")
    op.drop_index("ix_idempotency_keys_kept_at", table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
    op.drop_table("house_rules")
    op.drop_index(
        "ix_event_log_unpublished", table_name="event_log", postgresql_where=sa.text("published_at is null")
    )
    op.drop_index("ix_event_log_txid", table_name="event_log")
    op.drop_index(
        "ix_event_log_correlation", table_name="event_log", postgresql_where=sa.text("correlation <> ''")
    )
    op.drop_table("event_log")
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
    op.drop_table("arrivals")
    op.drop_index(op.f("ix_appointments_request_id"), table_name="appointments")
    op.drop_table("appointments")
