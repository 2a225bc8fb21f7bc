"""The results of parsing a body: programs, or the reason why the body is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from judge.errors import SubmissionRefused
from judge.own_input import OwnInput
from judge.store.records import NewSubmission, NewWebhook, Priority
from judge.submission import read_source
from judge.web.schemas import SubmissionFields


@dataclass(frozen=True, kw_only=True)
class FieldFault:
    """One fault of a body. `where` is the path of the value, as `body.webhook.url`."""

    where: str
    message: str


class BadBody(Exception):
    """A body that is refused, in the terms of problem details."""

    def __init__(self, status: int, kind: str, detail: str, faults: tuple[FieldFault, ...] = ()) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.faults = status, kind, detail, faults


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """One program as it was sent. `digests` are the hashes that the store files it under."""

    problem: str | None
    source: str
    seed: int = 0
    samples_only: bool = False
    priority: str = "interactive"
    reuse: bool = False
    webhook: tuple[str, str] | None = None
    own_input: OwnInput | None = None
    digests: Mapping[str, str] = field(default_factory=dict)


Item = Parsed | SubmissionRefused


def parsed_program(
    given: SubmissionFields, raw: bytes, only_problem: str | None, own_input: OwnInput | None = None
) -> Parsed:
    """Return the program with its digests. Raises SubmissionRefused.

    Args:
        given: The fields beside the source.
        raw: The source.
        only_problem: The slug to use where the body names none.
        own_input: The input of the sender's own that it is tried on alone.
    """
    webhook = (str(given.webhook.url), given.webhook.secret) if given.webhook else None
    source = read_source(raw)
    new = NewSubmission(
        problem=given.problem or only_problem or "",
        source=source,
        submitter="",
        seed=given.seed,
        samples_only=given.samples_only or own_input is not None,
        own_input=own_input,
        priority=Priority[given.priority.upper()],
        reuse=given.reuse,
        webhook=NewWebhook(url=webhook[0], secret=webhook[1]) if webhook else None,
    )
    return Parsed(
        problem=given.problem,
        source=source,
        seed=given.seed,
        samples_only=new.samples_only,
        own_input=own_input,
        priority=given.priority,
        reuse=given.reuse,
        webhook=webhook,
        digests={"source_sha256": new.source_sha256, "request_sha256": new.request_sha256},
    )
