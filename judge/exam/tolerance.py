"""Derivation of the tolerance: above the noise of the arithmetic, below half precision, both measured.

Noise is the difference between runs of the reference itself: in another process, with XLA's cheap and with its full
optimisation, and without jit. The errors that the checks allow are found by trying: they are given the reference's own
evidence, changed by more and more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from judge.case import Case
from judge.evidence import Evidence
from judge.exam.perturb import MANTISSA_BITS, Change, Target, changed, half_precision, numbers
from judge.exam.report import Finding, Part, Tolerance
from judge.grading.jobs import JobRunner, reference_job
from judge.problems.load import Problem
from judge.sandbox.box import Ending, Job

MOST_CASES = 6  # of a problem that the reference is run on in each way: each shape costs a compilation
ROOM = 4.0  # times the noise may grow before the checks may refuse the reference
HALF = 2.0**-MANTISSA_BITS  # largest relative error of rounding to half precision
SINGLE = 2.0**-24  # of rounding to single precision: noise that was not measured is taken for no less
GROSS = 1.0  # a relative error that no check can overlook, if it looks at all
FINEST = 1e-9  # relative errors are tried from here to GROSS
LEAST_SLACK = 1e-3  # times the noise, from where growth is tried
TRIALS = 24  # halvings of the range on a logarithmic scale

Runs = Sequence[Sequence[Evidence]]  # run by run, case by case


def derive(
    problem: Problem, cases: Sequence[Case], expected: Sequence[Evidence], box: JobRunner
) -> tuple[tuple[Tolerance, ...], tuple[Finding, ...]]:
    """Return the tolerances of a problem, whose reference gave `expected` for `cases`, and the findings about them.

    Raises SandboxFault, PackageFault.
    """
    step = -(-len(cases) // MOST_CASES)
    runs, failures = _run_variants(problem, cases[::step], box)
    measured = tuple(measure(problem, cases[::step], expected[::step], runs))
    return measured, (*failures, *map(judge_tolerance, measured))


def variants(problem: Problem, cases: Sequence[Case]) -> dict[str, Job]:
    """Return jobs whose results should be the reference's own, by the way in which they run differently."""
    job = replace(reference_job(problem, cases), extra_functions=(), problem="", package="")  # no lane but the full one
    without_jit = f"{job.source}\n\nimport jax as _jax\n_jax.config.update('jax_disable_jit', True)\n"
    return {
        "in another process": job,
        "with full optimisation" if job.light else "with light optimisation": replace(job, light=not job.light),
        "without jit": replace(job, source=without_jit),
    }


def _run_variants(
    problem: Problem, cases: Sequence[Case], box: JobRunner
) -> tuple[list[tuple[Evidence, ...]], list[Finding]]:
    """Return the evidence of every variant that ran to its end, and a finding for each that did not."""
    runs, failures = [], []
    for name, job in variants(problem, cases).items():
        outcome = box.run(job)
        raised = outcome.raised or next((each.raised for each in outcome.evidence if each.raised), None)
        if outcome.ending is Ending.FINISHED and not raised:
            runs.append(outcome.evidence)
            continue
        why = f"{raised.type_name}: {raised.message}" if raised else f"{outcome.ending}: {outcome.detail}"
        failures.append(Finding(part=Part.TOLERANCE, subject=f"the reference {name}", passed=False, message=why))
    return runs, failures


def measure(problem: Problem, cases: Sequence[Case], expected: Sequence[Evidence], runs: Runs) -> Iterator[Tolerance]:
    """Yield the tolerance of each target that holds floats: the value, the trained leaves, the optimizer's state."""
    passes = _Passes(problem, cases, expected)
    for target in Target:
        if any(array.size for evidence in expected for array in numbers(evidence, target)):
            yield _measure(target, passes, expected, runs)


def _measure(target: Target, passes: "_Passes", expected: Sequence[Evidence], runs: Runs) -> Tolerance:
    noise = _noise(target, expected, runs)
    accepted = _largest(_accepts_errors_of(target, passes, expected))
    checked = accepted < GROSS
    return Tolerance(
        target=target,
        noise=noise,
        accepted=accepted,
        derived=float(np.sqrt(max(noise, SINGLE) * HALF)),
        slack=passes.slack(target, runs) if noise and checked else None,
        refused_by=passes.refusal(target, runs, ROOM) if noise and checked else "",
        checked=checked,
        half_refused=not passes(target, half_precision),
    )


def _noise(target: Target, expected: Sequence[Evidence], runs: Runs) -> float:
    """Return the largest relative difference between the reference's evidence and its other runs."""
    distances = [_distance(one, other, target) for run in runs for one, other in zip(expected, run, strict=True)]
    return max(distances, default=0.0)


def _accepts_errors_of(target: Target, passes: "_Passes", expected: Sequence[Evidence]) -> Callable[[float], bool]:
    """Return a predicate of a relative size: True if the checks accept every entry of `target` larger by that."""
    all_whole = all(_is_whole(array).all() for evidence in expected for array in numbers(evidence, target))

    def accepted(size: float) -> bool:
        return passes(target, lambda array: _grown(array, size, counts=all_whole))

    return accepted


def judge_tolerance(tolerance: Tolerance) -> Finding:
    """Check that the tolerance is as small as the noise allows, and not smaller."""
    fault = _fault(tolerance)
    return Finding(part=Part.TOLERANCE, subject=tolerance.target, passed=not fault, message=fault)


def _fault(found: Tolerance) -> str:
    """Return what to change about a tolerance, as a sentence; "" if nothing."""
    derived = f"a relative tolerance of about {found.derived:.0e} is derived for it"
    if not found.checked:
        return "" if found.target != Target.VALUE else "a result twice as large as the right one is accepted"
    if found.slack is not None and found.slack < ROOM:
        return (
            f"the reference's own runs differ by up to {found.noise:.1e}, and more than {found.slack:.2g} times that "
            f"is refused; allow {ROOM:g} times. {found.refused_by}"
        )
    if not found.half_refused and found.accepted >= HALF / 2:  # numbers that half precision holds exactly are no proof
        size = f"relative errors of up to {found.accepted:.1e} are accepted"
        return f"a result in half precision is accepted: {size}; {derived}"
    return ""


class _Passes:
    """The problem's checks, as a predicate: True if changed evidence of the reference passes them in all cases."""

    def __init__(self, problem: Problem, cases: Sequence[Case], expected: Sequence[Evidence]) -> None:
        self._problem = problem
        self._pairs = list(zip(cases, expected, strict=True))

    def __call__(self, target: Target, change: Change) -> bool:
        return all(self._case(case, want, changed(want, target, change)) for case, want in self._pairs)

    def slack(self, target: Target, runs: Runs) -> float:
        """Return the factor by which the differences of `runs` may grow until a check refuses one; at least 0."""
        scale = LEAST_SLACK / FINEST  # sizes that are tried, to factors
        return scale * _largest(lambda size: not self.refusal(target, runs, scale * size))

    def refusal(self, target: Target, runs: Runs, factor: float) -> str:
        """Return the case, check and message that refuse `factor` times the differences of `runs`; "" if none does."""
        for run in runs:
            for (case, want), other in zip(self._pairs, run, strict=True):
                if not _alike(want, other, target):
                    return f"{case.name}: one run changes numbers that another does not"
                for check in self._problem.check(case, want, _moved(want, other, target, factor)):
                    if not check.passed:
                        return f"{case.name}, `{check.id}`: {check.message}"
        return ""

    def _case(self, case: Case, want: Evidence, got: Evidence) -> bool:
        return all(check.passed for check in self._problem.check(case, want, got))


def _is_whole(array: np.ndarray) -> np.ndarray:
    return np.asarray(array == np.round(array))


def _grown(array: np.ndarray, size: float, *, counts: bool) -> np.ndarray:
    """Return entries larger by `size` of themselves; whole numbers only with `counts`, as most are compared exactly."""
    grown = array * (1 + size)
    return grown if counts else np.where(_is_whole(array), array, grown)


def _moved(want: Evidence, other: Evidence, target: Target, factor: float) -> Evidence:
    """Return `want` with `target` moved by `factor` of its difference to `other`."""
    theirs = iter(numbers(other, target))
    return changed(want, target, lambda array: array + factor * (next(theirs) - array))


def _distance(want: Evidence, got: Evidence, target: Target) -> float:
    """Return the largest difference, relative to the largest entry of its array; GROSS if other arrays changed."""
    if not _alike(want, got, target):
        return GROSS
    pairs = zip(numbers(want, target), numbers(got, target), strict=True)
    return max((_relative(a, b) for a, b in pairs if a.size), default=0.0)


def _alike(want: Evidence, got: Evidence, target: Target) -> bool:
    return [each.shape for each in numbers(want, target)] == [each.shape for each in numbers(got, target)]


def _relative(want: np.ndarray, got: np.ndarray) -> float:
    with np.errstate(invalid="ignore"):
        size = np.abs(want - got).max() / max(np.abs(want).max(), np.finfo(float).tiny)
    return float(size) if np.isfinite(size) else GROSS


def _largest(passes: Callable[[float], bool]) -> float:
    """Return the largest size between FINEST and GROSS that passes; 0.0 if none does."""
    if passes(GROSS):
        return GROSS
    if not passes(FINEST):
        return 0.0
    low, high = np.log(FINEST), np.log(GROSS)
    for _ in range(TRIALS):
        middle = (low + high) / 2
        low, high = (middle, high) if passes(float(np.exp(middle))) else (low, middle)
    return float(np.exp(low))
