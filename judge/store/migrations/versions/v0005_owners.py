"""The owner of a submission, the network it came from, and the host that a webhook calls."""

import sqlalchemy as sa
from alembic import op

revision = "0005_owners"
down_revision = "0004_seed"
branch_labels = None
depends_on = None

LIVE = sa.text("status IN ('queued', 'running')")


def upgrade() -> None:
    """Add the columns. What a page sent belongs to its browser; what came by the API before belongs to nobody."""
    for table, columns in _COLUMNS.items():
        for name, length in columns:
            op.add_column(table, sa.Column(name, sa.String(length), server_default="", nullable=False))
    op.execute("UPDATE submissions SET owner = submitter WHERE submitter LIKE 'browser:%'")
    op.create_index("submissions_owner", "submissions", ["owner", "id"])
    op.create_index("submissions_network", "submissions", ["network", "id"])
    op.create_index(
        "judgings_live_network", "judgings", ["network", "priority"], sqlite_where=LIVE, postgresql_where=LIVE
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("judgings_live_network", "judgings")
    op.drop_index("submissions_network", "submissions")
    op.drop_index("submissions_owner", "submissions")
    for table, columns in _COLUMNS.items():
        for name, _ in columns:
            op.drop_column(table, name)


_COLUMNS = {
    "submissions": (("owner", 100), ("network", 50)),
    "judgings": (("network", 50),),
    "webhooks": (("host", 255), ("network", 50)),
}
