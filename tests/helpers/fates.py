"""The fate of a right program under a judge that fails: accepted, tried again, or said to be the judge's own fault."""

import time
from pathlib import Path

from judge.errors import SandboxFault
from judge.grading.grader import Grader
from judge.grading.reference_queue import ReferencePending
from judge.report import Report
from judge.submission import Submission
from judge.verdict import Fault, Verdict, VerdictOutcome
from tests.helpers.tiny_package import CASES, write_package

RIGHT = "def twice(x, scale):\n    return 2 * scale * x\n"
JUDGES = VerdictOutcome(fault=Fault.JUDGE, retry=True, attempt=False)
ATTEMPTS = 6  # within which a judge that nothing harms any more has to accept


def write_plain(problems: Path, slug: str = "plain", **replaced: str | None) -> None:
    """Write a problem whose cases hold no arrays: its programs run without JAX, and so in no time."""
    numbers = CASES.replace("rng.normal(size=(2, 3)).astype(np.float32)", "float(rng.integers(9))")
    write_package(problems, slug, **{"cases_py": numbers, "reference_py": RIGHT, "warmup_py": None, **replaced})


def fate(grader: Grader, slug: str, source: str = RIGHT, **options) -> str:
    """Grade a right program once, and return what became of it: accepted, retried, or said to be the judge's fault."""
    try:
        report = grader.grade(Submission(problem=slug, source=source), **options)
    except (SandboxFault, ReferencePending):
        return "retried"
    return sound(report)


def sound(report: Report) -> str:
    """Return what a report says of a right program; fail if that is a number, or held against the program."""
    if report.verdict is Verdict.ACCEPTED:
        assert report.score == 1.0
        return "accepted"
    assert (report.verdict, report.score, report.outcome) == (Verdict.JUDGE_ERROR, None, JUDGES), report
    assert report.message
    return "judge_error"


def heals(grader: Grader, slug: str, source: str = RIGHT, **options) -> None:
    """Grade until it is accepted, as a worker does: a fault that is over must not stay."""
    found = [fate(grader, slug, source, **options)]
    while found[-1] != "accepted":
        assert len(found) < ATTEMPTS, found
        time.sleep(0.05)
        found.append(fate(grader, slug, source, **options))
