"""Builds reports: the result of one case, and the whole report that the submitter reads.

The verdict itself is decided in decision.py; what a report may say of hidden cases, in disclosure.py.
"""

from collections.abc import Sequence
from dataclasses import replace

import judge
from judge.case import SAMPLE, Case
from judge.checking import leaf_changes
from judge.errors import JudgeError
from judge.evidence import Evidence, Raised
from judge.grading.cause import UNCHANGED_STARTER, cause_of, explained_by, root_check
from judge.grading.decision import Decision, complete, decide, verdict_of
from judge.grading.disclosure import TOTAL_DIGITS, case_time, hidden_checks, hidden_exception, rounded, rounded_time
from judge.grading.environment import processor, versions
from judge.grading.prints import with_prints
from judge.grading.time_up import traceback_of
from judge.jsonable import to_json
from judge.problems.problem import Problem
from judge.provenance import Provenance
from judge.report import Report
from judge.sandbox.box import Outcome
from judge.submission import Submission
from judge.verdict import CaseResult, Cause, CauseKind, Check, Mistake, Verdict

CHECK_CHARACTERS = 500  # of one check's message


def case_result(problem: Problem, case: Case, expected: Evidence, actual: Evidence) -> CaseResult:
    """Return the verdict of one case by the problem's checks.

    Of a hidden case it holds what `judge.grading.disclosure` lists and nothing else.

    Raises:
        PackageFault: a check itself failed.
    """
    shown = case.group == SAMPLE
    result = CaseResult(
        name=case.name,
        group=case.group,
        verdict=Verdict.ACCEPTED,
        time_ms=case_time(case, actual.time_ms),
        inputs={name: to_json(value) for name, value in case.inputs.items()} if shown else None,
        expected=to_json(expected.value) if case.whole else None,
    )
    if actual.raised:
        return replace(result, verdict=verdict_of(actual.raised), message=_exception_text(actual.raised, shown))
    checks = tuple(map(_bounded, problem.check(case, expected, actual)))
    root = root_check(problem, checks)
    if not shown:
        masked = hidden_checks(problem, checks, root)
        root = masked[checks.index(root)] if root else None
        checks = masked
    return replace(
        result,
        verdict=Verdict.WRONG_ANSWER if root else Verdict.ACCEPTED,
        message=root.message if root else "",
        checks=checks,
        leaves=leaf_changes(expected, actual) if shown else (),
        returned=to_json(actual.value) if case.whole else None,
    )


def build_report(
    problem: Problem,
    cases: Sequence[Case],
    results: Sequence[CaseResult],
    outcome: Outcome,
    *,
    source: str = "",
    raised: Sequence[Raised | None] = (),
    seed: int = 0,
) -> Report:
    """Return the report on a job that ended with `outcome`, whose replies were judged as `results`.

    `source` is the program; `raised` holds the exception of each reply, None where there was none. Its size is not
    bounded yet: see judge.grading.report_size.
    """
    results = with_prints(complete(cases, results, outcome), outcome.printed)
    decision = decide(results, raised, outcome)
    cause = cause_of(problem, cases, results, decision, source)
    return _report(problem, cases, results, outcome, decision, cause, source, seed)


def _report(
    problem: Problem,
    cases: Sequence[Case],
    results: tuple[CaseResult, ...],
    outcome: Outcome,
    decision: Decision,
    cause: Cause | None,
    source: str,
    seed: int,
) -> Report:
    return Report(
        problem=problem.slug,
        verdict=decision.verdict,
        score=round(sum(result.verdict is Verdict.ACCEPTED for result in results) / len(cases), 6),
        message=_message(results, outcome, cause),
        cause=cause,
        mistakes=_mistakes(problem, results, cause),
        cases=results,
        cases_total=len(cases),
        traceback=_traceback(decision, source),
        line=decision.line or (cause.line if cause else None),
        stdout=outcome.stdout,
        stderr=outcome.stderr,
        time_ms=rounded_time(outcome.wall_ms, TOTAL_DIGITS),
        cpu_ms=rounded_time(outcome.cpu_ms, TOTAL_DIGITS),
        memory_mb=rounded(round(outcome.memory_mb, 1), TOTAL_DIGITS),
        lane=outcome.lane,
        handed_over=outcome.fallback_reason,
        provenance=provenance(problem.digest, seed, outcome.layers, problem.seed_kind(seed)),
    )


def _traceback(decision: Decision, source: str) -> str:
    """Return the traceback to show: of an exception, or of the program whose time was up; of no hidden case."""
    first = decision.first
    if first is not None and first.group != SAMPLE:
        return ""
    if decision.raised is not None:
        return decision.raised.traceback
    return traceback_of(decision.last_stack, source, first.message) if decision.last_stack and first else ""


def judge_error(submission: Submission, error: Exception) -> Report:
    """Return the report on a submission that could not be judged because of `error`, which is ours."""
    message = str(error) if isinstance(error, JudgeError) else f"{type(error).__name__}: {error}"
    text = f"the judge failed, not the submission: {message}"
    return Report.judge_failed(submission.problem, text, provenance("", 0, ()))


def provenance(package: str, seed: int, sandbox: Sequence[str], hidden_seed: str = "") -> Provenance:
    """Return the versions, processor, package and seed that a verdict is made with here."""
    known = {name: version for name, version in versions().items() if name in Provenance.__dataclass_fields__}
    return Provenance(
        package=package,
        seed=seed,
        judge=judge.__version__,
        processor=processor(),
        sandbox=tuple(sandbox),
        hidden_seed=str(hidden_seed),
        **known,
    )


def _exception_text(raised: Raised, shown: bool) -> str:
    if not shown:
        return hidden_exception(raised)
    return f"{raised.type_name}: {raised.message}" + (f" (line {raised.line})" if raised.line else "")


def _bounded(check: Check) -> Check:
    """Cut a long message of an author's check; the checks of `judge.checking` are short already."""
    if len(check.message) <= CHECK_CHARACTERS:
        return check
    return replace(check, message=check.message[:CHECK_CHARACTERS] + "…")


def _mistakes(problem: Problem, results: Sequence[CaseResult], cause: Cause | None) -> tuple[Mistake, ...]:
    """Return the mistakes that were recognised: the cause first, what follows from it last."""
    if cause is None or cause.id == UNCHANGED_STARTER:
        return ()  # whose hints would be the solution
    named = [check.mistake for result in results for check in result.checks if check.mistake and not check.passed]
    follow = explained_by(problem, cause.id)
    ordered = sorted(dict.fromkeys(named), key=lambda name: (name != cause.id, name in follow))
    return tuple(problem.mistake(name) for name in ordered)


def _message(results: Sequence[CaseResult], outcome: Outcome, cause: Cause | None) -> str:
    if cause is None:
        return f"all {len(results)} cases accepted"
    if cause.id == UNCHANGED_STARTER:
        return cause.message
    if outcome.raised:
        return _exception_text(outcome.raised, shown=True) if cause.kind is CauseKind.EXCEPTION else cause.message
    first = next(result for result in results if result.verdict is not Verdict.ACCEPTED)
    return f"{first.name}: {first.message if cause.kind is CauseKind.EXCEPTION else cause.message}"
