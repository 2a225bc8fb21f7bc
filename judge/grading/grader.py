"""The whole judge: a submission, its problem's cases and a box go in, a report comes out. Read this file first.

submission ──> box.run(job) ──replies, case by case──> checker process: against the reference's ──> verdict of each case
                                                                                                        │
                                              report: the verdict of the first case that is not accepted┘
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from judge.case import SAMPLE, Case
from judge.errors import SHORTAGES, HostShortage, PackageFault, SandboxFault, fault_of
from judge.evidence import Evidence
from judge.grading.checker import Checked, Checker
from judge.grading.environment import runtime_key
from judge.grading.jobs import job_of, warm_up_of
from judge.grading.reference import Expectations
from judge.grading.reference_queue import ReferencePending, References, Urgency
from judge.grading.report import build_report, judge_error
from judge.jsonable import to_json
from judge.problems.catalog import Catalog
from judge.problems.problem import Problem
from judge.problems.snapshot import Snapshots
from judge.sandbox import Box, Ending, Pool, PoolConfig
from judge.sandbox.fast_lane import HotZygote
from judge.sandbox.host_shortage import claims_shortage, figures
from judge.submission import Submission
from judge.verdict import CaseResult, Json, Report

OnCase = Callable[[CaseResult], None]
FAULT_PAUSES = (0.5, 2.0, 8.0)  # seconds between the tries of `grade_patiently`


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
        snapshots = Snapshots(cache_dir / "packages")
        snapshots.prune()
        for problem in catalog.problems():
            with suppress(PackageFault):  # edited just now: its submissions say so, and the other problems are judged
                snapshots.keep(problem)
        self._checkers = [Checker(snapshots) for _ in range(slots)]
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

        Hidden cases are drawn from `seed` (0: the problem's own). Faults of a package and errors in grading come back
        as `judge_error`. Raises SandboxFault where the judge or its host failed: the submission was not judged. With
        references apart, raises ReferencePending where the expected values are not there yet.
        """
        try:
            problem = self.catalog.get(submission.problem)
            box = self.pool.box(slot)
            drawn = 0 if samples_only else seed  # samples are the same for every seed
            cases = problem.cases(drawn)
            if early := self._without_reference(submission, problem, drawn, box):
                return early
            expected = self._expectations.of(problem, drawn, cases, box)
            return grade(
                submission,
                problem,
                cases,
                expected,
                box,
                self.checker(slot),
                seed=seed,
                samples_only=samples_only,
                on_case=on_case,
            )
        except (SandboxFault, ReferencePending):
            raise
        except MemoryError as error:
            raise HostShortage("the judge's own process ran out of memory") from error
        except Exception as error:
            if isinstance(error, OSError) and error.errno in SHORTAGES:
                raise fault_of(error, str(error)) from error
            return judge_error(submission, error)

    def checker(self, slot: int = 0) -> Checker:
        """The checker process of `slot`."""
        return self._checkers[slot]

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
                    return build_report(problem, problem.cases(seed), (), outcome, seed=seed)
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
        for checker in self._checkers:
            checker.close()
        if self._references is not None:
            self._references.close()
        self.pool.close()


def grade(
    submission: Submission,
    problem: Problem,
    cases: Sequence[Case],
    expected: Sequence[Evidence],
    box: Box,
    checker: Checker,
    *,
    seed: int = 0,
    samples_only: bool = False,
    on_case: OnCase | None = None,
) -> Report:
    """Grade one submission on `cases`, whose reference gave `expected`. Raises SandboxFault, PackageFault."""

    def on_checked(_index: int, checked: Checked) -> None:
        if checked.result is not None and on_case is not None:
            on_case(checked.result)

    run = cases
    if samples_only:
        run = tuple(case for case in cases if case.group == SAMPLE)
    job = job_of(problem, submission.source, run)
    for again in (True, False):
        before = figures()
        replies = checker.job(problem, cases, expected, submission.source, on_checked)
        outcome = box.run(job, replies)
        checked = replies.results()[: outcome.replies]
        if not claims_shortage(outcome, job.limits.memory_mib, [each.raised for each in checked]):
            break
        if lacking := figures().shortage_since(before):
            raise HostShortage(f"the host ran short: {lacking}")
        if not again:  # what is only claimed, and claimed twice, is the program's own
            break
    if checked and (refused := checked[-1].rejected):  # a reply that is none: the job ended with it
        outcome = replace(outcome, ending=refused[0], detail=refused[1])
    results = [each.result for each in checked if each.result is not None]
    return build_report(problem, run, results, outcome, raised=[each.raised for each in checked], seed=seed)


def grade_patiently(grader: Grader, submission: Submission, **options: Any) -> Report:
    """Grade where no queue would bring the submission again: after a fault of the judge or its host, try a few times.

    `options` are those of `Grader.grade`. Raises nothing: the last fault becomes a `judge_error`.
    """
    for seconds in FAULT_PAUSES:
        try:
            return grader.grade(submission, **options)
        except SandboxFault:
            time.sleep(seconds)
    try:
        return grader.grade(submission, **options)
    except SandboxFault as fault:
        return judge_error(submission, fault)
