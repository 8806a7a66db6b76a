"""Parts keeps catalogue, stock, reservations and orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from servicekit.migrations import v1

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Parts keeps catalogue, stock, reservations and orders."""
    v1.upgrade()
    op.create_table(
        "appointments",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("appointment_id", name=op.f("pk_appointments")),
    )
    op.create_index(op.f("ix_appointments_request_id"), "appointments", ["request_id"], unique=False)
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
    op.create_index("ix_pick_requests_recent", "pick_requests", ["requested_at", "id"], unique=False)
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
    op.create_index("ix_reservations_state", "reservations", ["state", "opened_at", "id"], unique=False)
    op.create_index(op.f("ix_reservations_visit_id"), "reservations", ["visit_id"], unique=False)
    op.create_table(
        "shop_calendar",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("calendar", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shop_calendar")),
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
    op.create_index("ix_slips_recent", "slips", ["at", "slip_no"], unique=False)
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
    op.drop_table("suppliers")
    op.drop_index("ix_slips_recent", table_name="slips")
    op.drop_index(op.f("ix_slips_reservation_id"), table_name="slips")
    op.drop_table("slips")
    op.drop_table("shop_calendar")
    op.drop_index("ix_reservations_state", table_name="reservations")
    op.drop_index(op.f("ix_reservations_visit_id"), table_name="reservations")
    op.drop_index(op.f("ix_reservations_request_no"), table_name="reservations")
    op.drop_index("ix_reservations_recent", table_name="reservations")
    op.drop_index(op.f("ix_reservations_plate"), table_name="reservations")
    op.drop_index(op.f("ix_reservations_appointment_id"), table_name="reservations")
    op.drop_table("reservations")
    op.drop_index(
        "ix_pick_requests_waiting", table_name="pick_requests", postgresql_where=sa.text("state = 'waiting'")
    )
    op.drop_index(op.f("ix_pick_requests_reservation_id"), table_name="pick_requests")
    op.drop_index("ix_pick_requests_recent", table_name="pick_requests")
    op.drop_index("ix_pick_requests_picked", table_name="pick_requests")
    op.drop_table("pick_requests")
    op.drop_index(op.f("ix_appointments_request_id"), table_name="appointments")
    op.drop_table("appointments")
    v1.downgrade()
