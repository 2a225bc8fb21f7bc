"""The tables, one definition for SQLite and PostgreSQL.

submissions   programs as they were sent; `judging_id` names the judging whose verdict is the submission's
judgings      one run of one source; a rejudge adds a row, and equal sources of batch graders may share one
workers       one row a worker, renewed by its heartbeat
rejudges      a second judging of a problem's submissions, shown before it is applied
webhooks      URLs to call about a verdict
secrets       shared by all machines of one judge
answers       the reference's values for a package's samples, for pages that run nothing themselves
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

ID = sa.String(36)  # a UUID (version 7) as text: sorts by time, can't be guessed


class UtcTime(sa.types.TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite, which has no time zones, keeps it naive."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Convert an aware time to the form that the database keeps."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Convert the form that the database keeps to an aware time in UTC."""
        if value is None:
            return None
        aware: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware


metadata = sa.MetaData()

rejudges = sa.Table(
    "rejudges",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("problem", sa.String(100), nullable=False),
    sa.Column("verdicts", sa.JSON, nullable=False),  # submissions with these are judged again; empty: all
    sa.Column("state", sa.String(16), nullable=False),  # open | applied | cancelled
    sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("closed", UtcTime),
)

submissions = sa.Table(
    "submissions",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("problem", sa.String(100), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("source_sha256", sa.String(64), nullable=False),
    sa.Column("submitter", sa.String(100), nullable=False),
    sa.Column("owner", sa.String(100), nullable=False, server_default=""),  # hash of the secret that it was sent with
    sa.Column("network", sa.String(50), nullable=False, server_default=""),  # of the client
    sa.Column("judging_id", ID, nullable=False),
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("cancelled", UtcTime),
    sa.Column("idempotency_key", sa.String(300)),  # with its scope: the owner, or else the network
    sa.Column("request_sha256", sa.String(64), nullable=False),
    sa.UniqueConstraint("submitter", "idempotency_key", name="submissions_idempotency"),
    sa.Index("submissions_problem", "problem", "id"),
    sa.Index("submissions_submitter", "submitter", "id"),
    sa.Index("submissions_owner", "owner", "id"),
    sa.Index("submissions_network", "network", "id"),
    sa.Index("submissions_judging", "judging_id"),
    # For counts over the learners of a class: it holds all that they need, in the order that they need.
    sa.Index("submissions_results", "owner", "problem", "id", "judging_id", "created", "cancelled"),
)

judgings = sa.Table(
    "judgings",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("submission_id", ID, sa.ForeignKey("submissions.id"), nullable=False),  # whose source is run
    sa.Column("problem", sa.String(100), nullable=False),
    sa.Column("source_sha256", sa.String(64), nullable=False),
    sa.Column(
        "package", sa.String(100), nullable=False
    ),  # digest: of the installed one, then of the one that judged it
    sa.Column("seed", sa.BigInteger, nullable=False),
    # Fingerprint of the secret that drew its hidden cases, "" for the package's own seed; set anew with the verdict.
    sa.Column("hidden_seed", sa.String(16), nullable=False, server_default=""),
    sa.Column("samples_only", sa.Boolean, nullable=False),
    # Of a run on a learner's own input, which is `samples_only` too: JSON of judge.own_input, and how many cases it is.
    sa.Column("own_input", sa.Text),
    sa.Column("own_cases", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("replaces", ID),  # the judging whose verdict a rejudge may replace
    sa.Column("rejudge_id", ID, sa.ForeignKey("rejudges.id")),
    sa.Column("submitter", sa.String(100), nullable=False),
    sa.Column("network", sa.String(50), nullable=False, server_default=""),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("tag", sa.BigInteger, nullable=False),  # start tag of the fair queue: smaller is earlier
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),  # runs
    sa.Column("faults", sa.Integer, nullable=False, server_default="0"),  # runs that the judge or its host failed
    sa.Column("not_before", UtcTime),  # a queued one waits until then
    sa.Column("suspect", sa.Boolean, nullable=False, server_default=sa.false()),  # its worker was lost: it runs alone
    sa.Column("alone", sa.Boolean, nullable=False, server_default=sa.false()),  # it runs, and nothing beside it
    sa.Column("lost_alone", sa.Integer, nullable=False, server_default="0"),  # see judge.store.retries
    sa.Column("worker", sa.String(100)),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),  # why the last attempt gave no verdict
    sa.Column("created", UtcTime, nullable=False),
    sa.Column("started", UtcTime),
    sa.Column("finished", UtcTime),
    sa.Column("verdict", sa.String(32)),
    sa.Column("score", sa.Float),
    sa.Column("time_ms", sa.Float),
    sa.Column("cpu_ms", sa.Float),
    sa.Column("memory_mb", sa.Float),
    sa.Column("lane", sa.String(16)),
    sa.Column("cause", sa.String(100)),  # id of the report's cause, for counts
    sa.Column("summary", sa.JSON(none_as_null=True)),  # of the report, for lists
    sa.Column("report", sa.JSON(none_as_null=True)),
    sa.Index("judgings_submission", "submission_id"),
    sa.Index("judgings_same", "source_sha256", "package", "seed"),
    sa.Index("judgings_verdict", "verdict", "id"),
    sa.Index("judgings_rejudge", "rejudge_id", "replaces"),
    sa.Index("judgings_finished", "finished"),
    # Reports make the rows long: counts over a class read this alone.
    sa.Index("judgings_results", "id", "status", "verdict", "samples_only", "score", "cause"),
)

_live = judgings.c.status.in_(("queued", "running"))
# The same in literals, for queries: SQLite takes a partial index only where a query repeats its condition.
live_judgings = judgings.c.status.in_([sa.literal_column("'queued'"), sa.literal_column("'running'")])
sa.Index(
    "judgings_live",
    judgings.c.status,
    judgings.c.priority.desc(),
    judgings.c.tag,
    judgings.c.id,
    sqlite_where=_live,
    postgresql_where=_live,
)
sa.Index(
    "judgings_live_submitter",
    judgings.c.submitter,
    judgings.c.priority,
    judgings.c.tag,
    sqlite_where=_live,
    postgresql_where=_live,
)

sa.Index(
    "judgings_live_network",
    judgings.c.network,
    judgings.c.priority,
    sqlite_where=_live,
    postgresql_where=_live,
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("host", sa.String(255), nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started", UtcTime, nullable=False),
    sa.Column("heartbeat", UtcTime, nullable=False),
    sa.Column("concurrency", sa.Integer, nullable=False),
    sa.Column("busy", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),  # starting | healthy | sick | stopping
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("canary_at", UtcTime),
    sa.Column("lost", UtcTime),  # when its silence was noticed; its judgings are back in the queue
    sa.Column("about", sa.JSON, nullable=False),  # versions, processor, layers: the provenance of its canary
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("submission_id", ID, sa.ForeignKey("submissions.id"), nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("host", sa.String(255), nullable=False, server_default=""),  # calls to one host are bounded together,
    sa.Column("network", sa.String(50), nullable=False, server_default=""),  # and so are those of one client network
    sa.Column("secret", sa.Text, nullable=False),  # emptied once the call was delivered or given up
    sa.Column("state", sa.String(16), nullable=False),  # waiting | due | delivered | failed
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", UtcTime),
    sa.Column("last_error", sa.Text, nullable=False, server_default=""),
    sa.Index("webhooks_due", "state", "next_at"),
    sa.Index("webhooks_submission", "submission_id"),
)

secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.String(50), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("created", UtcTime, nullable=False),
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("package", sa.String(100), primary_key=True),  # digest
    sa.Column("samples", sa.JSON, nullable=False),  # case's name -> value as JSON
    sa.Column("created", UtcTime, nullable=False),
)
