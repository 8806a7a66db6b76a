"""Reception begins."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.schema import Xid8

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Reception begins."""
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_no", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fault_text", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slot_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slot_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("bay_ready", sa.Boolean(), nullable=False),
        sa.Column("parts_ready", sa.Boolean(), nullable=False),
        sa.Column("crew_ready", sa.Boolean(), nullable=False),
        sa.Column("reception_ready", sa.Boolean(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index("ix_appointments_listed", "appointments", ["listed_at", "id"], unique=False)
    op.create_index("ix_appointments_request", "appointments", ["request_id"], unique=False)
    op.create_index("ix_appointments_state_slot", "appointments", ["state", "slot_start"], unique=False)
    op.create_table(
        "arrivals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
    )
    op.create_table(
        "calendars",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hours", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_calendars")),
    )
    op.create_table(
        "catalogue",
        sa.Column("part_no", sa.Text(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.Column("sold", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("part_no", name=op.f("pk_catalogue")),
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
        "complaint_marks",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_no", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolve_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_clock", sa.Text(), nullable=True),
        sa.Column("measures_done", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaint_marks")),
    )
    op.create_index("ix_complaint_marks_customer", "complaint_marks", ["customer_id", "state"], unique=False)
    op.create_index(op.f("ix_complaint_marks_visit_id"), "complaint_marks", ["visit_id"], unique=False)
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
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_no", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("customer_class", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index(
        "ix_customers_name_begins",
        "customers",
        [sa.literal_column("lower(display_name)").label("name")],
        unique=False,
        postgresql_ops={"name": "text_pattern_ops"},
    )
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
        "invoices",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("estimate_revision", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("invoice_no", sa.Text(), nullable=True),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("total_gross", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("payable", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("balance", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_invoices")),
    )
    op.create_table(
        "job_lines",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result_text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_job_lines")),
    )
    op.create_index(op.f("ix_job_lines_visit_id"), "job_lines", ["visit_id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("priority_class", sa.Text(), nullable=False),
        sa.Column("technician_name", sa.Text(), nullable=True),
        sa.Column("bay", sa.Text(), nullable=True),
        sa.Column("planned_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("findings", JSONB(), nullable=False),
        sa.Column("forecast_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_jobs")),
    )
    op.create_table(
        "labour_rates",
        sa.Column("work_type", sa.Text(), nullable=False),
        sa.Column("customer_class", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("hourly_rate", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.PrimaryKeyConstraint("work_type", "customer_class", "valid_from", name=op.f("pk_labour_rates")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_visit", "notices", ["visit_id", "told_at"], unique=False)
    op.create_table(
        "part_availability",
        sa.Column("part_line_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("part_no", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("short", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("released", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("issued", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("returned", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("eta", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purchase_order_no", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("part_line_id", name=op.f("pk_part_availability")),
    )
    op.create_index(
        op.f("ix_part_availability_request_id"), "part_availability", ["request_id"], unique=False
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
        "services",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("work_type", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("labour_minutes", sa.Integer(), nullable=False),
        sa.Column("parts", JSONB(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_services")),
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
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("visit_id", "purpose", "subject", name=op.f("uq_tasks_visit_id_purpose_subject")),
    )
    op.create_index(
        "ix_tasks_open", "tasks", ["due_at", "id"], unique=False, postgresql_where=sa.text("done_at is null")
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
        "vehicles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("plate", sa.Text(), nullable=False),
        sa.Column("vin", sa.Text(), nullable=True),
        sa.Column("make", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("model_year", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicles")),
    )
    op.create_index(op.f("ix_vehicles_customer_id"), "vehicles", ["customer_id"], unique=False)
    op.create_index(
        "ix_vehicles_plate_begins",
        "vehicles",
        ["plate"],
        unique=False,
        postgresql_ops={"plate": "text_pattern_ops"},
    )
    op.create_index(
        "ix_vehicles_vin_begins",
        "vehicles",
        ["vin"],
        unique=False,
        postgresql_ops={"vin": "text_pattern_ops"},
    )
    op.create_table(
        "visits",
        sa.Column("ready_revision", sa.Integer(), nullable=True),
        sa.Column("job_outcome", sa.Text(), nullable=True),
        sa.Column("signed_checks", JSONB(), nullable=False),
        sa.Column("belongings_ok", sa.Boolean(), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mode", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record_no", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("mileage_out_km", sa.Integer(), nullable=True),
        sa.Column("recommended_work", JSONB(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.Column("appointment_id", sa.Uuid(), nullable=True),
        sa.Column("rework_of_visit_id", sa.Uuid(), nullable=True),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("plate", sa.Text(), nullable=False),
        sa.Column("vin", sa.Text(), nullable=True),
        sa.Column("make", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("model_year", sa.Integer(), nullable=True),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("priority_class", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("advisor_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waited_minutes", sa.Integer(), nullable=True),
        sa.Column("within_sla", sa.Boolean(), nullable=True),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("late_alternative", sa.Text(), nullable=True),
        sa.Column("delayed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("form", JSONB(), nullable=True),
        sa.Column("mileage_km", sa.Integer(), nullable=True),
        sa.Column("promise_revision", sa.Integer(), nullable=False),
        sa.Column("original_promise", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promised_gross", sa.Text(), nullable=True),
        sa.Column("promise_changes", JSONB(), nullable=False),
        sa.Column("delay_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting_on_site", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_no", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("measures", JSONB(), nullable=False),
        sa.Column("job_ready", sa.Boolean(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_invoice_revision", sa.Integer(), nullable=True),
        sa.Column("answered_revision", sa.Integer(), nullable=True),
        sa.Column("promise_state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("measure_id", name=op.f("uq_visits_measure_id")),
        sa.UniqueConstraint("record_no", name=op.f("uq_visits_record_no")),
        sa.UniqueConstraint("request_id", name=op.f("uq_visits_request_id")),
    )
    op.create_index("ix_visits_begun", "visits", ["begun_at", "id"], unique=False)
    op.create_index(op.f("ix_visits_customer_id"), "visits", ["customer_id"], unique=False)
    op.create_index(
        "ix_visits_here",
        "visits",
        ["begun_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index(
        "ix_visits_plate_begins",
        "visits",
        ["plate"],
        unique=False,
        postgresql_ops={"plate": "text_pattern_ops"},
    )
    op.create_index(
        "ix_visits_request_no_begins",
        "visits",
        ["request_no"],
        unique=False,
        postgresql_ops={"request_no": "text_pattern_ops"},
    )
    op.create_index(op.f("ix_visits_vehicle_id"), "visits", ["vehicle_id"], unique=False)
    op.create_index(
        "ix_visits_vin_begins", "visits", ["vin"], unique=False, postgresql_ops={"vin": "text_pattern_ops"}
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
        "estimates",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("open_line_ids", JSONB(), nullable=False),
        sa.Column("total_gross", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("presented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("via", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("authorised_gross", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_estimates_visit_id")),
        sa.PrimaryKeyConstraint("visit_id", "revision", name=op.f("pk_estimates")),
    )
    op.create_table(
        "visit_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offer", JSONB(), nullable=True),
        sa.Column("agreed", JSONB(), nullable=True),
        sa.Column("agreed_gross", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("agreed_revision", sa.Integer(), nullable=True),
        sa.Column("by_hand", JSONB(), nullable=False),
        sa.Column("order_back", sa.Boolean(), nullable=False),
        sa.Column("declined_reason", sa.Text(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_visit_lines_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_lines")),
    )
    op.create_index(op.f("ix_visit_lines_visit_id"), "visit_lines", ["visit_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_visit_lines_visit_id"), table_name="visit_lines")
    op.drop_table("visit_lines")
    op.drop_table("estimates")
    op.drop_table("watermark")
    op.drop_index("ix_visits_vin_begins", table_name="visits", postgresql_ops={"vin": "text_pattern_ops"})
    op.drop_index(op.f("ix_visits_vehicle_id"), table_name="visits")
    op.drop_index(
        "ix_visits_request_no_begins", table_name="visits", postgresql_ops={"request_no": "text_pattern_ops"}
    )
    op.drop_index("ix_visits_plate_begins", table_name="visits", postgresql_ops={"plate": "text_pattern_ops"})
    op.drop_index("ix_visits_here", table_name="visits", postgresql_where=sa.text("closed_at is null"))
    op.drop_index(op.f("ix_visits_customer_id"), table_name="visits")
    op.drop_index("ix_visits_begun", table_name="visits")
    op.drop_table("visits")
    op.drop_index("ix_vehicles_vin_begins", table_name="vehicles", postgresql_ops={"vin": "text_pattern_ops"})
    op.drop_index(
        "ix_vehicles_plate_begins", table_name="vehicles", postgresql_ops={"plate": "text_pattern_ops"}
    )
    op.drop_index(op.f("ix_vehicles_customer_id"), table_name="vehicles")
    op.drop_table("vehicles")
    op.drop_table("unreadable")
    op.drop_index("ix_timers_due_at", table_name="timers")
    op.drop_table("timers")
    op.drop_index("ix_tasks_open", table_name="tasks", postgresql_where=sa.text("done_at is null"))
    op.drop_table("tasks")
    op.drop_index(
        "ix_stream_cursor_wake_at",
        table_name="stream_cursor",
        postgresql_where=sa.text("wake_at is not null"),
    )
    op.drop_index(
        "ix_stream_cursor_behind", table_name="stream_cursor", postgresql_where=sa.text("high > last")
    )
    op.drop_table("stream_cursor")
    op.drop_table("skipped")
    op.drop_table("services")
    op.drop_index("ix_readings_subject", table_name="readings")
    op.drop_table("readings")
    op.drop_table("reaction_types")
    op.drop_table("publisher_seen")
    op.drop_index(op.f("ix_part_availability_request_id"), table_name="part_availability")
    op.drop_table("part_availability")
    op.drop_index("ix_notices_visit", table_name="notices")
    op.drop_table("notices")
    op.drop_table("labour_rates")
    op.drop_table("jobs")
    op.drop_index(op.f("ix_job_lines_visit_id"), table_name="job_lines")
    op.drop_table("job_lines")
    op.drop_table("invoices")
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
    op.drop_index(
        "ix_customers_name_begins", table_name="customers", postgresql_ops={"name": "text_pattern_ops"}
    )
    op.drop_table("customers")
    op.drop_index("ix_customer_links_subject", table_name="customer_links")
    op.drop_table("customer_links")
    op.drop_table("counters")
    op.drop_index(op.f("ix_complaint_marks_visit_id"), table_name="complaint_marks")
    op.drop_index("ix_complaint_marks_customer", table_name="complaint_marks")
    op.drop_table("complaint_marks")
    op.drop_index("ix_changes_txid", table_name="changes")
    op.drop_table("changes")
    op.drop_table("catalogue")
    op.drop_table("calendars")
    op.drop_table("arrivals")
    op.drop_index("ix_appointments_state_slot", table_name="appointments")
    op.drop_index("ix_appointments_request", table_name="appointments")
    op.drop_index("ix_appointments_listed", table_name="appointments")
    op.drop_table("appointments")
