"""Accounts, their proofs of identity, sessions, access tokens, and the audit log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007_accounts"
down_revision = "0006_summaries"
branch_labels = None
depends_on = None

ID, HASH = sa.String(36), sa.String(64)


def _time(name: str, *, nullable: bool = False) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _user() -> "sa.Column[str]":
    return sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False)


def upgrade() -> None:
    """Make the tables. Submissions stay as they are: the secret that each was sent with still opens it."""
    op.create_table(
        "users",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("name_key", sa.String(64), nullable=False, unique=True),
        sa.Column("display", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
        _time("created"),
    )
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(255), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        _user(),
        _time("created"),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(1400), primary_key=True),
        _user(),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sign_count", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        _time("created"),
        _time("last_used", nullable=True),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", HASH, primary_key=True),
        sa.Column("id", ID, nullable=False, unique=True),
        _user(),
        sa.Column("agent", sa.String(200), nullable=False),
        _time("created"),
        _time("last_seen"),
        _time("expires"),
    )
    op.create_table(
        "access_tokens",
        sa.Column("hash", HASH, primary_key=True),
        sa.Column("id", ID, nullable=False, unique=True),
        _user(),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("start", sa.String(16), nullable=False),
        sa.Column("scopes", sa.String(100), nullable=False),
        _time("created"),
        _time("expires", nullable=True),
        _time("last_used", nullable=True),
    )
    op.create_table(
        "one_time",
        sa.Column("hash", HASH, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        _time("expires"),
    )
    op.create_table(
        "counters",
        sa.Column("hash", HASH, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        _time("expires"),
    )
    op.create_table(
        "audit",
        sa.Column("id", ID, primary_key=True),
        _time("at"),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("target", sa.String(200), nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
    )
    for table, columns in _INDEXES:
        op.create_index(f"{table}_{columns[0].removesuffix('_id')}", table, list(columns))


def downgrade() -> None:
    """Take them away."""
    for table in ("audit", "counters", "one_time", "access_tokens", "sessions", "passkeys", "identities", "users"):
        op.drop_table(table)


_INDEXES = (
    ("identities", ("user_id",)),
    ("passkeys", ("user_id",)),
    ("sessions", ("user_id",)),
    ("sessions", ("expires",)),
    ("access_tokens", ("user_id",)),
    ("one_time", ("expires",)),
    ("counters", ("expires",)),
    ("audit", ("target", "id")),
)
