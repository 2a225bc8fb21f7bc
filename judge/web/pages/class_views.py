"""The values that the pages of classes get; see judge.web.pages.page_views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judge.assignment import Assignment, Cell, ClassRole
from judge.classes.gradebook import Row
from judge.classes.rules import Standing
from judge.store.classes.records import ClassRecord, FailedChecks, Member
from judge.web.pages.page_views import PageView


@dataclass(frozen=True, kw_only=True)
class ClassListView(PageView):
    """The classes of a person, each with the role there; operators see all, and may make one."""

    template = "classes.html"
    here = "classes"

    rows: Sequence[tuple[ClassRecord, ClassRole | None]]
    may_make: bool


@dataclass(frozen=True, kw_only=True)
class AssignmentLine:
    """One assignment in a list: its address, and its times in words."""

    assignment: Assignment
    url: str
    opens: str
    due: str
    solved: int


@dataclass(frozen=True, kw_only=True)
class ClassView(PageView):
    """One class. `members` is empty for learners; `link` is the new join link, shown once."""

    template = "class.html"
    here = "classes"

    record: ClassRecord
    manages: bool
    lines: Sequence[AssignmentLine]
    members: Sequence[Member]
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class ClassFormView(PageView):
    """The form that makes a class, or changes the class `slug`; `faults` of the text that was sent."""

    template = "class_form.html"
    here = "classes"

    slug: str
    text: str
    faults: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class ProblemLine:
    """One problem of an assignment: the viewer's result, and the worth of one more attempt."""

    slug: str
    title: str
    cell: Cell | None
    standing: Standing
    text: str


@dataclass(frozen=True, kw_only=True)
class MistakeLine:
    """One mistake in a problem: `message` is for people, and the counts are of learners but for `attempts`."""

    problem: str
    title: str
    cause: str
    message: str
    verdict: str
    attempts: int
    people: int
    first: int
    past: int


@dataclass(frozen=True, kw_only=True)
class AssignmentView(PageView):
    """One assignment. `mistakes` has those that enough learners met to be counted for all."""

    template = "assignment.html"
    here = "classes"

    record: ClassRecord
    assignment: Assignment
    is_learner: bool
    opens: str
    due: str
    until: str
    late: str
    lines: Sequence[ProblemLine]
    mistakes: Sequence[MistakeLine]


@dataclass(frozen=True, kw_only=True)
class GradebookView(PageView):
    """A part of a gradebook. `titles` has the problems' titles by slug; `older` is the address of the next rows."""

    template = "gradebook.html"
    here = "classes"

    record: ClassRecord
    all_assignments: Sequence[Assignment]
    assignments: Sequence[Assignment]
    chosen: str
    titles: Mapping[str, str]
    rows: Sequence[Row]
    total: int
    following: str


@dataclass(frozen=True, kw_only=True)
class MistakesView(PageView):
    """The mistakes of a class, and the checks that failed in the newest wrong answers without a known mistake."""

    template = "mistakes.html"
    here = "classes"

    record: ClassRecord
    all_assignments: Sequence[Assignment]
    chosen: str
    lines: Sequence[MistakeLine]
    checks: Sequence[FailedChecks]
    titles: Mapping[str, str]
    most_reports: int


@dataclass(frozen=True, kw_only=True)
class JoinView(PageView):
    """The class that a join link leads to."""

    template = "join.html"
    here = "classes"

    record: ClassRecord
    secret: str
