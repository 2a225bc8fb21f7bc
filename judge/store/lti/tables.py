"""The tables of learning platforms, in the same metadata as those of submissions.

lti_platforms     one row a registration
lti_deployments   the deployments of a registration that may launch
lti_courses       courses of a platform that staff of a class have joined with it
lti_scores        one row for each learner and line item: the score that was sent, and when to look next
"""

import sqlalchemy as sa

from judge.store.schema import ID, UtcTime, metadata

NAME = sa.String(255)

platforms = sa.Table(
    "lti_platforms",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("issuer", NAME, nullable=False),
    sa.Column("client_id", NAME, nullable=False),
    sa.Column("auth_url", sa.Text, nullable=False),
    sa.Column("token_url", sa.Text, nullable=False),
    sa.Column("jwks_url", sa.Text, nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.UniqueConstraint("issuer", "client_id", name="lti_platforms_client"),
)

deployments = sa.Table(
    "lti_deployments",
    metadata,
    sa.Column("platform_id", ID, sa.ForeignKey("lti_platforms.id"), primary_key=True),
    sa.Column("deployment_id", NAME, primary_key=True),
)

courses = sa.Table(
    "lti_courses",
    metadata,
    sa.Column("platform_id", ID, sa.ForeignKey("lti_platforms.id"), primary_key=True),
    sa.Column("deployment_id", NAME, primary_key=True),
    sa.Column("course", NAME, primary_key=True),
    sa.Column("class_id", ID, primary_key=True),
    sa.Column("created", UtcTime, nullable=False),
)

scores = sa.Table(
    "lti_scores",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("platform_id", ID, sa.ForeignKey("lti_platforms.id"), nullable=False),
    sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("subject", NAME, nullable=False),  # the learner as the platform knows them
    sa.Column("assignment_id", ID, nullable=False),
    sa.Column("line_item", sa.Text, nullable=False),
    sa.Column("line_item_hash", sa.String(64), nullable=False),
    sa.Column("sent", sa.Float),  # the last score that the platform accepted
    sa.Column("sent_at", UtcTime),
    sa.Column("changes", sa.Integer, nullable=False, server_default="1"),  # counts what may have changed the score
    sa.Column("next_at", UtcTime),  # none: nothing to do until something changes
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),  # since the last one that succeeded
    sa.Column("failing_since", UtcTime),
    sa.Column("last_error", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("platform_id", "line_item_hash", "user_id", name="lti_scores_learner"),
    sa.Index("lti_scores_due", "next_at"),
    sa.Index("lti_scores_user", "user_id"),
)
