"""Create the workshop's tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.migrations import v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the workshop's tables."""
    v1.upgrade()
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_no", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("slot_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slot_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("labour_minutes", sa.Integer(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("bay_held", sa.Boolean(), nullable=False),
        sa.Column("prepared", sa.Boolean(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_slot_start_id"), "appointments", ["slot_start", "id"], unique=False)
    op.create_table(
        "bays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("equipment", JSONB(), nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("occupied_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bays")),
        sa.UniqueConstraint("job_id", name=op.f("uq_bays_job_id")),
        sa.UniqueConstraint("name", name=op.f("uq_bays_name")),
    )
    op.create_table(
        "calendars",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("calendar", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_calendars")),
    )
    op.create_table(
        "part_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("part_no", sa.Text(), nullable=False),
        sa.Column("title", JSONB(), nullable=True),
        sa.Column("expected", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("short", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("released", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("back_ordered", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("issued", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("returned", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("used", sa.Numeric(precision=10, scale=3), nullable=False),
        sa.Column("eta", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_lines")),
    )
    op.create_index(op.f("ix_part_lines_request_id"), "part_lines", ["request_id"], unique=False)
    op.create_table(
        "technicians",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("employee_no", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("skills", JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("absent_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("absent_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("absence_reason", sa.Text(), nullable=False),
        sa.Column("free_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technicians")),
    )
    op.create_index(op.f("ix_technicians_name"), "technicians", ["name"], unique=False)
    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_no", sa.Text(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=True),
        sa.Column("plate", sa.Text(), nullable=False),
        sa.Column("vin", sa.Text(), nullable=True),
        sa.Column("make", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("model_year", sa.Integer(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority_class", sa.Text(), nullable=False),
        sa.Column("whereabouts", sa.Text(), nullable=False),
        sa.Column("return_expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rework_of_visit_id", sa.Uuid(), nullable=True),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("original_line_ids", JSONB(), nullable=False),
        sa.Column("ordered_rework", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index(op.f("ix_visits_plate"), "visits", ["plate"], unique=False)
    op.create_index(op.f("ix_visits_request_no"), "visits", ["request_no"], unique=False)
    op.create_index(
        op.f("ix_visits_whereabouts_arrived_at_id"),
        "visits",
        ["whereabouts", "arrived_at", "id"],
        unique=False,
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("priority_class", sa.Text(), nullable=False),
        sa.Column("waiting_on_site", sa.Boolean(), nullable=False),
        sa.Column("special_requirements", JSONB(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("waiting_reason", sa.Text(), nullable=False),
        sa.Column("waits_for_dispatch", sa.Boolean(), nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("bay_id", sa.Uuid(), nullable=True),
        sa.Column("diagnosis", JSONB(), nullable=True),
        sa.Column("interruptions", JSONB(), nullable=False),
        sa.Column("inspections", JSONB(), nullable=False),
        sa.Column("presented_revision", sa.Integer(), nullable=True),
        sa.Column("answered_revision", sa.Integer(), nullable=True),
        sa.Column("ready_revision", sa.Integer(), nullable=True),
        sa.Column("promise_revision", sa.Integer(), nullable=True),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("promise_refused", sa.Text(), nullable=True),
        sa.Column("latest_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("forecast_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("at_risk", sa.Boolean(), nullable=False),
        sa.Column("alarms", JSONB(), nullable=False),
        sa.Column("penalty_points", sa.Integer(), nullable=False),
        sa.Column("work_ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inspector_id", sa.Uuid(), nullable=True),
        sa.Column("washed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late_events", JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["bay_id"], ["bays.id"], name=op.f("fk_jobs_bay_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_jobs_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_jobs_visit_id")),
    )
    op.create_index(op.f("ix_jobs_opened_at_id"), "jobs", ["opened_at", "id"], unique=False)
    op.create_index(op.f("ix_jobs_request_id"), "jobs", ["request_id"], unique=False)
    op.create_index(op.f("ix_jobs_state_opened_at_id"), "jobs", ["state", "opened_at", "id"], unique=False)
    op.create_index(
        "ix_jobs_waits_for_dispatch",
        "jobs",
        ["id"],
        unique=False,
        postgresql_where=sa.text("waits_for_dispatch"),
    )
    op.create_table(
        "job_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("work_type", sa.Text(), nullable=False),
        sa.Column("skill", sa.Text(), nullable=False),
        sa.Column("labour_minutes", sa.Integer(), nullable=False),
        sa.Column("payer", sa.Text(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("benefit", sa.Text(), nullable=False),
        sa.Column("needs", JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("authorised", sa.Boolean(), nullable=False),
        sa.Column("offered_in", sa.Integer(), nullable=True),
        sa.Column("blocks", JSONB(), nullable=False),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("technician_id", sa.Uuid(), nullable=True),
        sa.Column("technician_name", sa.Text(), nullable=True),
        sa.Column("planned_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("planned_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("running_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("round_seconds", sa.Integer(), nullable=False),
        sa.Column("spent_minutes", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result_text", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("workers", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_lines_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_lines")),
    )
    op.create_index(op.f("ix_job_lines_job_id_position"), "job_lines", ["job_id", "position"], unique=False)
    op.create_index(
        op.f("ix_job_lines_technician_id_planned_start"),
        "job_lines",
        ["technician_id", "planned_start"],
        unique=False,
    )
    op.create_index(
        "uq_job_lines_technician_running",
        "job_lines",
        ["technician_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index(
        "uq_job_lines_technician_running",
        table_name="job_lines",
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_index(op.f("ix_job_lines_technician_id_planned_start"), table_name="job_lines")
    op.drop_index(op.f("ix_job_lines_job_id_position"), table_name="job_lines")
    op.drop_table("job_lines")
    op.drop_index(
        "ix_jobs_waits_for_dispatch", table_name="jobs", postgresql_where=sa.text("waits_for_dispatch")
    )
    op.drop_index(op.f("ix_jobs_state_opened_at_id"), table_name="jobs")
    op.drop_index(op.f("ix_jobs_request_id"), table_name="jobs")
    op.drop_index(op.f("ix_jobs_opened_at_id"), table_name="jobs")
    op.drop_table("jobs")
    op.drop_index(op.f("ix_visits_whereabouts_arrived_at_id"), table_name="visits")
    op.drop_index(op.f("ix_visits_request_no"), table_name="visits")
    op.drop_index(op.f("ix_visits_plate"), table_name="visits")
    op.drop_table("visits")
    op.drop_index(op.f("ix_technicians_name"), table_name="technicians")
    op.drop_table("technicians")
    op.drop_index(op.f("ix_part_lines_request_id"), table_name="part_lines")
    op.drop_table("part_lines")
    op.drop_table("calendars")
    op.drop_table("bays")
    op.drop_index(op.f("ix_appointments_slot_start_id"), table_name="appointments")
    op.drop_table("appointments")
    v1.downgrade()
