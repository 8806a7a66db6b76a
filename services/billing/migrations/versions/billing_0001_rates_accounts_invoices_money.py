"""Billing begins: rates, accounts, invoices, money."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.migrations import v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Billing begins: rates, accounts, invoices, money."""
    v1.upgrade()
    op.create_table(
        "accounts",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_no", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("vin", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rework_of_visit_id", sa.Uuid(), nullable=True),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("intake_completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("presented_revision", sa.Integer(), nullable=True),
        sa.Column("answered_revision", sa.Integer(), nullable=False),
        sa.Column("ready_revision", sa.Integer(), nullable=True),
        sa.Column("results", JSONB(), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record_no", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("request_id", name=op.f("uq_accounts_request_id")),
    )
    op.create_index(op.f("ix_accounts_customer_id"), "accounts", ["customer_id"], unique=False)
    op.create_index(
        "ix_accounts_open",
        "accounts",
        ["opened_at", "visit_id"],
        unique=False,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index("ix_accounts_opened_at", "accounts", ["opened_at", "visit_id"], unique=False)
    op.create_index(
        "ix_accounts_plate", "accounts", ["plate"], unique=False, postgresql_ops={"plate": "text_pattern_ops"}
    )
    op.create_index(
        "ix_accounts_request_no",
        "accounts",
        ["request_no"],
        unique=False,
        postgresql_ops={"request_no": "text_pattern_ops"},
    )
    op.create_index(
        "ix_accounts_vin", "accounts", ["vin"], unique=False, postgresql_ops={"vin": "text_pattern_ops"}
    )
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("customer_no", sa.String(), nullable=False),
        sa.Column("display_name", sa.String(), nullable=False),
        sa.Column("customer_class", sa.String(), nullable=False),
        sa.Column("credit_limit", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
    )
    op.create_index(
        "ix_customers_name",
        "customers",
        ["display_name"],
        unique=False,
        postgresql_ops={"display_name": "text_pattern_ops"},
    )
    op.create_table(
        "disputes",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_no", sa.String(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_disputes")),
    )
    op.create_index(
        "ix_disputes_open_customer",
        "disputes",
        ["customer_id"],
        unique=False,
        postgresql_where=sa.text("is_open"),
    )
    op.create_index(
        "ix_disputes_open_visit", "disputes", ["visit_id"], unique=False, postgresql_where=sa.text("is_open")
    )
    op.create_table(
        "invoices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("estimate_revision", sa.Integer(), nullable=True),
        sa.Column("authorised_gross", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("total_net", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("total_tax", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("total_gross", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("reduced", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("payable", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("paid", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("refunded", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("balance", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("credit", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invoice_no", sa.String(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_how", sa.String(), nullable=True),
        sa.Column("credit_approved_by", sa.String(), nullable=True),
        sa.Column("payment_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("invoice_no", name=op.f("uq_invoices_invoice_no")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_invoices_visit_id")),
    )
    op.create_index("ix_invoices_customer", "invoices", ["customer_id", "prepared_at", "id"], unique=False)
    op.create_index("ix_invoices_prepared_at", "invoices", ["prepared_at", "id"], unique=False)
    op.create_index(
        "ix_invoices_receivable",
        "invoices",
        ["payment_due_at", "id"],
        unique=False,
        postgresql_where=sa.text("balance > 0"),
    )
    op.create_index("ix_invoices_state", "invoices", ["state", "prepared_at", "id"], unique=False)
    op.create_index(
        "ix_invoices_surplus",
        "invoices",
        ["prepared_at", "id"],
        unique=False,
        postgresql_where=sa.text("balance < 0"),
    )
    op.create_table(
        "labour_rates",
        sa.Column("rate", sa.String(), nullable=False),
        sa.Column("work_type", sa.String(), nullable=False),
        sa.Column("customer_class", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rate", name=op.f("pk_labour_rates")),
    )
    op.create_index(op.f("ix_labour_rates_work_type"), "labour_rates", ["work_type"], unique=False)
    op.create_table(
        "measures",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("measure_id", name=op.f("pk_measures")),
    )
    op.create_index("ix_measures_decided_at", "measures", ["decided_at", "measure_id"], unique=False)
    op.create_index("ix_measures_invoice", "measures", ["invoice_id"], unique=False)
    op.create_index("ix_measures_visit", "measures", ["visit_id"], unique=False)
    op.create_table(
        "part_lines",
        sa.Column("part_line_id", sa.Uuid(), nullable=False),
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("part_no", sa.String(), nullable=False),
        sa.Column("issued", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("returned", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.PrimaryKeyConstraint("part_line_id", name=op.f("pk_part_lines")),
    )
    op.create_index(op.f("ix_part_lines_request_id"), "part_lines", ["request_id"], unique=False)
    op.create_table(
        "reworks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("line_ids", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reworks")),
    )
    op.create_index(op.f("ix_reworks_visit_id"), "reworks", ["visit_id"], unique=False)
    op.create_table(
        "authorised_lines",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("labour_net", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("gross", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("line", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["accounts.visit_id"], name=op.f("fk_authorised_lines_visit_id")
        ),
        sa.PrimaryKeyConstraint("visit_id", "revision", "line_id", name=op.f("pk_authorised_lines")),
    )
    op.create_table(
        "authorised_totals",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("gross", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["accounts.visit_id"], name=op.f("fk_authorised_totals_visit_id")
        ),
        sa.PrimaryKeyConstraint("visit_id", "revision", name=op.f("pk_authorised_totals")),
    )
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("part_line_id", sa.Uuid(), nullable=True),
        sa.Column("part_no", sa.String(), nullable=True),
        sa.Column("title", JSONB(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("labour_minutes", sa.Integer(), nullable=True),
        sa.Column("unit_price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("net", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.Column("gross", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("benefit", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")),
        sa.PrimaryKeyConstraint("invoice_id", "row_id", name=op.f("pk_invoice_lines")),
    )
    op.create_index(
        "uq_invoice_lines_natural",
        "invoice_lines",
        ["invoice_id", "line_id", "part_line_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "issued_invoices",
        sa.Column("invoice_no", sa.String(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("total_net", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("total_tax", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("total_gross", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("payable", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_issued_invoices_invoice_id")),
        sa.PrimaryKeyConstraint("invoice_no", name=op.f("pk_issued_invoices")),
    )
    op.create_index(op.f("ix_issued_invoices_invoice_id"), "issued_invoices", ["invoice_id"], unique=False)
    op.create_index("ix_issued_invoices_issued_at", "issued_invoices", ["issued_at"], unique=False)
    op.create_table(
        "labour_rate_steps",
        sa.Column("rate", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("hourly_rate", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("tax_rate", sa.Numeric(precision=6, scale=4), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["rate"], ["labour_rates.rate"], name=op.f("fk_labour_rate_steps_rate")),
        sa.PrimaryKeyConstraint("rate", "valid_from", name=op.f("pk_labour_rate_steps")),
    )
    op.create_table(
        "payments",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_payments_invoice_id")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_invoice_id"), "payments", ["invoice_id"], unique=False)
    op.create_index("ix_payments_received_on", "payments", ["received_on", "method"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("refund_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_refunds_invoice_id")),
        sa.PrimaryKeyConstraint("refund_id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("measure_id", name=op.f("uq_refunds_measure_id")),
    )
    op.create_index(op.f("ix_refunds_invoice_id"), "refunds", ["invoice_id"], unique=False)
    op.create_index("ix_refunds_refunded_on", "refunds", ["refunded_on", "method"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_refunds_refunded_on", table_name="refunds")
    op.drop_index(op.f("ix_refunds_invoice_id"), table_name="refunds")
    op.drop_table("refunds")
    op.drop_index("ix_payments_received_on", table_name="payments")
    op.drop_index(op.f("ix_payments_invoice_id"), table_name="payments")
    op.drop_table("payments")
    op.drop_table("labour_rate_steps")
    op.drop_index("ix_issued_invoices_issued_at", table_name="issued_invoices")
    op.drop_index(op.f("ix_issued_invoices_invoice_id"), table_name="issued_invoices")
    op.drop_table("issued_invoices")
    op.drop_index("uq_invoice_lines_natural", table_name="invoice_lines", postgresql_nulls_not_distinct=True)
    op.drop_table("invoice_lines")
    op.drop_table("authorised_totals")
    op.drop_table("authorised_lines")
    op.drop_index(op.f("ix_reworks_visit_id"), table_name="reworks")
    op.drop_table("reworks")
    op.drop_index(op.f("ix_part_lines_request_id"), table_name="part_lines")
    op.drop_table("part_lines")
    op.drop_index("ix_measures_visit", table_name="measures")
    op.drop_index("ix_measures_invoice", table_name="measures")
    op.drop_index("ix_measures_decided_at", table_name="measures")
    op.drop_table("measures")
    op.drop_index(op.f("ix_labour_rates_work_type"), table_name="labour_rates")
    op.drop_table("labour_rates")
    op.drop_index("ix_invoices_surplus", table_name="invoices", postgresql_where=sa.text("balance < 0"))
    op.drop_index("ix_invoices_state", table_name="invoices")
    op.drop_index("ix_invoices_receivable", table_name="invoices", postgresql_where=sa.text("balance > 0"))
    op.drop_index("ix_invoices_prepared_at", table_name="invoices")
    op.drop_index("ix_invoices_customer", table_name="invoices")
    op.drop_table("invoices")
    op.drop_index("ix_disputes_open_visit", table_name="disputes", postgresql_where=sa.text("is_open"))
    op.drop_index("ix_disputes_open_customer", table_name="disputes", postgresql_where=sa.text("is_open"))
    op.drop_table("disputes")
    op.drop_index(
        "ix_customers_name", table_name="customers", postgresql_ops={"display_name": "text_pattern_ops"}
    )
    op.drop_table("customers")
    op.drop_index("ix_accounts_vin", table_name="accounts", postgresql_ops={"vin": "text_pattern_ops"})
    op.drop_index(
        "ix_accounts_request_no", table_name="accounts", postgresql_ops={"request_no": "text_pattern_ops"}
    )
    op.drop_index("ix_accounts_plate", table_name="accounts", postgresql_ops={"plate": "text_pattern_ops"})
    op.drop_index("ix_accounts_opened_at", table_name="accounts")
    op.drop_index("ix_accounts_open", table_name="accounts", postgresql_where=sa.text("closed_at is null"))
    op.drop_index(op.f("ix_accounts_customer_id"), table_name="accounts")
    op.drop_table("accounts")
    v1.downgrade()
