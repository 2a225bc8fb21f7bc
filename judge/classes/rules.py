"""Rules of an assignment at a time: what counts, what a late attempt keeps of its score, and what is shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from judge.assignment import Assignment, Shown


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The worth of one more attempt: `reason` says why it does not count, and is empty if it does.

    `share` of its score counts; `left` is the number of attempts that count, None for any number.
    """

    reason: str
    share: float
    left: int | None

    @property
    def counts(self) -> bool:
        """Return whether one more attempt counts."""
        return not self.reason


def share_at(assignment: Assignment, sent: datetime) -> float:
    """Return the share of the score that an attempt keeps which is sent then; 0 if it does not count."""
    if not _is_open(assignment, sent):
        return 0.0
    steps = assignment.steps
    return next((share for end, share in steps if sent <= end), 0.0 if steps else 1.0)


def standing(assignment: Assignment, attempts: int, now: datetime) -> Standing:
    """Return the worth of one more attempt of a learner who has made `attempts` that count."""
    left = None if assignment.attempts is None else max(0, assignment.attempts - attempts)
    reason = ""
    if assignment.opens is not None and now < assignment.opens:
        reason = "it has not opened yet"
    elif not _is_open(assignment, now):
        reason = "it is closed"
    elif left == 0:
        reason = f"all of its {assignment.attempts} attempts are used"
    return Standing(reason=reason, share=share_at(assignment, now), left=left)


def hints_shown(assignments: Iterable[Assignment], now: datetime) -> bool:
    """Return whether a problem's hints are shown: the strictest of the assignments that it is in decides."""
    return all(_is_shown(each.hints, each, now) for each in assignments)


def solution_shown(assignments: Iterable[Assignment], now: datetime) -> bool:
    """Return whether a problem's solution may be shown to who solved it: the strictest of the assignments decides."""
    return all(_is_shown(each.solution, each, now) for each in assignments)


def late_in_words(assignment: Assignment) -> str:
    """Return the late rule as a sentence; times are left to the page."""
    if assignment.due is None:
        return "There is no due date."
    late = assignment.late
    if late is None:
        return "Nothing counts after the due date."
    if not late.penalty:
        return "Late attempts count in full."
    return f"Each {late.per} after the due date that has begun costs {late.penalty * 100:g}% of the score."


def _is_open(assignment: Assignment, sent: datetime) -> bool:
    is_early = assignment.opens is not None and sent < assignment.opens
    return not is_early and (assignment.closes is None or sent <= assignment.closes)


def _is_shown(shown: Shown, assignment: Assignment, now: datetime) -> bool:
    if shown is Shown.AFTER_DUE:
        return assignment.over is not None and now > assignment.over
    return shown is not Shown.NEVER
