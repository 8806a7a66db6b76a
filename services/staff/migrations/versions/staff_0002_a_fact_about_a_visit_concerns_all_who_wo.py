"""A fact about a visit concerns all who worked on it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """A fact about a visit concerns all who worked on it."""
    op.alter_column("work_records", "employee_id", existing_type=sa.UUID(), nullable=True)
    op.alter_column("work_records", "visit_id", existing_type=sa.UUID(), nullable=False)


def downgrade() -> None:
    """Take it back: a record without an employee has no place in the earlier table."""
    op.execute("delete from work_records where employee_id is null")
    op.alter_column("work_records", "visit_id", existing_type=sa.UUID(), nullable=True)
    op.alter_column("work_records", "employee_id", existing_type=sa.UUID(), nullable=False)
