"""Faults of the judge beside a submission's attempts, and which submissions are suspected of ending their worker."""

import sqlalchemy as sa
from alembic import op

revision = "0003_attempts"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = ("faults", "not_before", "suspect", "alone", "lost_alone")


def upgrade() -> None:
    """Add the columns; whatever waits or runs has no fault counted yet."""
    op.add_column("judgings", sa.Column("faults", sa.Integer(), server_default="0", nullable=False))
    op.add_column("judgings", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("judgings", sa.Column("suspect", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("judgings", sa.Column("alone", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("judgings", sa.Column("lost_alone", sa.Integer(), server_default="0", nullable=False))
    op.add_column("workers", sa.Column("lost", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Remove the columns."""
    with op.batch_alter_table("judgings") as table:
        for name in COLUMNS:
            table.drop_column(name)
    with op.batch_alter_table("workers") as table:
        table.drop_column("lost")
