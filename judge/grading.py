"""The whole judge: a submission, its problem's cases and a box go in, a report comes out. Read this file first.

submission ──> box.run(job) ──evidence, case by case──> check against the reference's ──> verdict of each case
                                                                                               │
                                     report: the verdict of the first case that is not accepted┘
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from judge import reporting
from judge.case import SAMPLE, Case
from judge.checking.show import to_json
from judge.errors import JudgeError
from judge.evidence import Evidence
from judge.expected import Expectations, ReferencePending, References, Urgency, job_of, runtime_key, warm_up_of
from judge.problems.catalog import Catalog
from judge.problems.problem import Problem
from judge.sandbox import Box, Ending, Pool, PoolConfig
from judge.sandbox.hot import HotZygote
from judge.submission import Submission
from judge.verdict import CaseResult, Json, Report, Verdict

OnCase = Callable[[CaseResult], None]


class Grader:
    """Everything that grading needs, kept between submissions: problems, boxes, expected values.

    One thread a slot may grade at the same time. `cache_dir` keeps the references' values and compiled programs; boxes
    can't read it. `fast` switches the fast lane, for comparisons; `patience` is how many seconds a submission waits for
    the programs of its problem to be compiled for the first time; `hidden` are more files that no box may read;
    `pin` keeps each slot on a processor of its own; `apart` has references run in the background, and no slot wait for
    one.
    """

    def __init__(
        self,
        catalog: Catalog,
        cache_dir: Path,
        slots: int = 1,
        *,
        fast: bool = True,
        patience: float = 0.0,
        hidden: Sequence[Path] = (),
        pin: bool = False,
        apart: bool = False,
    ) -> None:
        self.catalog = catalog
        self.pool = Pool(
            PoolConfig(
                slots=slots,
                hidden=(cache_dir, *catalog.dirs, *hidden),
                packs=cache_dir / "compiled",
                runtime=runtime_key(),
                fast=fast,
                patience=patience,
                pin=pin,
                background=apart,
            )
        )
        self._expectations = Expectations(cache_dir)
        self._references = References(self._expectations, self.pool.background) if apart else None

    def warm(self, slug: str) -> HotZygote | None:
        """Start the hot zygote of a problem in the background; None where it has no warm-up.

        Raises UnknownProblem, PackageFault.
        """
        warm_up = warm_up_of(self.catalog.get(slug))
        return self.pool.warm(warm_up) if warm_up else None

    def compiled(self, slug: str) -> bool:
        """Whether the programs of a problem's warm-up lie compiled on disk. Raises UnknownProblem, PackageFault."""
        return self.pool.packs is not None and self.pool.packs.has(self.catalog.get(slug).digest)

    def grade(
        self,
        submission: Submission,
        *,
        slot: int = 0,
        seed: int = 0,
        samples_only: bool = False,
        on_case: OnCase | None = None,
    ) -> Report:
        """The report on `submission`; `on_case` hears each case's result as it comes. Blocks.

        Hidden cases are drawn from `seed` (0: the problem's own). The judge's own faults come back as `judge_error`.
        With references apart, raises ReferencePending where the expected values are not there yet, and nothing else.
        """
        try:
            problem = self.catalog.get(submission.problem)
            box = self.pool.box(slot)
            drawn = 0 if samples_only else seed  # samples are the same for every seed
            cases = problem.cases(drawn)
            if early := self._without_reference(submission, problem, drawn, box):
                return early
            expected = self._expectations.of(problem, drawn, cases, box)
            if samples_only:
                cases = tuple(case for case in cases if case.group == "sample")
            return grade(submission, problem, cases, expected, box, seed=seed, on_case=on_case)
        except ReferencePending:
            raise
        except Exception as error:
            return reporting.judge_error(submission, error)

    def prepare(self, wait: int = 0) -> None:
        """With references apart, have those of all problems run that are not on disk; wait for the first `wait`."""
        if self._references is None:
            return
        missing = [problem for problem in self.catalog.problems() if not self._expectations.ready(problem, 0)]
        for problem in missing:
            self._references.order(problem, 0, Urgency.PREPARED)
        for problem in self.catalog.problems()[:wait]:
            self._references.wait(problem, 0)

    def _without_reference(self, submission: Submission, problem: Problem, seed: int, box: Box) -> Report | None:
        """The report on a submission that does not even load, where the expected values are not there yet.

        None where they are. Raises ReferencePending where the submission loads: the reference is ordered then.
        """
        if self._references is None:
            return None
        if not self._references.ordered(problem, seed):
            if self._expectations.ready(problem, seed):
                return None
            if self._references.has_room(problem, seed):
                outcome = box.run(job_of(problem, submission.source, ()))
                if outcome.ending is not Ending.FINISHED:
                    return reporting.report(problem, problem.cases(seed), (), outcome, seed=seed)
        raise ReferencePending(self._references.order(problem, seed))

    def sample_answers(self, slug: str, *, slot: int = 0) -> dict[str, Json]:
        """By the name of each sample, what the reference gives.

        Raises UnknownProblem, PackageFault, SandboxFault, ReferencePending.
        """
        problem = self.catalog.get(slug)
        if self._references is not None and not self._expectations.ready(problem, 0):
            raise ReferencePending(self._references.order(problem, 0, Urgency.PREPARED))
        cases = problem.cases()
        expected = self._expectations.of(problem, 0, cases, self.pool.box(slot))
        found = zip(cases, expected, strict=True)
        return {case.name: to_json(evidence.value) for case, evidence in found if case.group == SAMPLE}

    def close(self) -> None:
        """End all boxes. Safe to call twice."""
        if self._references is not None:
            self._references.close()
        self.pool.close()


def grade(
    submission: Submission,
    problem: Problem,
    cases: Sequence[Case],
    expected: Sequence[Evidence],
    box: Box,
    *,
    seed: int = 0,
    on_case: OnCase | None = None,
) -> Report:
    """Grade one submission on `cases`, whose reference gave `expected`. Raises SandboxFault, PackageFault."""
    results: dict[int, CaseResult] = {}  # by index: a lane that hands over leaves some behind, told again by the next
    faults: list[Exception] = []

    def judge_case(index: int, evidence: Evidence) -> None:
        try:
            results[index] = reporting.case_result(problem, cases[index], expected[index], evidence)
            if on_case is not None:
                on_case(results[index])
        except Exception as error:  # an author's check that fails must not end the box's own loop
            faults.append(error)

    outcome = box.run(job_of(problem, submission.source, cases), judge_case)
    if faults:
        raise faults[0]
    told = [results[index] for index in range(len(outcome.evidence))]
    return reporting.report(problem, cases, told, outcome, seed=seed)


def is_final(report: Report) -> bool:
    """Whether a report may stand: anything but the judge's own fault."""
    return report.verdict is not Verdict.JUDGE_ERROR


__all__ = ["Grader", "JudgeError", "OnCase", "grade", "is_final"]
