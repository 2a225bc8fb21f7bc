"""The jobs that boxes run: a submission's, a reference's, and the warm-up of a hot zygote."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from judge.case import Case
from judge.limits import Limits
from judge.problems.load import JITTED, USUAL, WARMUP
from judge.problems.problem import Problem
from judge.sandbox.box import Job, Outcome, WarmUp

REFERENCE_CPU_SECONDS = 120.0  # the author's own program is trusted to end, and compiles with a cold cache


class JobRunner(Protocol):
    """Runs the judge's own jobs: a box, or a grader with its boxes."""

    def run(self, job: Job, /) -> Outcome:
        """Run one job to its end, and return what happened, with the evidence. Raises SandboxFault, PackageFault."""
        ...


def job_of(
    problem: Problem,
    source: str,
    cases: Sequence[Case],
    limits: Limits | None = None,
    extra_functions: tuple[str, ...] = (),
) -> Job:
    """Return the job that runs `source` on `cases` of `problem`; `limits` replace the problem's own."""
    return Job(
        source=source,
        entry=problem.entry,
        parameters=problem.parameters,
        calls=tuple(tuple(case.inputs[name] for name in problem.parameters) for case in cases),
        limits=limits or problem.limits,
        visible_calls=sum(case.group == "sample" for case in cases),
        extra_functions=extra_functions,
        facts=tuple(problem.manifest.runtime.facts),
        problem=problem.slug,
        package=problem.digest,
        light=problem.manifest.runtime.light,
    )


def reference_job(problem: Problem, cases: Sequence[Case]) -> Job:
    """Return the job that runs a problem's reference on `cases`, with its lookalikes if it has them."""
    limits = replace(
        problem.limits, cpu_seconds=REFERENCE_CPU_SECONDS, wall_seconds=3 * REFERENCE_CPU_SECONDS, memory_mib=4096
    )
    return job_of(
        problem, problem.reference, cases, limits, extra_functions=("lookalikes",) if problem.has_lookalikes else ()
    )


def warm_up_of(problem: Problem) -> WarmUp | None:
    """Return the program that a hot zygote of `problem` runs before any submission; None without a warm-up.

    Its calls are drawn from a seed that draws no case: nothing of any case is in the memory of hot forks.
    Raises PackageFault.
    """
    if not problem.warmup:
        return None
    return WarmUp(
        package=problem.digest,
        source=problem.warmup,
        entry=WARMUP,
        usual=USUAL,
        jitted=JITTED,
        parameters=problem.parameters,
        calls=tuple(tuple(inputs[name] for name in problem.parameters) for inputs in problem.warm_up_inputs()),
        facts=tuple(problem.manifest.runtime.facts),
        result_bytes=problem.limits.result_bytes,
        light=problem.manifest.runtime.light,
    )
