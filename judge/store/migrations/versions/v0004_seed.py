"""Secrets that all machines share, and which of them drew the hidden cases of a judging."""

import sqlalchemy as sa
from alembic import op

revision = "0004_seed"
down_revision = "0003_attempts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table and the column: what was judged before was judged with the packages' own seeds."""
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("judgings", sa.Column("hidden_seed", sa.String(length=16), server_default="", nullable=False))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("judgings", "hidden_seed")
    op.drop_table("secrets")
