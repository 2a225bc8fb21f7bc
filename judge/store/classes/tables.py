"""The tables of classes, in the same metadata as those of submissions.

classes        one row a class; `join_hash` is the hash of the secret in its join link, empty where nobody may join
members        the staff and learners of a class
assignments    the assignments of a class, with their dates and rules
assignment_problems   their problems
"""

import sqlalchemy as sa

from judge.store.schema import ID, UtcTime, metadata

classes = sa.Table(
    "classes",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("slug", sa.String(100), nullable=False, unique=True),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("join_hash", sa.String(64), nullable=False, server_default=""),
    sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created", UtcTime, nullable=False),
    sa.Index("classes_join", "join_hash"),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("class_id", ID, sa.ForeignKey("classes.id"), primary_key=True),
    sa.Column("user_id", ID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),  # staff | learner
    sa.Column("joined", UtcTime, nullable=False),
    sa.Index("members_user", "user_id"),
)

assignments = sa.Table(
    "assignments",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("class_id", ID, sa.ForeignKey("classes.id"), nullable=False),
    sa.Column("slug", sa.String(100), nullable=False),
    sa.Column("title", sa.String(200), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("opens", UtcTime),  # none: open at once
    sa.Column("due", UtcTime),  # none: no end
    sa.Column("closes", UtcTime),  # the last moment that counts, late rule included
    sa.Column("attempts", sa.Integer),  # that count for each problem; none: all
    sa.Column("rules", sa.JSON, nullable=False),  # the late rule, and what is shown when: judge.assignment
    sa.UniqueConstraint("class_id", "slug", name="assignments_slug"),
)

assignment_problems = sa.Table(
    "assignment_problems",
    metadata,
    sa.Column("assignment_id", ID, sa.ForeignKey("assignments.id"), primary_key=True),
    sa.Column("problem", sa.String(100), primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Index("assignment_problems_problem", "problem"),
)
