"""Cases are found by VIN."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Cases are found by VIN."""
    op.create_index(op.f("ix_visits_vin"), "visits", ["vin"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_visits_vin"), table_name="visits")
