"""The values that the template of each page gets, as one frozen dataclass per page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from judge.problems.problem import Problem
from judge.store.records import Depth, SubmissionRecord, WorkerRow
from judge.verdict import Json, Verdict
from judge.web.pages.after_views import After, Again
from judge.web.pages.assignment_notes import AssignmentNote
from judge.web.pages.charts import Histogram
from judge.web.pages.fragments import Summary
from judge.web.pages.headings import Section
from judge.web.pages.problem_cache import PreparedSample
from judge.web.pages.signature import Signature


@dataclass(frozen=True, kw_only=True)
class PageView:
    """Base of all. `here` is the entry of the navigation that is marked."""

    template: ClassVar[str]
    here: ClassVar[str] = ""


@dataclass(frozen=True, kw_only=True)
class ProblemView(PageView):
    """One problem, and `text` in its editor. `after` is there once the visitor has solved it.

    `notes` has what the assignments that it is in mean for one more attempt.
    """

    template = "problem.html"
    here = "problems"

    problem: Problem
    statement: Markup
    sections: Sequence[Section]
    summary: str
    signature: Signature
    samples: Sequence[PreparedSample]
    answers: Mapping[str, Json]
    state: str
    hints: Sequence[str]
    notes: Sequence[AssignmentNote]
    after: After | None
    text: str
    may_submit: bool
    recent: Sequence[SubmissionRecord]
    max_source_bytes: int
    editor_url: str
    editor_parts: Sequence[str]
    completion_url: str


@dataclass(frozen=True, kw_only=True)
class HistoryView(PageView):
    """A page of submissions. `chosen` has the filters by name; `older` and `first_page_url` are empty if not needed.

    `numbers` are those of the visitor's own attempts, `mistakes` the sentences of what they may read, both by id.
    """

    template = "history.html"
    here = "history"

    rows: Sequence[SubmissionRecord]
    numbers: Mapping[str, int]
    mistakes: Mapping[str, str]
    chosen: Mapping[str, str]
    filtered: bool
    problems: Sequence[Problem]
    titles: Mapping[str, str]
    verdicts: Sequence[Verdict]
    older: str
    first_page_url: str


@dataclass(frozen=True, kw_only=True)
class SubmissionView(PageView):
    """One submission. `summary` and `times` are there once it is finished, for those who may read the report.

    `after` and `again` are what follows the verdict for its sender.
    """

    template = "submission.html"
    here = "history"

    stored: SubmissionRecord
    problem: Problem | None
    title: str
    finished: bool
    is_mine: bool
    may_stop: bool
    result: Markup
    source: Markup | str
    readable: bool
    summary: Summary | None
    is_accepted: bool
    times: Histogram | None
    after: After | None
    again: Again | None


@dataclass(frozen=True, kw_only=True)
class StatusView(PageView):
    """The state of the judge. `reason` says why it is not ready, and is empty if it is."""

    template = "status.html"
    here = "status"

    is_ready: bool
    reason: str
    depth: Depth
    workers: Sequence[WorkerRow]


@dataclass(frozen=True, kw_only=True)
class ErrorView(PageView):
    """A refusal, and a link to go on."""

    template = "error.html"

    title: str
    detail: str
    back: str
    back_label: str
