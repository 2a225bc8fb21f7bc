"""Classes, their members and assignments; causes beside the verdicts, and indexes to count them."""

import sqlalchemy as sa
from alembic import op

revision = "0008_classes"
down_revision = "0007_accounts"
branch_labels = None
depends_on = None

ID, TIME = sa.String(36), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "classes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("slug", sa.String(100), nullable=False, unique=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("join_hash", sa.String(64), nullable=False, server_default=""),
        sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("created", TIME, nullable=False),
    )
    op.create_table(
        "members",
        sa.Column("class_id", ID, sa.ForeignKey("classes.id"), primary_key=True),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("joined", TIME, nullable=False),
    )
    op.create_table(
        "assignments",
        sa.Column("id", ID, primary_key=True),
        sa.Column("class_id", ID, sa.ForeignKey("classes.id"), nullable=False),
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("opens", TIME),
        sa.Column("due", TIME),
        sa.Column("closes", TIME),
        sa.Column("attempts", sa.Integer),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.UniqueConstraint("class_id", "slug", name="assignments_slug"),
    )
    op.create_table(
        "assignment_problems",
        sa.Column("assignment_id", ID, sa.ForeignKey("assignments.id"), primary_key=True),
        sa.Column("problem", sa.String(100), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
    )
    op.create_index("assignment_problems_problem", "assignment_problems", ["problem"])
    op.add_column("judgings", sa.Column("cause", sa.String(100)))
    judgings = sa.table("judgings", sa.column("cause", sa.String), sa.column("summary", sa.JSON))
    cause = sa.func.substr(judgings.c.summary["cause"].as_string(), 1, 100)
    op.execute(sa.update(judgings).where(judgings.c.summary.is_not(None)).values(cause=cause))
    columns = ["id", "status", "verdict", "samples_only", "score", "cause"]
    op.create_index("judgings_results", "judgings", columns)
    columns = ["owner", "problem", "id", "judging_id", "created", "cancelled"]
    op.create_index("submissions_results", "submissions", columns)
    op.create_index("classes_join", "classes", ["join_hash"])
    op.create_index("members_user", "members", ["user_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("submissions_results", "submissions")
    op.drop_index("judgings_results", "judgings")
    op.drop_column("judgings", "cause")
    for table in ("assignment_problems", "assignments", "members", "classes"):
        op.drop_table(table)
