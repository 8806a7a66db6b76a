"""Customers, vehicles, visit files, follow-ups and surveys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.migrations import v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Customers, vehicles, visit files, follow-ups and surveys."""
    v1.upgrade()
    op.create_table(
        "complaint_marks",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_no", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolve_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue", JSONB(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaint_marks")),
    )
    op.create_index(
        "ix_complaint_marks_customer", "complaint_marks", ["customer_id", "open", "until_on"], unique=False
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("participants", JSONB(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_customer", "contacts", ["customer_id", "at", "id"], unique=False)
    op.create_index("ix_contacts_visit", "contacts", ["visit_id", "at", "id"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_no", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("search_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("customer_class", sa.String(), nullable=False),
        sa.Column("credit_limit", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("phone_sealed", sa.String(), nullable=True),
        sa.Column("phone_index", sa.String(), nullable=True),
        sa.Column("phone_ending", sa.String(), nullable=True),
        sa.Column("address_sealed", sa.String(), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("customer_no", name=op.f("uq_customers_customer_no")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_customers_phone_index")),
    )
    op.create_index(
        "ix_customers_search_name",
        "customers",
        ["search_name"],
        unique=False,
        postgresql_ops={"search_name": "text_pattern_ops"},
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("careful", sa.Boolean(), nullable=False),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("satisfied", sa.Boolean(), nullable=True),
        sa.Column("problem_found", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("answers", JSONB(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("cancelled_because", sa.String(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_follow_ups_kind_subject")),
    )
    op.create_index("ix_follow_ups_customer", "follow_ups", ["customer_id", "state"], unique=False)
    op.create_index("ix_follow_ups_done_on", "follow_ups", ["done_on"], unique=False)
    op.create_index("ix_follow_ups_due", "follow_ups", ["state", "due_on", "id"], unique=False)
    op.create_index("ix_follow_ups_request", "follow_ups", ["request_id"], unique=False)
    op.create_index("ix_follow_ups_visit", "follow_ups", ["visit_id"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("feedback", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_notices_kind_subject_id")),
    )
    op.create_index("ix_notices_customer", "notices", ["customer_id"], unique=False)
    op.create_index("ix_notices_due", "notices", ["state", "due_at", "id"], unique=False)
    op.create_table(
        "reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("title_zh", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("remind_on", sa.Date(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by", sa.String(), nullable=True),
        sa.Column("dismissal_reason", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("visit_id", "subject", name=op.f("uq_reminders_visit_id_subject")),
    )
    op.create_index("ix_reminders_customer", "reminders", ["customer_id", "state"], unique=False)
    op.create_index("ix_reminders_due", "reminders", ["state", "remind_on", "id"], unique=False)
    op.create_index("ix_reminders_request", "reminders", ["request_id"], unique=False)
    op.create_index("ix_reminders_vehicle", "reminders", ["vehicle_id", "state"], unique=False)
    op.create_table(
        "report_reviews",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_report_reviews")),
    )
    op.create_table(
        "shop_calendars",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("calendar", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shop_calendars")),
    )
    op.create_table(
        "spend",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spend")),
    )
    op.create_index("ix_spend_customer", "spend", ["customer_id", "at"], unique=False)
    op.create_table(
        "surveys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("template_version", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("complete_by_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("points", JSONB(), nullable=False),
        sa.Column("total", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("clear_opinion", sa.Boolean(), nullable=False),
        sa.Column("triggers", JSONB(), nullable=False),
        sa.Column("dissatisfied", sa.Boolean(), nullable=False),
        sa.Column("expired_because", sa.String(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_surveys_visit_id")),
    )
    op.create_index("ix_surveys_customer", "surveys", ["customer_id"], unique=False)
    op.create_index("ix_surveys_due", "surveys", ["state", "due_on", "id"], unique=False)
    op.create_index("ix_surveys_due_on", "surveys", ["due_on", "id"], unique=False)
    op.create_table(
        "visit_files",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_no", sa.String(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("vehicle_id", sa.Uuid(), nullable=True),
        sa.Column("plate", sa.String(), nullable=True),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("rework_of_visit_id", sa.Uuid(), nullable=True),
        sa.Column("advisor_id", sa.Uuid(), nullable=True),
        sa.Column("waited_minutes", sa.Integer(), nullable=True),
        sa.Column("within_sla", sa.Boolean(), nullable=True),
        sa.Column("in_workshop_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mileage_in_km", sa.Integer(), nullable=True),
        sa.Column("mileage_out_km", sa.Integer(), nullable=True),
        sa.Column("fault_text", sa.String(), nullable=False),
        sa.Column("offered", JSONB(), nullable=False),
        sa.Column("work", JSONB(), nullable=False),
        sa.Column("technicians", JSONB(), nullable=False),
        sa.Column("inspections_failed", sa.Integer(), nullable=False),
        sa.Column("original_promise", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_promise", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("away_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("record_no", sa.String(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_no", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("total_gross", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("payable", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("paid", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("settled", sa.String(), nullable=True),
        sa.Column("careful_reasons", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visit_files")),
    )
    op.create_index(
        "ix_visit_files_customer", "visit_files", ["customer_id", "opened_at", "visit_id"], unique=False
    )
    op.create_index("ix_visit_files_request", "visit_files", ["request_id"], unique=False)
    op.create_index(
        "ix_visit_files_vehicle", "visit_files", ["vehicle_id", "opened_at", "visit_id"], unique=False
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("follow_up_id", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["follow_up_id"], ["follow_ups.id"], name=op.f("fk_calls_follow_up_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_called_on", "calls", ["called_on"], unique=False)
    op.create_index(op.f("ix_calls_follow_up_id"), "calls", ["follow_up_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawal_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_consents_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_customer_id"), "consents", ["customer_id"], unique=False)
    op.create_table(
        "vehicles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("vin", sa.String(), nullable=True),
        sa.Column("make", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("model_year", sa.Integer(), nullable=True),
        sa.Column("engine_no", sa.String(), nullable=True),
        sa.Column("in_use_since_on", sa.Date(), nullable=True),
        sa.Column("mileage_km", sa.Integer(), nullable=True),
        sa.Column("mileage_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_vehicles_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicles")),
        sa.UniqueConstraint("vin", name=op.f("uq_vehicles_vin")),
    )
    op.create_index(op.f("ix_vehicles_customer_id"), "vehicles", ["customer_id"], unique=False)
    op.create_index(
        "ix_vehicles_plate", "vehicles", ["plate"], unique=False, postgresql_ops={"plate": "text_pattern_ops"}
    )
    op.create_index(
        "ix_vehicles_vin_prefix",
        "vehicles",
        ["vin"],
        unique=False,
        postgresql_ops={"vin": "text_pattern_ops"},
    )
    op.create_table(
        "ownerships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicles.id"], name=op.f("fk_ownerships_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownerships")),
    )
    op.create_index(op.f("ix_ownerships_vehicle_id"), "ownerships", ["vehicle_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_ownerships_vehicle_id"), table_name="ownerships")
    op.drop_table("ownerships")
    op.drop_index("ix_vehicles_vin_prefix", table_name="vehicles", postgresql_ops={"vin": "text_pattern_ops"})
    op.drop_index("ix_vehicles_plate", table_name="vehicles", postgresql_ops={"plate": "text_pattern_ops"})
    op.drop_index(op.f("ix_vehicles_customer_id"), table_name="vehicles")
    op.drop_table("vehicles")
    op.drop_index(op.f("ix_consents_customer_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_index(op.f("ix_calls_follow_up_id"), table_name="calls")
    op.drop_index("ix_calls_called_on", table_name="calls")
    op.drop_table("calls")
    op.drop_index("ix_visit_files_vehicle", table_name="visit_files")
    op.drop_index("ix_visit_files_request", table_name="visit_files")
    op.drop_index("ix_visit_files_customer", table_name="visit_files")
    op.drop_table("visit_files")
    op.drop_index("ix_surveys_due_on", table_name="surveys")
    op.drop_index("ix_surveys_due", table_name="surveys")
    op.drop_index("ix_surveys_customer", table_name="surveys")
    op.drop_table("surveys")
    op.drop_index("ix_spend_customer", table_name="spend")
    op.drop_table("spend")
    op.drop_table("shop_calendars")
    op.drop_table("report_reviews")
    op.drop_index("ix_reminders_vehicle", table_name="reminders")
    op.drop_index("ix_reminders_request", table_name="reminders")
    op.drop_index("ix_reminders_due", table_name="reminders")
    op.drop_index("ix_reminders_customer", table_name="reminders")
    op.drop_table("reminders")
    op.drop_index("ix_notices_due", table_name="notices")
    op.drop_index("ix_notices_customer", table_name="notices")
    op.drop_table("notices")
    op.drop_index("ix_follow_ups_visit", table_name="follow_ups")
    op.drop_index("ix_follow_ups_request", table_name="follow_ups")
    op.drop_index("ix_follow_ups_due", table_name="follow_ups")
    op.drop_index("ix_follow_ups_done_on", table_name="follow_ups")
    op.drop_index("ix_follow_ups_customer", table_name="follow_ups")
    op.drop_table("follow_ups")
    op.drop_index(
        "ix_customers_search_name", table_name="customers", postgresql_ops={"search_name": "text_pattern_ops"}
    )
    op.drop_table("customers")
    op.drop_index("ix_contacts_visit", table_name="contacts")
    op.drop_index("ix_contacts_customer", table_name="contacts")
    op.drop_table("contacts")
    op.drop_index("ix_complaint_marks_customer", table_name="complaint_marks")
    op.drop_table("complaint_marks")
    v1.downgrade()
