"""From what happened in a box to the report that its submitter reads."""

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import replace

import judge
from judge.case import SAMPLE, Case
from judge.checking import leaf_changes
from judge.checking.show import to_json
from judge.errors import JudgeError
from judge.evidence import Evidence, Raised
from judge.expected import processor, versions
from judge.problems.problem import Problem
from judge.sandbox.base import Ending, Outcome
from judge.submission import Submission
from judge.verdict import CaseResult, Check, Json, Mistake, Provenance, Report, Verdict

_VERDICTS: Mapping[Ending, Verdict] = {
    Ending.NOT_LOADED: Verdict.COMPILE_ERROR,
    Ending.RAISED_AT_LOAD: Verdict.RUNTIME_ERROR,
    Ending.EXITED: Verdict.RUNTIME_ERROR,
    Ending.KILLED: Verdict.RUNTIME_ERROR,
    Ending.FORBIDDEN: Verdict.RUNTIME_ERROR,
    Ending.BAD_REPLY: Verdict.RUNTIME_ERROR,
    Ending.CPU_LIMIT: Verdict.TIME_LIMIT_EXCEEDED,
    Ending.WALL_LIMIT: Verdict.TIME_LIMIT_EXCEEDED,
    Ending.MEMORY_LIMIT: Verdict.MEMORY_LIMIT_EXCEEDED,
    Ending.OUTPUT_LIMIT: Verdict.OUTPUT_LIMIT_EXCEEDED,
}
OUT_OF_MEMORY = ("RESOURCE_EXHAUSTED", "Out of memory")  # how XLA says MemoryError
# Exceptions whose names may be told of hidden cases; any other name is the submission's own text.
_KNOWN_EXCEPTIONS = frozenset(
    {name for name, each in vars(builtins).items() if isinstance(each, type) and issubclass(each, BaseException)}
    | set(
        "JaxRuntimeError XlaRuntimeError KeyReuseError UnexpectedTracerError TracerArrayConversionError "
        "TracerBoolConversionError TracerIntegerConversionError ConcretizationTypeError LinAlgError AxisError "
        "NonConcreteBooleanIndexError TraceContextError FlaxError EntryPointError TooLarge".split()
    )
)


def case_result(problem: Problem, case: Case, expected: Evidence, actual: Evidence) -> CaseResult:
    """The verdict of one case by the problem's checks. Raises PackageFault where a check itself fails."""
    shown = case.group == SAMPLE
    result = CaseResult(
        name=case.name,
        group=case.group,
        verdict=Verdict.ACCEPTED,
        time_ms=round(actual.time_ms, 3),
        inputs={name: to_json(value) for name, value in case.inputs.items()} if shown else None,
    )
    if actual.raised:
        return replace(result, verdict=_verdict_of(actual.raised), message=_complaint(actual.raised, shown))
    checks = tuple(problem.check(case, expected, actual))
    failed = [check for check in checks if not check.passed]
    return replace(
        result,
        verdict=Verdict.WRONG_ANSWER if failed else Verdict.ACCEPTED,
        message=(failed[0] if shown else _hide(problem, failed[0])).message if failed else "",
        checks=checks if shown else tuple(_hide(problem, check) for check in checks),
        leaves=leaf_changes(expected, actual),
    )


def report(
    problem: Problem, cases: Sequence[Case], results: Sequence[CaseResult], outcome: Outcome, *, seed: int = 0
) -> Report:
    """The report on a job that ended with `outcome`, whose replies were judged as `results`."""
    results = list(results)
    if outcome.ending is not Ending.FINISHED and len(results) < len(cases) and not outcome.raised:
        case = cases[len(results)]
        verdict = _VERDICTS[outcome.ending]
        results.append(CaseResult(name=case.name, group=case.group, verdict=verdict, message=outcome.detail))
    first = next((result for result in results if result.verdict is not Verdict.ACCEPTED), None)
    verdict = first.verdict if first else Verdict.ACCEPTED
    raised = outcome.raised
    if raised:
        verdict = _VERDICTS[outcome.ending] if _verdict_of(raised) is Verdict.RUNTIME_ERROR else _verdict_of(raised)
    elif first and (evidence := _evidence_of(first, cases, outcome)):
        raised = evidence.raised
    mistakes = _mistakes(problem, results)
    shown = first is None or first.group == SAMPLE
    return Report(
        problem=problem.slug,
        verdict=verdict,
        score=round(sum(result.verdict is Verdict.ACCEPTED for result in results) / len(cases), 6),
        message=_message(results, first, outcome, mistakes),
        mistakes=mistakes,
        cases=tuple(results),
        cases_total=len(cases),
        traceback=raised.traceback if raised and shown else "",
        line=raised.line or None if raised else None,
        stdout=outcome.stdout,
        stderr=outcome.stderr,
        time_ms=round(outcome.wall_ms, 3),
        cpu_ms=round(outcome.cpu_ms, 3),
        memory_mb=round(outcome.memory_mb, 1),
        lane=outcome.lane,
        handed_over=outcome.handed_over,
        provenance=provenance(problem.digest, seed, outcome.layers, problem.seed_kind(seed)),
    )


def judge_error(submission: Submission, error: Exception) -> Report:
    """The report on a submission that could not be judged, by a fault of ours: what it was, and nothing else."""
    message = str(error) if isinstance(error, JudgeError) else f"{type(error).__name__}: {error}"
    return Report(
        problem=submission.problem,
        verdict=Verdict.JUDGE_ERROR,
        message=f"the judge failed, not the submission: {message}",
        provenance=provenance("", 0, ()),
    )


def provenance(package: str, seed: int, sandbox: Sequence[str], hidden_seed: str = "") -> Provenance:
    """With what a verdict is made here."""
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


def _verdict_of(raised: Raised) -> Verdict:
    if raised.type_name == "MemoryError" or any(words in raised.message for words in OUT_OF_MEMORY):
        return Verdict.MEMORY_LIMIT_EXCEEDED
    return Verdict.OUTPUT_LIMIT_EXCEEDED if raised.type_name == "TooLarge" else Verdict.RUNTIME_ERROR


def _complaint(raised: Raised, shown: bool) -> str:
    where = f" (line {raised.line})" if raised.line else ""
    if shown:
        return f"{raised.type_name}: {raised.message}{where}"
    # Text that the submission chose can carry a hidden case's inputs out, as a print could.
    return (raised.type_name if raised.type_name in _KNOWN_EXCEPTIONS else "an exception of its own") + where


def _hide(problem: Problem, check: Check) -> Check:
    """A hidden case's check: which one, how far off, and the named mistake; no expected and no actual value."""
    if check.passed:
        return replace(check, message="", expected=None, actual=None)
    message = problem.mistake(check.mistake).message if check.mistake else f"the check `{check.id}` failed"
    off = f" (off by {check.error:.3g})" if check.error is not None else ""
    return replace(check, message=message + off, expected=None, actual=None)


def _mistakes(problem: Problem, results: Sequence[CaseResult]) -> tuple[Mistake, ...]:
    named = [check.mistake for result in results for check in result.checks if check.mistake and not check.passed]
    return tuple(problem.mistake(name) for name in dict.fromkeys(named))


def _evidence_of(result: CaseResult, cases: Sequence[Case], outcome: Outcome) -> Evidence | None:
    index = next(index for index, case in enumerate(cases) if case.name == result.name)
    return outcome.evidence[index] if index < len(outcome.evidence) else None


def _message(
    results: Sequence[CaseResult], first: CaseResult | None, outcome: Outcome, mistakes: Sequence[Mistake]
) -> str:
    if outcome.raised:
        return _complaint(outcome.raised, shown=True)
    if first is None:
        return f"all {len(results)} cases accepted"
    failed: Json = next((check for check in first.checks if not check.passed), None)
    named = next((mistake for mistake in mistakes if failed is not None and mistake.id == failed.mistake), None)
    text = named.message if named else first.message
    return f"{first.name}: {text}"
