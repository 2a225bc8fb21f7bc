"""Grading of the known submissions: their verdicts, the time that right ones take, and the mistakes that they show."""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from judge.exam.report import Finding, Graded, Part
from judge.exam.sitting import Program, Sitting
from judge.exam.submissions import KnownSubmission, compare, find_submissions
from judge.grading.jobs import job_of
from judge.problems.problem import Alternative
from judge.verdict import Verdict

TIME_ROOM = 5.0  # the limit is at least that many times the CPU time of the slowest accepted submission
MEASUREMENTS = 3  # of one that seems too slow, the least of which counts: a busy machine inflates CPU time
BUSY = 1.5  # runnable programs for each processor, from which CPU times are not to be trusted
MS = 1000.0  # milliseconds in a second
OTHER_SEED = 20_001  # of hidden cases on which one accepted submission is graded once more
FAST = "fast"  # the lane of programs that the warm-up has compiled already


def grade_submissions(sitting: Sitting) -> tuple[tuple[Graded, ...], tuple[Finding, ...]]:
    """Return all known submissions graded, in their order, and the findings about them."""
    submissions, faults = find_submissions(sitting.plan.submissions)
    submissions += tuple(map(_alternative, sitting.problem.alternatives))
    longest_first = sorted(submissions, key=lambda known: Verdict.TIME_LIMIT_EXCEEDED not in known.verdicts)
    quick = not sitting.plan.thorough
    graded_by = _grade(sitting, longest_first, one_case=quick)
    again = [known for known in longest_first if quick and not graded_by[known].passed]
    if again:
        graded_by |= _grade(sitting, again)
    graded = tuple(graded_by[known] for known in submissions)
    findings = [
        Finding(part=Part.SUBMISSIONS, subject=each.name, passed=each.passed, message=each.why) for each in graded
    ]
    findings += _examine_time(sitting, submissions, graded)
    if sitting.plan.thorough:
        findings += _other_seed(sitting, submissions)
    return graded, (*faults, *findings)


def warm_up_hits(graded: Sequence[Graded]) -> tuple[int, int]:
    """Return the number of accepted submissions that the fast lane ran to their end, and that of all accepted ones."""
    lanes = [each.report.lane for each in graded if each.report.verdict is Verdict.ACCEPTED]
    return lanes.count(FAST), len(lanes)


def notes(sitting: Sitting, graded: Sequence[Graded]) -> Iterator[str]:
    """Yield remarks that fail nothing: mistakes that no submission shows, accepted ones that the warm-up misses."""
    shown = {mistake.id for each in graded for mistake in each.report.mistakes}
    unseen = sorted(set(sitting.problem.manifest.mistakes) - shown)
    if unseen:
        yield f"no known submission shows the mistake {', '.join(unseen)}"
    for each in graded:
        if each.report.verdict is Verdict.ACCEPTED and each.report.handed_over:
            yield f"warmup.py does not cover {each.name}: {each.report.handed_over.message}"


def _alternative(shown: Alternative) -> KnownSubmission:
    """Return a solution that the package shows as a known submission, which has to be accepted."""
    accepted = Verdict.ACCEPTED
    return KnownSubmission(name=shown.file, folder=accepted, source=shown.source, verdicts=frozenset({accepted}))


def _grade(
    sitting: Sitting, submissions: Sequence[KnownSubmission], one_case: bool = False
) -> dict[KnownSubmission, Graded]:
    """Return each one graded; with `one_case` by the first case alone, where that refuses a wrong program."""
    programs = [
        Program(name=known.name, source=known.source, wrong=one_case and Verdict.ACCEPTED not in known.verdicts)
        for known in submissions
    ]
    reports = sitting.grade("paper", programs)
    return {known: compare(known, report) for known, report in zip(submissions, reports, strict=True)}


def _examine_time(
    sitting: Sitting, submissions: Sequence[KnownSubmission], graded: Sequence[Graded]
) -> Iterator[Finding]:
    """Check that the limit leaves room for the slowest accepted submission."""
    accepted = [
        (known, each)
        for known, each in zip(submissions, graded, strict=True)
        if each.report.verdict is Verdict.ACCEPTED
    ]
    if not accepted:
        return
    slowest, its_grading = max(accepted, key=lambda pair: pair[1].report.cpu_ms)
    # The full lane's time counts: everything is compiled there.
    first = [] if its_grading.report.lane == FAST else [its_grading.report.cpu_ms]
    enough_ms = sitting.problem.limits.cpu_seconds * MS / TIME_ROOM
    measured = _measure_until(enough_ms, sitting, slowest, first)
    cpu_ms = min(measured)
    if cpu_ms <= enough_ms:
        yield Finding(part=Part.TIME, subject="cpu_seconds", passed=True)
        return
    message = f"{slowest.name} takes {cpu_ms:.0f} ms of CPU time, the least of {len(measured)} measurements; "
    message += f"the limit should be {TIME_ROOM:g} times that: cpu_seconds = {math.ceil(TIME_ROOM * cpu_ms / MS)}"
    yield Finding(part=Part.TIME, subject="cpu_seconds", passed=False, message=message + _busy())


def _measure_until(
    enough_ms: float, sitting: Sitting, known: KnownSubmission, first: Sequence[float]
) -> Sequence[float]:
    """Return `first` and further CPU times in ms, until one is at most `enough_ms` or there are MEASUREMENTS."""
    measured = list(first)
    job = replace(job_of(sitting.problem, known.source, sitting.cases), problem="", package="")
    while not measured or (min(measured) > enough_ms and len(measured) < MEASUREMENTS):
        measured.append(sitting.grader.run(job).cpu_ms)
    return measured


def _busy() -> str:
    """Return the end of a sentence about CPU time that a busy machine inflated; "" on a quiet one."""
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load < BUSY * processors:
        return ""
    return f"; but {load:.1f} programs run on {processors} processors, which inflates it: try again on a quiet machine"


def _other_seed(sitting: Sitting, submissions: Sequence[KnownSubmission]) -> Iterator[Finding]:
    first = next((known for known in submissions if known.verdicts == {Verdict.ACCEPTED}), None)
    if first is None:
        return
    (report,) = sitting.grade("other seed", [Program(name=first.name, source=first.source, seed=OTHER_SEED)])
    passed = report.verdict is Verdict.ACCEPTED
    message = "" if passed else f"{first.name} gets {report.verdict} on other hidden cases: {report.message}"
    yield Finding(part=Part.CASES, subject=f"seed {OTHER_SEED}", passed=passed, message=message)
