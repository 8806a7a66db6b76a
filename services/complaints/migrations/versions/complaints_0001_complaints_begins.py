"""Complaints begins."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.migrations import v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Complaints begins."""
    v1.upgrade()
    op.create_table(
        "complaints",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_no", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("during_visit", sa.Boolean(), nullable=False),
        sa.Column("earlier_case_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("owner_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolve_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_respond_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("respond_overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolve_overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("cause_text", sa.String(), nullable=False),
        sa.Column("resolution", sa.String(), nullable=True),
        sa.Column("confirmed_by_customer", sa.Boolean(), nullable=True),
        sa.Column("reopenings", sa.Integer(), nullable=False),
        sa.Column("last_entry", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("complaint_no", name=op.f("uq_complaints_complaint_no")),
    )
    op.create_index(
        "ix_complaints_customer_id", "complaints", ["customer_id", "received_at", "id"], unique=False
    )
    op.create_index(op.f("ix_complaints_earlier_case_id"), "complaints", ["earlier_case_id"], unique=False)
    op.create_index(
        "ix_complaints_open",
        "complaints",
        ["resolve_by", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'resolved'"),
    )
    op.create_index("ix_complaints_owner_id", "complaints", ["owner_id", "received_at", "id"], unique=False)
    op.create_index("ix_complaints_received_at", "complaints", ["received_at", "id"], unique=False)
    op.create_index(
        "ix_complaints_source_id",
        "complaints",
        ["source", "source_id"],
        unique=True,
        postgresql_where=sa.text("source_id is not null"),
    )
    op.create_index("ix_complaints_visit_id", "complaints", ["visit_id", "received_at"], unique=False)
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("customer_no", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("customer_class", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
    )
    op.create_index(op.f("ix_customers_display_name"), "customers", ["display_name"], unique=False)
    op.create_table(
        "invoices",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("invoice_no", sa.String(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("total_gross", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("payable", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("balance", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("refunded", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.PrimaryKeyConstraint("invoice_id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_invoices_visit_id")),
    )
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("technicians", JSONB(), nullable=False),
        sa.Column("inspections", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_jobs_visit_id")),
    )
    op.create_table(
        "visits",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_no", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("vin", sa.String(), nullable=True),
        sa.Column("make", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("model_year", sa.Integer(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rework_of_visit_id", sa.Uuid(), nullable=True),
        sa.Column("original_promise", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_promise", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("record_no", sa.String(), nullable=True),
        sa.Column("advisor_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visits")),
    )
    op.create_index(op.f("ix_visits_arrived_at"), "visits", ["arrived_at"], unique=False)
    op.create_index(op.f("ix_visits_plate"), "visits", ["plate"], unique=False)
    op.create_index(op.f("ix_visits_vin"), "visits", ["vin"], unique=False)
    op.create_table(
        "entries",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_entries_complaint_id")),
        sa.PrimaryKeyConstraint("complaint_id", "n", name=op.f("pk_entries")),
    )
    op.create_table(
        "measures",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("line_ids", JSONB(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("approved_by_name", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("overdue_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rework_visit_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund_id", sa.Uuid(), nullable=True),
        sa.Column("given", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("not_possible_reason", sa.String(), nullable=True),
        sa.Column("possible", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.CheckConstraint(
            "(kind = 'rework') = (amount is null)", name=op.f("ck_measures_amount_of_money_measures")
        ),
        sa.ForeignKeyConstraint(["complaint_id"], ["complaints.id"], name=op.f("fk_measures_complaint_id")),
        sa.PrimaryKeyConstraint("measure_id", name=op.f("pk_measures")),
    )
    op.create_index("ix_measures_complaint_id", "measures", ["complaint_id", "decided_at"], unique=False)
    op.create_index("ix_measures_decided_at", "measures", ["decided_at", "measure_id"], unique=False)
    op.create_index(
        "ix_measures_open",
        "measures",
        ["due_by", "measure_id"],
        unique=False,
        postgresql_where=sa.text("state in ('decided','placed')"),
    )
    op.create_index(op.f("ix_measures_rework_visit_id"), "measures", ["rework_visit_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_measures_rework_visit_id"), table_name="measures")
    op.drop_index(
        "ix_measures_open", table_name="measures", postgresql_where=sa.text("state in ('decided','placed')")
    )
    op.drop_index("ix_measures_decided_at", table_name="measures")
    op.drop_index("ix_measures_complaint_id", table_name="measures")
    op.drop_table("measures")
    op.drop_table("entries")
    op.drop_index(op.f("ix_visits_vin"), table_name="visits")
    op.drop_index(op.f("ix_visits_plate"), table_name="visits")
    op.drop_index(op.f("ix_visits_arrived_at"), table_name="visits")
    op.drop_table("visits")
    op.drop_table("jobs")
    op.drop_table("invoices")
    op.drop_index(op.f("ix_customers_display_name"), table_name="customers")
    op.drop_table("customers")
    op.drop_index("ix_complaints_visit_id", table_name="complaints")
    op.drop_index(
        "ix_complaints_source_id", table_name="complaints", postgresql_where=sa.text("source_id is not null")
    )
    op.drop_index("ix_complaints_received_at", table_name="complaints")
    op.drop_index("ix_complaints_owner_id", table_name="complaints")
    op.drop_index(
        "ix_complaints_open", table_name="complaints", postgresql_where=sa.text("state <> 'resolved'")
    )
    op.drop_index(op.f("ix_complaints_earlier_case_id"), table_name="complaints")
    op.drop_index("ix_complaints_customer_id", table_name="complaints")
    op.drop_table("complaints")
    v1.downgrade()
