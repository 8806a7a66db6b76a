"""Keep lists of past visits quick."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Keep lists of past visits quick."""
    op.create_index("ix_pick_requests_recent", "pick_requests", ["requested_at", "id"], unique=False)
    op.create_index("ix_reservations_state", "reservations", ["state", "opened_at", "id"], unique=False)
    op.create_index("ix_slips_recent", "slips", ["at", "slip_no"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_slips_recent", table_name="slips")
    op.drop_index("ix_reservations_state", table_name="reservations")
    op.drop_index("ix_pick_requests_recent", table_name="pick_requests")
