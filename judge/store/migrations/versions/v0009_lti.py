"""Learning platforms: registrations, courses of classes, scores to send."""

import sqlalchemy as sa
from alembic import op

revision = "0009_lti"
down_revision = "0008_classes"
branch_labels = None
depends_on = None

ID, NAME, TIME = sa.String(36), sa.String(255), sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "lti_platforms",
        sa.Column("id", ID, primary_key=True),
        sa.Column("issuer", NAME, nullable=False),
        sa.Column("client_id", NAME, nullable=False),
        sa.Column("auth_url", sa.Text, nullable=False),
        sa.Column("token_url", sa.Text, nullable=False),
        sa.Column("jwks_url", sa.Text, nullable=False),
        sa.Column("created", TIME, nullable=False),
        sa.UniqueConstraint("issuer", "client_id", name="lti_platforms_client"),
    )
    op.create_table(
        "lti_deployments",
        sa.Column("platform_id", ID, sa.ForeignKey("lti_platforms.id"), primary_key=True),
        sa.Column("deployment_id", NAME, primary_key=True),
    )
    op.create_table(
        "lti_courses",
        sa.Column("platform_id", ID, sa.ForeignKey("lti_platforms.id"), primary_key=True),
        sa.Column("deployment_id", NAME, primary_key=True),
        sa.Column("course", NAME, primary_key=True),
        sa.Column("class_id", ID, primary_key=True),
        sa.Column("created", TIME, nullable=False),
    )
    op.create_table(
        "lti_scores",
        sa.Column("id", ID, primary_key=True),
        sa.Column("platform_id", ID, sa.ForeignKey("lti_platforms.id"), nullable=False),
        sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("assignment_id", ID, nullable=False),
        sa.Column("line_item", sa.Text, nullable=False),
        sa.Column("line_item_hash", sa.String(64), nullable=False),
        sa.Column("sent", sa.Float),
        sa.Column("sent_at", TIME),
        sa.Column("changes", sa.Integer, nullable=False, server_default="1"),
        sa.Column("next_at", TIME),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failing_since", TIME),
        sa.Column("last_error", sa.Text, nullable=False, server_default=""),
        sa.UniqueConstraint("platform_id", "line_item_hash", "user_id", name="lti_scores_learner"),
    )
    op.create_index("lti_scores_due", "lti_scores", ["next_at"])
    op.create_index("lti_scores_user", "lti_scores", ["user_id"])


def downgrade() -> None:
    """Take them away."""
    for table in ("lti_scores", "lti_courses", "lti_deployments", "lti_platforms"):
        op.drop_table(table)
