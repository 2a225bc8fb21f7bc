"""The known submissions are marked, and tell how long a right program takes and which mistakes are told."""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

from judge.exam.report import Finding, Graded, Part
from judge.exam.sitting import Program, Sitting
from judge.exam.submissions import KnownSubmission, find_papers, mark
from judge.grading.jobs import job_of
from judge.verdict import Verdict

TIME_ROOM = 5.0  # times the slowest accepted paper's CPU time that the limit leaves
MEASUREMENTS = 3  # of a paper that seems too slow, the least of which counts: a busy machine inflates CPU time
BUSY = 1.5  # programs that run or wait, a processor, from which CPU times are not to be trusted
MS = 1000.0  # milliseconds in a second
OTHER_SEED = 20_001  # of hidden cases on which one accepted paper is graded once more
FAST = "fast"  # the lane of programs that the warm-up has compiled already


def mark_papers(sitting: Sitting) -> tuple[tuple[Graded, ...], tuple[Finding, ...]]:
    """The marks of all papers in their order, and what is found by them."""
    papers, faults = find_papers(sitting.plan.papers)
    longest_first = sorted(papers, key=lambda paper: Verdict.TIME_LIMIT_EXCEEDED not in paper.verdicts)
    quick = not sitting.plan.thorough
    marked = _mark(sitting, longest_first, one_case=quick)
    again = [paper for paper in longest_first if quick and not marked[paper].passed]
    if again:
        marked |= _mark(sitting, again)
    marks = tuple(marked[paper] for paper in papers)
    findings = [Finding(part=Part.PAPERS, subject=each.paper, passed=each.passed, message=each.why) for each in marks]
    findings += _time(sitting, papers, marks)
    if sitting.plan.thorough:
        findings += _other_seed(sitting, papers)
    return marks, (*faults, *findings)


def warm_up_hits(marks: Sequence[Graded]) -> tuple[int, int]:
    """How many accepted papers the fast lane ran to their end, and of how many."""
    lanes = [mark.report.lane for mark in marks if mark.report.verdict is Verdict.ACCEPTED]
    return lanes.count(FAST), len(lanes)


def notes(sitting: Sitting, marks: Sequence[Graded]) -> Iterator[str]:
    """Remarks that fail nothing: mistakes that no paper shows, accepted papers that the warm-up does not cover."""
    told = {mistake.id for mark in marks for mistake in mark.report.mistakes}
    unseen = sorted(set(sitting.problem.manifest.mistakes) - told)
    if unseen:
        yield f"no paper is told the mistake {', '.join(unseen)}"
    for each in marks:
        if each.report.verdict is Verdict.ACCEPTED and each.report.handed_over:
            yield f"warmup.py does not cover {each.paper}: {each.report.handed_over}"


def _mark(sitting: Sitting, papers: Sequence[KnownSubmission], one_case: bool = False) -> dict[KnownSubmission, Graded]:
    """The mark of each; with `one_case` by the first case alone, where a wrong program is refused for it."""
    programs = [
        Program(name=paper.name, source=paper.source, wrong=one_case and Verdict.ACCEPTED not in paper.verdicts)
        for paper in papers
    ]
    return {paper: mark(paper, report) for paper, report in zip(papers, sitting.grade("paper", programs), strict=True)}


def _time(sitting: Sitting, papers: Sequence[KnownSubmission], marks: Sequence[Graded]) -> Iterator[Finding]:
    """Whether the limit leaves room; measured on the full lane, where everything is compiled."""
    accepted = [pair for pair in zip(papers, marks, strict=True) if pair[1].report.verdict is Verdict.ACCEPTED]
    if not accepted:
        return
    paper, slowest = max(accepted, key=lambda pair: pair[1].report.cpu_ms)
    limit_ms = sitting.problem.limits.cpu_seconds * MS
    measured = [] if slowest.report.lane == FAST else [slowest.report.cpu_ms]
    while not measured or (limit_ms < TIME_ROOM * min(measured) and len(measured) < MEASUREMENTS):
        job = job_of(sitting.problem, paper.source, sitting.cases)
        measured.append(sitting.grader.run(replace(job, problem="", package="")).cpu_ms)
    cpu_ms = min(measured)
    needed = TIME_ROOM * cpu_ms / MS
    passed = limit_ms >= TIME_ROOM * cpu_ms
    message = f"{paper.name} takes {cpu_ms:.0f} ms of CPU time, the least of {len(measured)} measurements; "
    message += f"the limit should be {TIME_ROOM:g} times that: cpu_seconds = {math.ceil(needed)}{_busy()}"
    yield Finding(part=Part.TIME, subject="cpu_seconds", passed=passed, message="" if passed else message)


def _busy() -> str:
    """The end of a sentence about CPU time that was measured beside too much other work; "" on a quiet machine."""
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load < BUSY * processors:
        return ""
    return f"; but {load:.1f} programs run on {processors} processors, which inflates it: try again on a quiet machine"


def _other_seed(sitting: Sitting, papers: Sequence[KnownSubmission]) -> Iterator[Finding]:
    first = next((paper for paper in papers if paper.verdicts == {Verdict.ACCEPTED}), None)
    if first is None:
        return
    (report,) = sitting.grade("other seed", [Program(name=first.name, source=first.source, seed=OTHER_SEED)])
    passed = report.verdict is Verdict.ACCEPTED
    message = "" if passed else f"{first.name} gets {report.verdict} on other hidden cases: {report.message}"
    yield Finding(part=Part.CASES, subject=f"seed {OTHER_SEED}", passed=passed, message=message)
