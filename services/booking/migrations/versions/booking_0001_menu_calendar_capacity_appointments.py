"""Booking begins: menu, calendar, capacity, appointments, copies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.migrations import v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Booking begins: menu, calendar, capacity, appointments, copies."""
    v1.upgrade()
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_no", sa.Text(collation="C"), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fault_text", sa.Text(), nullable=False),
        sa.Column("fault_occurred", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Text(), nullable=False),
        sa.Column("wanted_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("diagnosis", sa.Boolean(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("labour_minutes", sa.Integer(), nullable=False),
        sa.Column("maintenance_minutes", sa.Integer(), nullable=False),
        sa.Column("rework_of_visit_id", sa.Uuid(), nullable=True),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("responded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("slot_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slot_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("slot_held", sa.Boolean(), nullable=False),
        sa.Column("overbooked_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attendance_confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bay", JSONB(), nullable=False),
        sa.Column("parts", JSONB(), nullable=False),
        sa.Column("crew", JSONB(), nullable=False),
        sa.Column("reception", JSONB(), nullable=False),
        sa.Column("parts_short", sa.Boolean(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_in_time", sa.Boolean(), nullable=True),
        sa.Column("kept_visit_id", sa.Uuid(), nullable=True),
        sa.Column("after_missed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(slot_start is null) = (slot_end is null)", name=op.f("ck_appointments_slot")),
        sa.CheckConstraint("not slot_held or slot_start is not null", name=op.f("ck_appointments_slot_held")),
        sa.CheckConstraint("slot_end > slot_start", name=op.f("ck_appointments_slot_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_customer_id"), "appointments", ["customer_id"], unique=False)
    op.create_index(op.f("ix_appointments_request_id"), "appointments", ["request_id"], unique=False)
    op.create_index(op.f("ix_appointments_request_no"), "appointments", ["request_no"], unique=False)
    op.create_index("ix_appointments_requested_at", "appointments", ["requested_at", "id"], unique=False)
    op.create_index(
        "ix_appointments_slot_held",
        "appointments",
        ["slot_end", "slot_start"],
        unique=False,
        postgresql_where=sa.text("slot_held"),
    )
    op.create_index("ix_appointments_slot_start", "appointments", ["slot_start", "id"], unique=False)
    op.create_index(
        "ix_appointments_unanswered",
        "appointments",
        ["respond_by"],
        unique=False,
        postgresql_where=sa.text("state = 'requested' and responded_at is null"),
    )
    op.create_index(op.f("ix_appointments_vehicle_id"), "appointments", ["vehicle_id"], unique=False)
    op.create_index(op.f("ix_appointments_visit_id"), "appointments", ["visit_id"], unique=False)
    op.create_index(
        "uq_appointments_open_visit",
        "appointments",
        ["visit_id"],
        unique=True,
        postgresql_where=sa.text("state in ('requested', 'confirmed') and visit_id is not null"),
    )
    op.create_table(
        "calendars",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("hours", JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("calendar", name=op.f("pk_calendars")),
    )
    op.create_table(
        "capacity_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("technicians", sa.Integer(), nullable=True),
        sa.Column("booked_minutes", sa.Integer(), nullable=False),
        sa.Column("maintenance_minutes", sa.Integer(), nullable=False),
        sa.Column("walk_in_minutes", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("booked_minutes >= 0", name=op.f("ck_capacity_days_booked")),
        sa.CheckConstraint(
            "maintenance_minutes between 0 and booked_minutes", name=op.f("ck_capacity_days_maintenance")
        ),
        sa.CheckConstraint("walk_in_minutes >= 0", name=op.f("ck_capacity_days_walk_in")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_capacity_days")),
    )
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("customer_no", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), nullable=False),
        sa.Column("customer_class", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
    )
    op.create_index(op.f("ix_customers_name_key"), "customers", ["name_key"], unique=False)
    op.create_table(
        "parts",
        sa.Column("part_no", sa.Text(), nullable=False),
        sa.Column("title", JSONB(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("part_no", name=op.f("pk_parts")),
    )
    op.create_table(
        "reservations",
        sa.Column("reservation_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("on_order", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("reservation_id", name=op.f("pk_reservations")),
        sa.UniqueConstraint("request_id", name=op.f("uq_reservations_request_id")),
    )
    op.create_table(
        "scripts",
        sa.Column("call_type", sa.Text(), nullable=False),
        sa.Column("text", JSONB(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("call_type", name=op.f("pk_scripts")),
    )
    op.create_table(
        "services",
        sa.Column("service_code", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("terms", JSONB(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service_code", name=op.f("pk_services")),
    )
    op.create_table(
        "vehicles",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("plate", sa.Text(), nullable=False),
        sa.Column("plate_key", sa.Text(collation="C"), nullable=False),
        sa.Column("vin", sa.Text(collation="C"), nullable=True),
        sa.Column("make", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("model_year", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_vehicles")),
    )
    op.create_index(op.f("ix_vehicles_customer_id"), "vehicles", ["customer_id"], unique=False)
    op.create_index(op.f("ix_vehicles_plate_key"), "vehicles", ["plate_key"], unique=False)
    op.create_index(op.f("ix_vehicles_vin"), "vehicles", ["vin"], unique=False)
    op.create_table(
        "visits",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("request_no", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked", sa.Boolean(), nullable=False),
        sa.Column("waited_minutes", sa.Integer(), nullable=True),
        sa.Column("within_sla", sa.Boolean(), nullable=True),
        sa.Column("load_on", sa.Date(), nullable=True),
        sa.Column("load_minutes", sa.Integer(), nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("return_expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rework_of_visit_id", sa.Uuid(), nullable=True),
        sa.Column("measure_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_visits")),
    )
    op.create_index(
        "ix_visits_arrived_at",
        "visits",
        ["arrived_at"],
        unique=False,
        postgresql_where=sa.text("arrived_at is not null"),
    )
    op.create_index(op.f("ix_visits_request_id"), "visits", ["request_id"], unique=False)
    op.create_table(
        "appointment_changes",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_appointment_changes_appointment_id")
        ),
        sa.PrimaryKeyConstraint("appointment_id", "number", name=op.f("pk_appointment_changes")),
    )
    op.create_table(
        "appointment_days",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("labour_minutes", sa.Integer(), nullable=False),
        sa.Column("maintenance_minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_appointment_days_appointment_id")
        ),
        sa.PrimaryKeyConstraint("appointment_id", "day", name=op.f("pk_appointment_days")),
    )
    op.create_index("ix_appointment_days_day", "appointment_days", ["day"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_calls_appointment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_appointment_id", "calls", ["appointment_id"], unique=False)
    op.create_index(
        "ix_calls_due", "calls", ["due_at", "id"], unique=False, postgresql_where=sa.text("done_at is null")
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_calls_due", table_name="calls", postgresql_where=sa.text("done_at is null"))
    op.drop_index("ix_calls_appointment_id", table_name="calls")
    op.drop_table("calls")
    op.drop_index("ix_appointment_days_day", table_name="appointment_days")
    op.drop_table("appointment_days")
    op.drop_table("appointment_changes")
    op.drop_index(op.f("ix_visits_request_id"), table_name="visits")
    op.drop_index(
        "ix_visits_arrived_at", table_name="visits", postgresql_where=sa.text("arrived_at is not null")
    )
    op.drop_table("visits")
    op.drop_index(op.f("ix_vehicles_vin"), table_name="vehicles")
    op.drop_index(op.f("ix_vehicles_plate_key"), table_name="vehicles")
    op.drop_index(op.f("ix_vehicles_customer_id"), table_name="vehicles")
    op.drop_table("vehicles")
    op.drop_table("services")
    op.drop_table("scripts")
    op.drop_table("reservations")
    op.drop_table("parts")
    op.drop_index(op.f("ix_customers_name_key"), table_name="customers")
    op.drop_table("customers")
    op.drop_table("capacity_days")
    op.drop_table("calendars")
    op.drop_index(
        "uq_appointments_open_visit",
        table_name="appointments",
        postgresql_where=sa.text("state in ('requested', 'confirmed') and visit_id is not null"),
    )
    op.drop_index(op.f("ix_appointments_visit_id"), table_name="appointments")
    op.drop_index(op.f("ix_appointments_vehicle_id"), table_name="appointments")
    op.drop_index(
        "ix_appointments_unanswered",
        table_name="appointments",
        postgresql_where=sa.text("state = 'requested' and responded_at is null"),
    )
    op.drop_index("ix_appointments_slot_start", table_name="appointments")
    op.drop_index(
        "ix_appointments_slot_held", table_name="appointments", postgresql_where=sa.text("slot_held")
    )
    op.drop_index("ix_appointments_requested_at", table_name="appointments")
    op.drop_index(op.f("ix_appointments_request_no"), table_name="appointments")
    op.drop_index(op.f("ix_appointments_request_id"), table_name="appointments")
    op.drop_index(op.f("ix_appointments_customer_id"), table_name="appointments")
    op.drop_table("appointments")
    v1.downgrade()
