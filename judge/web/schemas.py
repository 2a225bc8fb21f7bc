"""What comes in over HTTP, and what goes out."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from judge.store.records import Change, Rejudge, Status, SubmissionRecord, WorkerRow
from judge.submission import SLUG, SLUG_CHARACTERS
from judge.verdict import Verdict
from judge.web.report_schema import ReportSchema

MAX_SEED = 2**53 - 1  # what every JSON reader keeps exactly
MAX_BATCH = 1_000
MAX_WAIT_SECONDS = 60.0
BROWSER = "browser:"  # begins the submitter of what a page sent; no header of the API can say that
SUBMITTER = r"^[A-Za-z0-9_.@+-]{1,64}$"
KEY = r"^[\x21-\x7e]{1,200}$"

Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=SLUG_CHARACTERS)]
Secret = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", min_length=16, max_length=200)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WebhookIn(_In):
    """Whom to tell about the verdict."""

    url: HttpUrl = Field(description="http or https; private addresses are refused unless the operator allows them")
    secret: Secret = Field(description="signs each call: see the headers webhook-id, -timestamp and -signature")


class SubmissionFields(_In):
    """How a submission is to be judged."""

    problem: Slug | None = Field(None, description="may be left out where only one problem is installed")
    seed: int = Field(0, ge=0, le=MAX_SEED, description="of the hidden cases; 0: those that all get")
    samples_only: bool = Field(False, description="run the sample cases only")
    priority: Literal["interactive", "batch"] = Field("interactive", description="interactive goes first")
    reuse: bool = Field(False, description="share the judging of an equal source, if there is one")
    webhook: WebhookIn | None = None


class SubmissionIn(SubmissionFields):
    """One program to judge."""

    source: str = Field(description="Python source, at most 64 KiB as UTF-8")


class BatchItemIn(SubmissionIn):
    """One program of a batch: it lets interactive ones go first, and equal ones are judged once."""

    priority: Literal["interactive", "batch"] = "batch"
    reuse: bool = True


class BatchIn(_In):
    """Up to 1,000 programs; each is taken or refused by itself."""

    submissions: list[BatchItemIn] = Field(min_length=1, max_length=MAX_BATCH)


class RejudgeIn(_In):
    """Which submissions to look at again."""

    problem: Slug
    verdicts: list[Verdict] = Field([], description="only those that have one of these verdicts; empty: all")


class SubmissionOut(BaseModel):
    """A submission as it stands. Times are UTC; `position` is 1 for the next in the queue."""

    id: str
    problem: str
    readable: bool = Field(description="whether it is yours, or you are the operator; else some members are null")
    submitter: str | None = Field(description="null for an address or a browser that is not yours")
    status: Status
    position: int | None = None
    attempts: int = Field(description="how often its program was run, or a run of it was begun")
    faults: int = Field(description="how many of those the judge or its host failed; they are never held against it")
    retry_at: datetime | None = Field(description="when a queued one is tried again after such a failure, else null")
    priority: Literal["interactive", "batch"]
    seed: int
    samples_only: bool
    created: datetime
    started: datetime | None
    finished: datetime | None
    verdict: Verdict | None
    score: float | None
    time_ms: float | None
    memory_mb: float | None
    lane: str | None
    worker: str | None = Field(description="null for what is not yours")
    reason: str | None = Field(description="why the last attempt gave no verdict, if one did not; null if not yours")
    shared: bool = Field(description="judged once together with an equal submission")

    @classmethod
    def of(cls, stored: SubmissionRecord, *, readable: bool, position: int | None = None) -> dict[str, Any]:
        """The members for JSON, without source and report; `readable` is what judge.web.access decided."""
        fields = {name: getattr(stored, name) for name in cls.model_fields if hasattr(stored, name)}
        priority = "interactive" if stored.priority else "batch"
        shown = {**fields, "readable": readable, "position": position, "priority": priority}
        hidden = {} if readable else _hidden(stored)
        return shown | {name: value for name, value in hidden.items() if name in shown}


class FullSubmissionOut(SubmissionOut):
    """A submission with its source and, once it is done, the report."""

    source: str | None = Field(description="null for what is not yours")
    report: ReportSchema | None = Field(description="null until it is done, and for what is not yours")


class TakenSubmissionOut(FullSubmissionOut):
    """A submission that was taken just now."""

    token: str | None = Field(
        None, description="proves that it is yours: send it as `Authorization: Bearer`; only issued if you sent none"
    )


def _hidden(stored: SubmissionRecord) -> dict[str, Any]:
    """Return the fields that replace those which only the owner may read; names that somebody chose stay."""
    named = ":" not in stored.submitter
    return {
        "submitter": stored.submitter if named else None,
        "worker": None,
        "reason": None,
        "source": None,
        "report": None,
    }


class SubmissionsOut(BaseModel):
    """A page of submissions, newest first."""

    items: list[SubmissionOut]
    next: str | None = Field(description="the next page's `cursor`; null on the last page")


class BatchResultOut(BaseModel):
    """One item's result: an id, or problem details."""

    id: str | None = None
    error: dict[str, Any] | None = None


class BatchOut(BaseModel):
    """One result an item, in the order given."""

    results: list[BatchResultOut]
    taken: int
    refused: int
    token: str | None = Field(
        None, description="proves that they are yours: send it as `Authorization: Bearer`; only issued if you sent none"
    )


class ChangeOut(BaseModel):
    """One submission whose verdict would change."""

    submission: str
    submitter: str
    before: str | None
    after: str

    @classmethod
    def of(cls, change: Change) -> dict[str, Any]:
        """The members for JSON."""
        return {
            "submission": change.submission_id,
            "submitter": change.submitter,
            "before": change.before,
            "after": change.after,
        }


class MoveOut(BaseModel):
    """How many submissions go from one verdict to another, or stay."""

    before: str
    after: str
    count: int


class RejudgeOut(BaseModel):
    """A rejudge and what it would change; nothing changes before it is applied."""

    id: str
    problem: str
    verdicts: list[str]
    state: Literal["running", "ready", "applied", "cancelled"]
    total: int
    done: int
    created: datetime
    redrawn: int = Field(0, description="judged on other hidden cases than before: the secret seed has changed since")
    moves: list[MoveOut]
    changes: list[ChangeOut] = Field(description="the first 200 of them")

    @classmethod
    def of(cls, rejudge: Rejudge) -> dict[str, Any]:
        """The members for JSON."""
        moves = [{"before": before, "after": after, "count": count} for before, after, count in rejudge.moves]
        fields = {name: getattr(rejudge, name) for name in cls.model_fields}
        return {**fields, "moves": moves, "changes": [ChangeOut.of(change) for change in rejudge.changes]}


class WorkerOut(BaseModel):
    """A worker as it last described itself; not `fresh` when its heartbeat is overdue."""

    id: str
    host: str
    concurrency: int
    busy: int
    state: Literal["starting", "healthy", "sick", "stopping"]
    reason: str
    started: datetime
    heartbeat: datetime | None
    canary_at: datetime | None
    fresh: bool
    about: dict[str, Any] = Field(description="versions, processor and sandbox layers that its canary was judged with")

    @classmethod
    def of(cls, row: WorkerRow) -> dict[str, Any]:
        """The members for JSON."""
        return {name: getattr(row, name) for name in cls.model_fields}


class ProblemOut(BaseModel):
    """A problem in a list."""

    slug: str
    title: str
    signature: str
    tags: list[str]
    track: dict[str, Any] | None
    samples: int
    hidden: int
    hints: int
    package: str


class SampleOut(BaseModel):
    """A sample case: each parameter's value, and what the reference gives; arrays as nested lists."""

    name: str
    inputs: dict[str, Any]
    expected: Any = Field(None, description="null until a worker has run the reference")


class LimitsOut(BaseModel):
    """What one submission may use over all of its cases."""

    cpu_seconds: float
    wall_seconds: float
    memory_mib: int
    output_bytes: int
    result_bytes: int


class FullProblemOut(ProblemOut):
    """A problem with what its editor needs; `solution` says when the solution is shown."""

    entry: str
    parameters: list[str]
    statement: str
    starter: str
    limits: LimitsOut
    sample_cases: list[SampleOut]
    hint_texts: list[str]
    solution: Literal["after_accepted", "never"]


class FiguresOut(BaseModel):
    """A problem in figures: submissions by verdict, and the times of the newest accepted ones."""

    verdicts: dict[str, int]
    accepted_times_ms: list[float]
