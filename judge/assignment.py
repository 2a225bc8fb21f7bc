"""Words of classes: the roles of their members, assignments with their rules, and results."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LEAST_PENALTY = 0.01  # of a late rule, unless it is 0: at most 100 steps lead to nothing
MOST_LEARNERS = 1_000  # of a class
MOST_STAFF = 50  # of a class
MOST_ASSIGNMENTS = 60  # of a class
MOST_PROBLEMS = 40  # of an assignment
MOST_ATTEMPTS = 1_000  # that an assignment may allow for a problem


class ClassRole(StrEnum):
    """The role of a member of a class."""

    STAFF = "staff"  # reads the submissions of the class's learners to its problems, and changes the class
    LEARNER = "learner"  # does the assignments


class Period(StrEnum):
    """The unit in which a late rule counts; one that has begun counts whole."""

    HOUR = "hour"
    DAY = "day"


class Shown(StrEnum):
    """A time from which on the hints or the solution of a problem are shown."""

    ALWAYS = "always"
    AFTER_ACCEPTED = "after_accepted"
    AFTER_DUE = "after_due"  # once nothing counts any more: see `Assignment.over`
    NEVER = "never"


LENGTHS = {Period.HOUR: timedelta(hours=1), Period.DAY: timedelta(days=1)}


@dataclass(frozen=True, kw_only=True)
class Late:
    """The rule for what is sent after the due date: each period costs `penalty` of the score; none after `until`."""

    penalty: float = 0.0
    per: Period = Period.DAY
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """Problems of a class with their dates and rules. Times are aware.

    `attempts` is the most that count for each problem, None for any number. Without a `late` rule nothing counts after
    `due`. `id` is that of the store, empty before it is stored.
    """

    slug: str
    title: str
    problems: tuple[str, ...]
    opens: datetime | None = None
    due: datetime | None = None
    attempts: int | None = None
    late: Late | None = None
    hints: Shown = Shown.ALWAYS
    solution: Shown = Shown.AFTER_ACCEPTED
    id: str = ""

    @property
    def closes(self) -> datetime | None:
        """Return the last moment that counts, or None without a due date or an end."""
        if self.due is None or self.late is None:
            return self.due
        return self.late.until

    @property
    def over(self) -> datetime | None:
        """Return the moment that `after_due` means: the last that counts, or the due date if late ones always do."""
        return self.closes or self.due

    @property
    def steps(self) -> tuple[tuple[datetime, float], ...]:
        """Return (until, share of the score that counts until then), in order; after the last one nothing is left.

        Empty if everything that counts has its full score.
        """
        if self.due is None or self.late is None or not self.late.penalty:
            return ()
        length, penalty = LENGTHS[self.late.per], self.late.penalty
        most = math.ceil(round(1 / penalty, 6))
        return tuple((self.due + number * length, round(max(0.0, 1 - number * penalty), 6)) for number in range(most))

    @property
    def rules(self) -> dict[str, Any]:
        """Return what the store keeps as JSON."""
        late = self.late
        return {
            "late": late and {"penalty": late.penalty, "per": late.per, "until": late.until and late.until.isoformat()},
            "hints": self.hints,
            "solution": self.solution,
        }

    @classmethod
    def of(cls, rules: Mapping[str, Any], **fields: Any) -> "Assignment":
        """Return the assignment with `rules`, as that property gives them."""
        late = rules["late"]
        if late is not None:
            until = datetime.fromisoformat(late["until"]) if late["until"] else None
            late = Late(penalty=late["penalty"], per=Period(late["per"]), until=until)
        return cls(late=late, hints=Shown(rules["hints"]), solution=Shown(rules["solution"]), **fields)


@dataclass(frozen=True, kw_only=True)
class ClassDescription:
    """All of a class but its join link; `staff` and `learners` are names of accounts."""

    slug: str
    title: str
    staff: tuple[str, ...] = ()
    learners: tuple[str, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    archived: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """The result of one learner in one problem of an assignment: that of the attempt with the best score.

    `score` is after the late rule; of equal ones an accepted attempt counts, then the earliest. `attempts` counts those
    that count: sent while the assignment was open, judged by all cases, without a fault of the judge, and no more than
    it allows. `late` if the attempt was sent after the due date, `solved` if any that counts was accepted.
    """

    assignment_id: str
    user_id: str
    problem: str
    submission_id: str
    sent: datetime
    verdict: str
    score: float
    late: bool
    attempts: int
    solved: bool
