"""The summary of each report, for lists; and no score where the judge failed."""

import sqlalchemy as sa
from alembic import op

revision = "0006_summaries"
down_revision = "0005_owners"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty for what is judged already, and take back the zeros that nobody had earned."""
    op.add_column("judgings", sa.Column("summary", sa.JSON(none_as_null=True), nullable=True))
    op.execute("UPDATE judgings SET score = NULL WHERE verdict = 'judge_error'")


def downgrade() -> None:
    """Take the column away."""
    op.drop_column("judgings", "summary")
