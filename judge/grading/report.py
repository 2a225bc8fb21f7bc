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
from judge.grading.decision import Decision, complete, decide, verdict_of
from judge.grading.disclosure import TIME_DIGITS, TOTAL_DIGITS, hidden_checks, hidden_exception, rounded, rounded_time
from judge.grading.environment import processor, versions
from judge.grading.report_size import fit
from judge.jsonable import to_json
from judge.problems.problem import Problem
from judge.sandbox.box import Outcome
from judge.submission import Submission
from judge.verdict import CaseResult, Check, Mistake, Provenance, Report, Verdict

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
    )
    if actual.raised:
        return replace(result, verdict=verdict_of(actual.raised), message=_exception_text(actual.raised, shown))
    checks = tuple(map(_bounded, problem.check(case, expected, actual)))
    if not shown:
        checks = hidden_checks(problem, checks)
    failed = [check for check in checks if not check.passed]
    return replace(
        result,
        verdict=Verdict.WRONG_ANSWER if failed else Verdict.ACCEPTED,
        message=failed[0].message if failed else "",
        checks=checks,
        leaves=leaf_changes(expected, actual) if shown else (),
    )


def case_time(case: Case, time_ms: float) -> float:
    """Return a case's milliseconds as they are shown: of hidden cases with few digits."""
    return round(time_ms, 3) if case.group == SAMPLE else rounded_time(time_ms, TIME_DIGITS)


def build_report(
    problem: Problem,
    cases: Sequence[Case],
    results: Sequence[CaseResult],
    outcome: Outcome,
    *,
    raised: Sequence[Raised | None] = (),
    seed: int = 0,
) -> Report:
    """Return the report on a job that ended with `outcome`, whose replies were judged as `results`.

    `raised` holds the exception of each reply, None where there was none.
    """
    results = complete(cases, results, outcome)
    decision = decide(results, raised, outcome)
    return fit(_report(problem, cases, results, outcome, decision, seed))


def _report(
    problem: Problem,
    cases: Sequence[Case],
    results: tuple[CaseResult, ...],
    outcome: Outcome,
    decision: Decision,
    seed: int,
) -> Report:
    first, error = decision.first, decision.raised
    mistakes = _mistakes(problem, results)
    return Report(
        problem=problem.slug,
        verdict=decision.verdict,
        score=round(sum(result.verdict is Verdict.ACCEPTED for result in results) / len(cases), 6),
        message=_message(results, first, outcome, mistakes),
        mistakes=mistakes,
        cases=results,
        cases_total=len(cases),
        traceback=error.traceback if error and (first is None or first.group == SAMPLE) else "",
        line=error.line or None if error else None,
        stdout=outcome.stdout,
        stderr=outcome.stderr,
        time_ms=rounded_time(outcome.wall_ms, TOTAL_DIGITS),
        cpu_ms=rounded_time(outcome.cpu_ms, TOTAL_DIGITS),
        memory_mb=rounded(round(outcome.memory_mb, 1), TOTAL_DIGITS),
        lane=outcome.lane,
        handed_over=outcome.fallback_reason,
        provenance=provenance(problem.digest, seed, outcome.layers, problem.seed_kind(seed)),
    )


def judge_error(submission: Submission, error: Exception) -> Report:
    """Return the report on a submission that could not be judged because of `error`, which is ours."""
    message = str(error) if isinstance(error, JudgeError) else f"{type(error).__name__}: {error}"
    return Report(
        problem=submission.problem,
        verdict=Verdict.JUDGE_ERROR,
        message=f"the judge failed, not the submission: {message}",
        provenance=provenance("", 0, ()),
    )


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


def _mistakes(problem: Problem, results: Sequence[CaseResult]) -> tuple[Mistake, ...]:
    named = [check.mistake for result in results for check in result.checks if check.mistake and not check.passed]
    return tuple(problem.mistake(name) for name in dict.fromkeys(named))


def _message(
    results: Sequence[CaseResult], first: CaseResult | None, outcome: Outcome, mistakes: Sequence[Mistake]
) -> str:
    if outcome.raised:
        return _exception_text(outcome.raised, shown=True)
    if first is None:
        return f"all {len(results)} cases accepted"
    failed = next((check for check in first.checks if not check.passed), None)
    named = next((mistake for mistake in mistakes if failed is not None and mistake.id == failed.mistake), None)
    text = named.message if named else first.message
    return f"{first.name}: {text}"
