"""The results of references for the samples."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "answers",
        sa.Column("package", sa.String(length=100), nullable=False),
        sa.Column("samples", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("package"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("answers")
