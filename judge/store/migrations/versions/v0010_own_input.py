"""The input of a learner's own that a program is tried on."""

import sqlalchemy as sa
from alembic import op

revision = "0010_own_input"
down_revision = "0009_lti"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; nothing that is stored was run on such input."""
    op.add_column("judgings", sa.Column("own_input", sa.Text(), nullable=True))
    op.add_column("judgings", sa.Column("own_cases", sa.SmallInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    """Remove the columns."""
    with op.batch_alter_table("judgings") as table:
        table.drop_column("own_input")
        table.drop_column("own_cases")
