"""The tables of accounts, in the same metadata as those of submissions.

users           one row an account
identities      an account as an identity provider knows it: its issuer, and the subject there
passkeys        public keys of an account
sessions        browsers that are signed in, by the hash of their cookie
access_tokens   tokens of programs, by their hash
one_time        values that can be used once: state of a sign-in, challenges, links, codes of devices
counters        failed attempts, by what is limited
audit           what operators and staff did
"""

import sqlalchemy as sa

from judge.store.schema import ID, UtcTime, metadata

HASH = sa.String(64)  # SHA-256 in hexadecimal

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("name_key", sa.String(64), nullable=False, unique=True),  # in lower case: names differ by more than case
    sa.Column("display", sa.String(100), nullable=False),
    sa.Column("password_hash", sa.String(200)),  # none: signs in by passkey or identity provider
    sa.Column("role", sa.String(16), nullable=False),  # learner | operator
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created", UtcTime, nullable=False),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("issuer", sa.String(255), primary_key=True),
    sa.Column("subject", sa.String(255), primary_key=True),
    sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.Index("identities_user", "user_id"),
)

passkeys = sa.Table(
    "passkeys",
    metadata,
    sa.Column("id", sa.String(1400), primary_key=True),  # of the credential, at most 1,023 bytes, in base64url
    sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("public_key", sa.LargeBinary, nullable=False),
    sa.Column("sign_count", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("last_used", UtcTime),
    sa.Index("passkeys_user", "user_id"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("hash", HASH, primary_key=True),
    sa.Column("id", ID, nullable=False, unique=True),  # for lists: proves nothing
    sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("agent", sa.String(200), nullable=False),  # the browser, as it describes itself
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("last_seen", UtcTime, nullable=False),
    sa.Column("expires", UtcTime, nullable=False),
    sa.Index("sessions_user", "user_id"),
    sa.Index("sessions_expires", "expires"),
)

access_tokens = sa.Table(
    "access_tokens",
    metadata,
    sa.Column("hash", HASH, primary_key=True),
    sa.Column("id", ID, nullable=False, unique=True),
    sa.Column("user_id", ID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("start", sa.String(16), nullable=False),  # its first characters, for lists
    sa.Column("scopes", sa.String(100), nullable=False),  # separated by spaces
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("expires", UtcTime),
    sa.Column("last_used", UtcTime),
    sa.Index("access_tokens_user", "user_id"),
)

one_time = sa.Table(
    "one_time",
    metadata,
    sa.Column("hash", HASH, primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("expires", UtcTime, nullable=False),
    sa.Index("one_time_expires", "expires"),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("hash", HASH, primary_key=True),  # of what is counted: a name, an address
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("expires", UtcTime, nullable=False),  # then it counts from 0 again
    sa.Index("counters_expires", "expires"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.String(100), nullable=False),  # user:<name>, or `operator` for the admin token
    sa.Column("action", sa.String(64), nullable=False),  # user.disable, class.apply, submission.read ...
    sa.Column("target", sa.String(200), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Index("audit_target", "target", "id"),
)
