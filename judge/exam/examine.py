"""The exam of a package: everything that shows that it accepts what is right, and nothing else.

names, texts, cases ──> tolerance ──> submissions ──> trivial programs ──> mutants of the reference
 (no box)               (reference,   (known         (all must be         (all must be refused, or
                         4 ways)       verdicts)      refused)             be listed as equivalent)
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from judge.errors import JudgeError, PackageFault
from judge.exam import tolerance
from judge.exam.known_submissions import grade_submissions, notes, warm_up_hits
from judge.exam.names import examine_lookalikes, examine_rules
from judge.exam.refusals import refuse_mutants, refuse_trivial
from judge.exam.report import ExamReport, Finding, Part
from judge.exam.sitting import OnProgress, Plan, Sitting
from judge.exam.statement import examine_cases, examine_texts
from judge.exam.submissions import submission_files
from judge.grading.grader import Grader
from judge.problems.load import Problem

MANY_SUBMISSIONS = 12  # from here on the warm-up pays: the four seconds of each become a third of one
WARM_UP_SECONDS = 120.0  # then the full lane is used; a busy machine compiles for a minute


def examine(grader: Grader, slug: str, plan: Plan, on_progress: OnProgress = lambda *_: None) -> ExamReport:
    """Return the report on the package `slug`, its faults among the findings. Raises UnknownProblem."""
    try:
        problem = grader.catalog.get(slug)
    except PackageFault as fault:
        return ExamReport(problem=slug, findings=tuple(_package_faults(fault)))
    misplaced = grader.catalog.faults().get(slug)
    findings = (*(_package_faults(misplaced) if misplaced else ()), *examine_rules(problem))
    findings += (*examine_texts(problem), *examine_cases(problem))
    report = ExamReport(problem=slug, package=problem.digest, findings=findings)
    try:
        report = _in_boxes(_sit(grader, problem, plan, on_progress), report)
    except JudgeError as error:
        report = report.with_findings(Finding(part=Part.PACKAGE, subject=slug, passed=False, message=str(error)))
    _store(report, plan.cache)
    return report


def stored_at(cache: Path, slug: str) -> Path:
    """Return the path of the last exam of a package, as JSON."""
    return cache / "exam" / f"{slug}.json"


def _sit(grader: Grader, problem: Problem, plan: Plan, on_progress: OnProgress) -> Sitting:
    """Begin the exam: compute the reference's values. Raises PackageFault, SandboxFault."""
    on_progress("the reference", 0, 1)
    many = plan.thorough or sum(1 for _ in submission_files(plan.submissions)) >= MANY_SUBMISSIONS
    hot = grader.warm(problem.slug) if many else None
    cases = problem.cases()
    expected = grader.expected(problem.slug)
    if hot is not None:
        on_progress("the warm-up", 0, 1)
        hot.ready(WARM_UP_SECONDS)
    return Sitting(
        grader=grader,
        problem=problem,
        plan=plan,
        on_progress=on_progress,
        cases=cases,
        expected=expected,
        warm=hot is not None,
    )


def _in_boxes(sitting: Sitting, report: ExamReport) -> ExamReport:
    """Return `report` with the findings of running programs. Raises PackageFault, SandboxFault."""
    report = report.with_findings(*examine_lookalikes(sitting.problem, sitting.expected))
    if sitting.plan.thorough:
        sitting.on_progress("the reference in other ways", 0, 1)
        tolerances, findings = tolerance.derive(sitting.problem, sitting.cases, sitting.expected, sitting.grader)
        report = replace(report.with_findings(*findings), tolerances=tolerances)
    graded, findings = grade_submissions(sitting)
    hits = warm_up_hits(graded) if sitting.warm else (0, 0)
    report = replace(report.with_findings(*findings), marks=graded, warm_up=hits, notes=tuple(notes(sitting, graded)))
    if sitting.plan.thorough:
        report = report.with_findings(*refuse_trivial(sitting))
        findings, ends = refuse_mutants(sitting)
        report = replace(report.with_findings(*findings), mutants=ends)
    return report


def _package_faults(fault: PackageFault) -> Iterator[Finding]:
    for line in fault.faults:
        file, _, what = line.partition(": ")
        yield Finding(part=Part.PACKAGE, subject=file, passed=False, message=what)


def _store(report: ExamReport, cache: Path) -> None:
    path = stored_at(cache, report.problem)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report.to_json(), indent=2, allow_nan=False) + "\n", encoding="utf-8")
