"""What a day holds is counted from calendar and crew, not stored."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """What a day holds is counted from calendar and crew, not stored."""
    op.drop_column("capacity_days", "available_minutes")


def downgrade() -> None:
    """Take it back."""
    zero = sa.text("0")
    op.add_column(
        "capacity_days", sa.Column("available_minutes", sa.Integer(), nullable=False, server_default=zero)
    )
    op.alter_column("capacity_days", "available_minutes", server_default=None)
