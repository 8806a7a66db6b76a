"""Reception begins."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.migrations import v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Reception begins."""
    v1.upgrade()
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
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
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
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notified_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_visit", "notices", ["visit_id", "notified_at"], unique=False)
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
        sa.Column("delay_notified_at", sa.DateTime(timezone=True), nullable=True),
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
    op.drop_index("ix_tasks_open", table_name="tasks", postgresql_where=sa.text("done_at is null"))
    op.drop_table("tasks")
    op.drop_table("services")
    op.drop_index(op.f("ix_part_availability_request_id"), table_name="part_availability")
    op.drop_table("part_availability")
    op.drop_index("ix_notices_visit", table_name="notices")
    op.drop_table("notices")
    op.drop_table("labour_rates")
    op.drop_table("jobs")
    op.drop_index(op.f("ix_job_lines_visit_id"), table_name="job_lines")
    op.drop_table("job_lines")
    op.drop_table("invoices")
    op.drop_index(
        "ix_customers_name_begins", table_name="customers", postgresql_ops={"name": "text_pattern_ops"}
    )
    op.drop_table("customers")
    op.drop_index(op.f("ix_complaint_marks_visit_id"), table_name="complaint_marks")
    op.drop_index("ix_complaint_marks_customer", table_name="complaint_marks")
    op.drop_table("complaint_marks")
    op.drop_table("catalogue")
    op.drop_table("calendars")
    op.drop_index("ix_appointments_state_slot", table_name="appointments")
    op.drop_index("ix_appointments_request", table_name="appointments")
    op.drop_index("ix_appointments_listed", table_name="appointments")
    op.drop_table("appointments")
    v1.downgrade()
