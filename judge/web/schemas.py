"""Models of the JSON that the API takes and sends."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from judge.own_input import MAX_OWN_SEED
from judge.store.records import Change, NewSubmission, Receipt, Rejudge, Status, SubmissionRecord
from judge.submission import MAX_SEED, SLUG, SLUG_CHARACTERS
from judge.verdict import Verdict
from judge.web.problem_details import ProblemDetails
from judge.web.report_schema import ReportSchema, SummarySchema

MAX_BATCH = 1_000
MAX_WAIT_SECONDS = 60.0
BROWSER = "browser:"  # begins the submitter of a page's form; X-Submitter can't hold a colon
SUBMITTER = r"^[A-Za-z0-9_.@+-]{1,64}$"
KEY = r"^[\x21-\x7e]{1,200}$"

Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=SLUG_CHARACTERS)]
Secret = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", min_length=16, max_length=200)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WebhookIn(_In):
    """An address that the verdict is posted to."""

    url: HttpUrl = Field(description="http or https; private addresses are refused unless the operator allows them")
    secret: Secret = Field(description="signs each call: see the headers webhook-id, -timestamp and -signature")


class SubmissionFields(_In):
    """Options of a submission."""

    problem: Slug | None = Field(None, description="optional if only one problem is installed")
    seed: int = Field(0, ge=0, le=MAX_SEED, description="of the hidden cases; 0: those that everybody gets")
    samples_only: bool = Field(False, description="run the sample cases only")
    priority: Literal["interactive", "batch"] = Field("interactive", description="interactive ones are judged first")
    reuse: bool = Field(False, description="share the judging of a submission with the same source, if there is one")
    webhook: WebhookIn | None = Field(None, description="an address that the verdict is posted to; null: none")


class _SourceIn(SubmissionFields):
    source: str = Field(description="Python source, at most 64 KiB as UTF-8")


class SubmissionIn(_SourceIn):
    """One program to judge, or to try on input of your own: with `inputs` or `input_seed` it counts as no attempt."""

    inputs: dict[str, Any] | None = Field(
        None, description="the value of each parameter, like those of a sample: run it on these, beside the reference"
    )
    input_seed: int | None = Field(
        None, ge=0, le=MAX_OWN_SEED, description="run it on up to 4 cases that the problem draws from this seed instead"
    )


class BatchItemIn(_SourceIn):
    """One program of a batch. By default interactive ones go first, and equal sources are judged once."""

    priority: Literal["interactive", "batch"] = Field("batch", description="interactive ones are judged first")
    reuse: bool = Field(True, description="share the judging of a submission with the same source, if there is one")


class BatchIn(_In):
    """Up to 1,000 programs; each is accepted or refused on its own."""

    submissions: list[BatchItemIn] = Field(
        min_length=1, max_length=MAX_BATCH, description="the programs, at most 1,000"
    )


class RejudgeIn(_In):
    """The submissions to judge again."""

    problem: Slug = Field(description="slug of the problem")
    verdicts: list[Verdict] = Field([], description="only those with one of these verdicts; empty: all")


def page_of(submission_id: str) -> str:
    """Return the address of a submission's page on this server."""
    return f"/submissions/{submission_id}"


class EstimateOut(BaseModel):
    """An interval, in seconds from now, in which four of five verdicts come."""

    low: float = Field(description="its lower end")
    high: float = Field(description="its upper end")


class SubmissionOut(BaseModel):
    """The present state of a submission. Times are UTC; `position` is 1 for the next in the queue."""

    id: str = Field(description="a UUID that sorts by time")
    url: str = Field(description="its page")
    problem: str = Field(description="slug of the problem")
    readable: bool = Field(description="true if it is yours, or you are the operator; otherwise some members are null")
    submitter: str | None = Field(description="null for another's address or browser")
    status: Status = Field(description="`queued`, `running`, `done` or `cancelled`")
    position: int | None = Field(None, description="1 for the next in the queue; null when it does not wait")
    estimate: EstimateOut | None = Field(
        None, description="when its verdict is expected while it is queued; null where nothing is known"
    )
    attempts: int = Field(description="number of times that a run of its program was begun")
    faults: int = Field(description="number of those that the judge or its host failed; they never count against it")
    retry_at: datetime | None = Field(description="time of the next attempt after such a failure, else null")
    priority: Literal["interactive", "batch"] = Field(description="interactive ones are judged first")
    seed: int = Field(description="of the hidden cases; 0: those that everybody gets")
    samples_only: bool = Field(description="true if only the sample cases are run, which counts as no attempt")
    own_input: bool = Field(description="run on input of its sender's own: no attempt, and no hidden case")
    created: datetime = Field(description="when it was sent")
    started: datetime | None = Field(description="when its last run began; null while it waits")
    finished: datetime | None = Field(description="when it got its verdict; null until then")
    verdict: Verdict | None = Field(description="that of the first case that is not accepted; null until it is done")
    score: float | None = Field(description="share of accepted cases; null until it is done, and if the judge failed")
    summary: SummarySchema | None = Field(description="null until it is done, and if not yours")
    time_ms: float | None = Field(description="wall time of the run, in milliseconds; null until it is done")
    memory_mb: float | None = Field(description="MiB above those of an empty sandbox; null until it is done")
    lane: str | None = Field(description="the way it was run, `fast` or `full`; null until it is done")
    worker: str | None = Field(description="null if not yours")
    reason: str | None = Field(description="why the last attempt gave no verdict; null if not yours")
    shared: bool = Field(description="judged once, together with another submission of the same source")

    @classmethod
    def of(cls, stored: SubmissionRecord, *, readable: bool, position: int | None = None) -> dict[str, Any]:
        """Return the members for JSON: a member for each field of the class that a record has.

        `readable` is the decision of judge.web.access; if it is false, members that only the owner may read are null.
        """
        members = {name: getattr(stored, name) for name in cls.model_fields if hasattr(stored, name)}
        priority = "interactive" if stored.priority else "batch"
        members |= {
            "readable": readable,
            "position": position,
            "estimate": None,
            "priority": priority,
            "url": page_of(stored.id),
            "own_input": stored.own_cases > 0,
        }
        return members if readable else _redacted(members)


class FullSubmissionOut(SubmissionOut):
    """A submission with its source and, once it is done, its report."""

    source: str | None = Field(None, description="null if not yours; absent with `detail=summary`")
    report: ReportSchema | None = Field(
        None, description="null until it is done, and if not yours; absent with `detail=summary`"
    )

    @classmethod
    def of_new(cls, new: NewSubmission, receipt: Receipt, *, readable: bool) -> dict[str, Any]:
        """Return the members for JSON of a submission that was stored just now, before it was read back."""
        unknown = {name: None for name in cls.model_fields if name != "token"}
        members = {
            **unknown,
            **{name: getattr(new, name) for name in ("problem", "submitter", "seed", "samples_only", "source")},
            "id": receipt.submission_id,
            "url": page_of(receipt.submission_id),
            "readable": readable,
            "own_input": new.own_input is not None,
            "status": Status.QUEUED,
            "attempts": 0,
            "faults": 0,
            "priority": new.priority.name.lower(),
            "created": datetime.now(UTC),
            "reason": "",
            "shared": receipt.shared,
        }
        return members if readable else _redacted(members)


class TakenSubmissionOut(FullSubmissionOut):
    """A submission that was accepted just now."""

    token: str | None = Field(
        None, description="proves that it is yours: send it as `Authorization: Bearer`; issued only if you sent none"
    )


def _redacted(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return `members` without the values that only the owner may read. A name that the submitter chose stays."""
    private = {"worker", "reason", "source", "summary", "report"} | (
        {"submitter"} if ":" in members["submitter"] else set()
    )
    return {name: None if name in private else value for name, value in members.items()}


class SubmissionsOut(BaseModel):
    """A page of submissions, newest first."""

    items: list[SubmissionOut | FullSubmissionOut] = Field(description="with `detail=full`: with source and report")
    next: str | None = Field(description="the next page's `cursor`; null on the last page")


class JudgingOut(BaseModel):
    """One judging of a submission. The members below `finished` are absent if the submission is not yours."""

    id: str = Field(description="a UUID that sorts by time")
    status: Status = Field(description="`queued`, `running`, `done` or `cancelled`")
    verdict: Verdict | None = Field(description="null until it is done")
    finished: datetime | None = Field(description="when it got its verdict; null until then")
    package: str | None = Field(None, description="digest of the problem's files")
    rejudge_id: str | None = Field(None, description="the rejudge that it was made for, else null")
    replaces: str | None = Field(None, description="id of the judging before it, else null")


class SchemasOut(BaseModel):
    """The JSON Schemas that this judge serves."""

    schemas: list[str] = Field(description="their addresses, the newest version of each last")


class BatchResultOut(BaseModel):
    """The result of one item: an id, or problem details."""

    id: str | None = Field(None, description="of the submission that was accepted, else null")
    error: ProblemDetails | None = Field(None, description="why the item was refused, else null")


class BatchOut(BaseModel):
    """The results of a batch, one per item, in the order given."""

    results: list[BatchResultOut] = Field(description="one per item, in the order given")
    taken: int = Field(description="number of items that were accepted")
    refused: int = Field(description="number of items that were not")
    token: str | None = Field(
        None, description="proves that they are yours: send it as `Authorization: Bearer`; issued only if you sent none"
    )


class ChangeOut(BaseModel):
    """One submission whose verdict would change."""

    submission: str = Field(description="id of the submission")
    submitter: str = Field(description="name or address of who sent it")
    before: str | None = Field(description="the verdict that counts today")
    after: str = Field(description="the verdict that it would have")

    @classmethod
    def of(cls, change: Change) -> dict[str, Any]:
        """Return the members for JSON."""
        return {
            "submission": change.submission_id,
            "submitter": change.submitter,
            "before": change.before,
            "after": change.after,
        }


class MoveOut(BaseModel):
    """The number of submissions that go from one verdict to another, or keep theirs."""

    before: str = Field(description="the verdict that counts today")
    after: str = Field(description="the verdict that they would have")
    count: int = Field(description="number of submissions")


class RejudgeOut(BaseModel):
    """A rejudge and the changes that it would make; nothing changes before it is applied."""

    id: str = Field(description="a UUID that sorts by time")
    problem: str = Field(description="slug of the problem")
    verdicts: list[str] = Field(description="only submissions with one of these were judged again; empty: all")
    state: Literal["running", "ready", "applied", "cancelled"] = Field(
        description="`ready` once all are judged; nothing counts before it is `applied`"
    )
    total: int = Field(description="number of submissions")
    done: int = Field(description="number of those that are judged")
    created: datetime = Field(description="when it began")
    redrawn: int = Field(0, description="judged on other hidden cases than before, as the secret seed has changed")
    moves: list[MoveOut] = Field(description="number of submissions by verdict before and after")
    changes: list[ChangeOut] = Field(description="the first 200")

    @classmethod
    def of(cls, rejudge: Rejudge) -> dict[str, Any]:
        """Return the members for JSON."""
        moves = [{"before": before, "after": after, "count": count} for before, after, count in rejudge.moves]
        fields = {name: getattr(rejudge, name) for name in cls.model_fields}
        return {**fields, "moves": moves, "changes": [ChangeOut.of(change) for change in rejudge.changes]}
