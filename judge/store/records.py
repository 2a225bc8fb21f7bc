"""Records that go into the store and come out of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from judge.own_input import OwnInput
from judge.submission import Submission
from judge.verdict import Json

DOMAIN_LABELS = 2  # of a webhook's host: the owner of a domain makes any number of names below it
HOST_CHARACTERS = 255
MAX_ATTEMPTS = 3  # runs with an error that the judge reported, before that is the verdict; see judge.store.retries


class Status(StrEnum):
    """The state of a judging."""

    QUEUED = "queued"  # waiting for a slot
    RUNNING = "running"  # a worker has it
    DONE = "done"  # it has its verdict, which is final
    CANCELLED = "cancelled"  # stopped before it had a verdict; it never gets one


LIVE = (Status.QUEUED, Status.RUNNING)


class Priority(IntEnum):
    """The class of a judging: a higher one goes first, and fairness counts within each."""

    BATCH = 0  # thousands at a time, for a program
    INTERACTIVE = 1  # a person waits for the verdict


@dataclass(frozen=True, kw_only=True)
class NewWebhook:
    """A URL to call about the verdict; `secret` signs the call."""

    url: str
    secret: str

    @property
    def host(self) -> str:
        """Return the key by which calls at one time are bounded: the host's domain, or its address."""
        name = (urlsplit(self.url).hostname or "").rstrip(".")
        is_name = ":" not in name and not name.replace(".", "").isdecimal()
        return ".".join(name.split(".")[-DOMAIN_LABELS:])[:HOST_CHARACTERS] if is_name else name


@dataclass(frozen=True, kw_only=True)
class NewSubmission:
    """A submission on its way into the store. `reuse` lets it share the judging of an equal one.

    With an `own_input`, it is a run on that alone: `samples_only` must be set, and it shares nothing.
    `owner` may read and stop it; `network` is the client network that it counts for. Either may be empty.
    """

    problem: str
    source: str
    submitter: str
    owner: str = ""
    network: str = ""
    package: str = ""
    seed: int = 0
    samples_only: bool = False
    own_input: OwnInput | None = None
    priority: Priority = Priority.INTERACTIVE
    reuse: bool = False
    webhook: NewWebhook | None = None
    idempotency_key: str | None = None

    @cached_property
    def source_sha256(self) -> str:
        """Hex digest of the source."""
        return hashlib.sha256(self.source.encode()).hexdigest()

    @cached_property
    def request_sha256(self) -> str:
        """Hex digest of the request: the same idempotency key with another digest is a client's mistake."""
        hook = (self.webhook.url, self.webhook.secret) if self.webhook else None
        asked: list[Any] = [
            self.problem,
            self.source,
            self.seed,
            self.samples_only,
            int(self.priority),
            self.reuse,
            hook,
        ]
        if self.own_input is not None:
            asked.append(self.own_input.to_text())
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A judging's place in the queue: higher priority first, then the smaller tag."""

    judging_id: str
    priority: int
    tag: int


@dataclass(frozen=True, kw_only=True)
class SubmissionRecord:
    """A submission as it is stored. `summary` and `report` are there once it is done; lists have no `report`."""

    id: str
    problem: str
    submitter: str
    status: Status
    judging_id: str
    attempts: int
    priority: int
    tag: int
    seed: int
    samples_only: bool
    created: datetime
    own_cases: int = 0  # of its sender's own input; 0 for a submission that is run on the problem's cases
    faults: int = 0  # runs that the judge or its host failed, among `attempts`
    retry_at: datetime | None = None  # a queued one is not tried again before
    started: datetime | None = None
    finished: datetime | None = None
    verdict: str | None = None
    score: float | None = None
    time_ms: float | None = None
    memory_mb: float | None = None
    lane: str | None = None
    worker: str | None = None
    reason: str = ""
    shared: bool = False  # its judging was made for an equal submission
    owner: str = field(default="", repr=False)  # who may read it (judge.web.access); never shown
    source: str | None = None
    summary: Mapping[str, Json] | None = None
    report: Mapping[str, Json] | None = None


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The result of one new submission; `replayed` if its idempotency key was used before."""

    submission_id: str
    judging_id: str
    replayed: bool = False
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class ClaimedJudging:
    """A judging that a worker has claimed. `attempt` counts from 1; `waited` is seconds in the queue.

    `faults` of the runs before were the judge's. One that must run `alone` may have ended its last worker: it begins
    with `Judgings.start_alone`, when nothing else runs in this one.
    """

    judging_id: str
    submission_id: str
    submission: Submission
    seed: int
    samples_only: bool
    own_input: OwnInput | None
    attempt: int
    waited: float
    faults: int = 0
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class Taught:
    """Submissions that the staff of a class may read: those of its learners to its problems."""

    owners: frozenset[str]
    problems: frozenset[str]

    def has(self, owner: str, problem: str) -> bool:
        """Return whether a submission is among them."""
        return owner in self.owners and problem in self.problems


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A choice of submissions; None means any. `taught` ones are chosen in addition to those of `owners`.

    With `attempts_only`, runs of the samples and cancelled ones are left out.
    """

    problem: str | None = None
    verdict: str | None = None
    status: str | None = None
    submitter: str | None = None
    owners: tuple[str, ...] | None = None
    taught: tuple[Taught, ...] = ()
    attempts_only: bool = False


@dataclass(frozen=True, kw_only=True)
class Depth:
    """The counts of the queue. `oldest` is the age in seconds of the longest waiting judging, 0 if none waits.

    `delayed` of the queued ones wait for their next try after a fault of the judge.
    """

    queued: int
    running: int
    oldest: float
    delayed: int = 0


@dataclass(frozen=True, kw_only=True)
class WorkerRow:
    """A worker as it last described itself; `fresh` unless its heartbeat is overdue."""

    id: str
    host: str
    pid: int
    concurrency: int
    busy: int
    state: str
    reason: str = ""
    started: datetime
    heartbeat: datetime | None = None
    canary_at: datetime | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    fresh: bool = True


@dataclass(frozen=True, kw_only=True)
class Change:
    """One submission whose verdict a rejudge would change."""

    submission_id: str
    submitter: str
    before: str | None
    after: str


@dataclass(frozen=True, kw_only=True)
class Rejudge:
    """A rejudge and its preview: `moves` counts (verdict before, verdict after); `changes` holds the first of them.

    `redrawn` counts submissions whose hidden cases came from another secret before, which may change their verdicts.
    """

    id: str
    problem: str
    verdicts: tuple[str, ...]
    state: str  # running | ready | applied | cancelled
    total: int
    done: int
    created: datetime
    redrawn: int = 0
    moves: tuple[tuple[str, str, int], ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DueWebhook:
    """A call that is to be made now; `attempt` counts from 1."""

    id: str
    submission_id: str
    url: str
    secret: str
    attempt: int
    host: str = ""
    network: str = ""
