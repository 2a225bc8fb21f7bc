"""Cases that fail in the same way, gathered; and a case's checks: those that failed first, those that passed after."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from judge.report import Report
from judge.verdict import CaseResult, Cause, Check, Verdict

MOST_GROUPS = 3  # of failing cases that are shown; the others are folded together
MOST_CHECKS = 24  # of one case
MOST_CASES = 64  # of one group, listed one by one
MOST_RANGES = 6  # of case names in one line
NAMES_IN_FULL = 2  # cases; more are a range
_NUMBERED = re.compile(r"(.*?-?)(\d{1,9})")
_NUMBERS = re.compile(r"(?<![\w.])[-+]?\d[\d.,]*(e[-+]?\d+)?")


@dataclass(kw_only=True)
class CaseGroup:
    """Cases with one verdict, and the same checks failed for the same reason. The first one is shown for all."""

    verdict: Verdict
    cases: list[CaseResult] = field(default_factory=list)
    total: int = 0  # cases of the whole submission

    @property
    def shown(self) -> CaseResult:
        """Return the case whose checks are shown."""
        return self.cases[0]

    @property
    def title(self) -> str:
        """Return the group in a few words: `All 12 cases fail in the same way`."""
        count = len(self.cases)
        if self.verdict is Verdict.ACCEPTED:
            return f"{'All ' if 1 < count == self.total else ''}{count} {'case' if count == 1 else 'cases'} passed"
        if count == 1:
            return f"{self.shown.name} fails"
        return f"{'All ' if count == self.total else ''}{count} cases fail in the same way"

    @property
    def names(self) -> str:
        """Return the names of the cases, as ranges: `sample-1 to 3, hidden-2`; "" where the title says enough."""
        if len(self.cases) == self.total or (len(self.cases) == 1 and self.verdict is not Verdict.ACCEPTED):
            return ""
        return _ranges(self.cases)


@dataclass(frozen=True, kw_only=True)
class Checks:
    """The checks of one case: `first` is what to correct first, `follow` what the cause explains."""

    first: tuple[Check, ...]
    follow: tuple[Check, ...]
    passed: tuple[Check, ...]
    left_out: int


@dataclass(frozen=True, kw_only=True)
class Cases:
    """All cases of a report: groups that failed, the first of them first; failing ones beyond those; what passed."""

    failed: tuple[CaseGroup, ...]
    more: tuple[CaseResult, ...]
    passed: CaseGroup | None


def cases_of(report: Report) -> Cases:
    """Return the cases of a report in groups; the one of its cause is the first, and the first in its group."""
    root = report.cause.case if report.cause else None
    groups: list[CaseGroup] = []
    passed = CaseGroup(verdict=Verdict.ACCEPTED, total=len(report.cases))
    for case in sorted(report.cases, key=lambda each: each.name != root):
        if case.verdict is Verdict.ACCEPTED:
            passed.cases.append(case)
            continue
        group = next((each for each in groups[: MOST_GROUPS * 4] if _is_alike(each.shown, case)), None)
        if group is None:
            group = CaseGroup(verdict=case.verdict, total=len(report.cases))
            groups.append(group)
        group.cases.append(case)
    more = [case for group in groups[MOST_GROUPS:] for case in group.cases]
    return Cases(failed=tuple(groups[:MOST_GROUPS]), more=tuple(more), passed=passed if passed.cases else None)


def checks_of(case: CaseResult, cause: Cause | None) -> Checks:
    """Return a case's checks, those of the cause first."""
    failed = [check for check in case.checks if not check.passed]
    is_cause = [cause is not None and cause.id in {check.mistake, check.id} for check in failed]
    explained = set(cause.explains) if cause else set()
    root = [check for check, mine in zip(failed, is_cause, strict=True) if mine][:1] or failed[:1]
    follow = [check for check in failed if check not in root and explained & {check.id, check.mistake}]
    first = root + [check for check in failed if check not in root and check not in follow]
    passed = [check for check in case.checks if check.passed]
    return Checks(
        first=tuple(first[:MOST_CHECKS]),
        follow=tuple(follow[:MOST_CHECKS]),
        passed=tuple(passed[:MOST_CHECKS]),
        left_out=sum(max(0, len(each) - MOST_CHECKS) for each in (first, follow, passed)),
    )


def _is_alike(first: CaseResult, case: CaseResult) -> bool:
    """Return whether two cases fail in the same way. Of a hidden case one mistake is known at most."""
    if first.verdict is not case.verdict or first.ending != case.ending:
        return False
    failed, others = _failed(first), _failed(case)
    if [check.id for check in failed] != [check.id for check in others]:
        return False
    if not failed:
        return _kind(first) == _kind(case)
    mistakes, known = {check.mistake for check in failed}, {check.mistake for check in others}
    both_shown = first.group == case.group
    return known == mistakes if both_shown else known - {None} <= mistakes or mistakes - {None} <= known


def _failed(case: CaseResult) -> list[Check]:
    return [check for check in case.checks if not check.passed]


def _kind(case: CaseResult) -> str:
    """Return a case's message without numbers; of an exception its name, which is all that hidden cases have."""
    head = case.message.split(":", 1)[0] if case.verdict is Verdict.RUNTIME_ERROR else case.message[:200]
    return _NUMBERS.sub("#", head)


def _ranges(cases: Sequence[CaseResult]) -> str:
    """Return names in the order of the cases, and numbers that follow one another as a range."""
    texts = list(_each_range(sorted(map(_numbered, (case.name for case in cases)), key=_samples_first)))
    more = len(texts) - MOST_RANGES
    return ", ".join(texts[:MOST_RANGES]) + (f" and {more} more" if more > 0 else "")


def _samples_first(name: tuple[str, int | None]) -> tuple[bool, str, int]:
    return not name[0].startswith("sample"), name[0], name[1] or 0


def _numbered(name: str) -> tuple[str, int | None]:
    found = _NUMBERED.fullmatch(name)
    return (found[1], int(found[2])) if found else (name, None)


def _each_range(names: Iterable[tuple[str, int | None]]) -> Iterable[str]:
    numbered = enumerate(names)
    for (head, _), run in groupby(numbered, key=lambda each: (each[1][0], (each[1][1] or 0) - each[0])):
        numbers = [number for _, (_, number) in run]
        if numbers[0] is None:
            yield head
        elif len(numbers) <= NAMES_IN_FULL:
            yield from (f"{head}{number}" for number in numbers)
        else:
            yield f"{head}{numbers[0]} to {numbers[-1]}"
