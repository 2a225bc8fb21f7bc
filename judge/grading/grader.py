"""The whole judge: a submission, its problem's cases and a box go in, a report comes out. Read this file first.

submission ──> box.run(job) ──replies, case by case──> checker process: against the reference's ──> verdict of each case
                                                                                                        │
                                              report: the verdict of the first case that is not accepted┘
"""

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from threading import Event

from judge.case import SAMPLE, Case
from judge.errors import HostShortage, JobStopped, PackageFault, SandboxFault, as_judge_error
from judge.evidence import Evidence
from judge.grading.boxes import pool_config
from judge.grading.checked_run import run_checked
from judge.grading.checker import Checked, Checker
from judge.grading.first_problem import first_problem
from judge.grading.jobs import job_of, warm_up_of
from judge.grading.only_cases import OnlyCases, chosen_of
from judge.grading.own_input import refused_report, settled
from judge.grading.public_case import PublicCases, Run, with_public_case
from judge.grading.reference import Expectations
from judge.grading.reference_queue import ReferencePending, References, Urgency
from judge.grading.report import build_report, judge_error
from judge.grading.report_size import fit
from judge.jsonable import to_json
from judge.own_input import OwnInput
from judge.problems.cases import PUBLIC
from judge.problems.catalog import Catalog
from judge.problems.own_input import InputRefused, own_cases
from judge.problems.problem import Problem
from judge.problems.snapshot import Snapshots
from judge.report import Report
from judge.sandbox import Box, Ending, Job, Outcome, Pool
from judge.sandbox.fast_lane import HotZygote
from judge.submission import Submission
from judge.verdict import CaseResult, Json, Verdict

OnCase = Callable[[CaseResult], None]


class Grader:
    """Everything that grading needs, kept between submissions: problems, boxes, expected values.

    Each slot may be used by one thread at a time.

    Args:
        catalog: the problems.
        cache_dir: folder of the references' values and compiled programs; boxes can't read it.
        slots: how many submissions may be graded at the same time.
        fast: use the fast lane; False for comparisons.
        patience: seconds that a submission waits for its problem's programs to be compiled for the first time.
        hidden: more files that no box may read.
        pin: keep each slot on a processor of its own.
        apart: run references in the background; no slot waits for one.
        operations: compile usual operations in the background where that was not done.
        pool: boxes that were started before, with `pool_config` of the same arguments; closed with the grader.
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
        operations: bool = False,
        pool: Pool | None = None,
    ) -> None:
        self.catalog = catalog
        self.pool = pool or Pool(
            pool_config(
                catalog.dirs,
                cache_dir,
                slots,
                fast=fast,
                patience=patience,
                hidden=hidden,
                pin=pin,
                apart=apart,
                operations=operations,
            )
        )
        self._expectations = Expectations(cache_dir)
        snapshots = Snapshots(cache_dir / "packages")
        snapshots.prune()
        for problem in catalog.problems():
            with suppress(PackageFault):  # edited just now: its own submissions report it; other problems are judged
                snapshots.keep(problem)
        self._checkers = [Checker(snapshots) for _ in range(slots)]
        self._references = References(self._expectations, self.pool.background) if apart else None

    def warm(self, slug: str) -> HotZygote | None:
        """Start the hot zygote of a problem in the background, and return it; None without a warm-up.

        Raises UnknownProblem, PackageFault.
        """
        warm_up = warm_up_of(self.catalog.get(slug))
        return self.pool.warm(warm_up) if warm_up else None

    def first(self) -> str | None:
        """Return the problem that is asked for next, in all likelihood; see judge.grading.first_problem."""
        return first_problem(self.catalog, self.pool.packs)

    def compiled(self, slug: str) -> bool:
        """Return True if the programs of a problem's warm-up lie compiled on disk.

        Raises UnknownProblem, PackageFault.
        """
        return self.pool.packs is not None and self.pool.packs.has(self.catalog.get(slug).digest)

    def grade(
        self,
        submission: Submission,
        *,
        slot: int = 0,
        seed: int = 0,
        samples_only: bool = False,
        first_case_only: bool = False,
        first_failure: bool = False,
        counterexample: bool = True,
        own_input: OwnInput | None = None,
        on_case: OnCase | None = None,
        halt: Event | None = None,
    ) -> Report:
        """Return the report on `submission`. Blocks.

        A faulty package, or an error in grading, becomes a report with `judge_error`.

        Args:
            submission: the source and its problem.
            slot: which box to use.
            seed: draws the hidden cases; 0 is the problem's own.
            samples_only: run the samples alone.
            first_case_only: run the first case alone, for programs that are expected to fail it.
            first_failure: end with the first case that fails; the verdict is the same, the score counts what has run.
            counterexample: look for a public case that fails alike, where only hidden cases fail.
            own_input: run this alone, beside the reference.
            on_case: called with each case's result as it arrives.
            halt: once set, ends whatever runs.

        Raises:
            SandboxFault: the judge or its host failed; the submission was not judged.
            JobStopped: `halt` was set.
            ReferencePending: with references apart, the expected values are not there yet.
        """
        only = OnlyCases.SAMPLES if samples_only else OnlyCases.FIRST if first_case_only else None
        try:
            run = partial(grade, seed=seed, only=only, on_case=on_case, first_failure=first_failure)
            drawn = seed if only is not OnlyCases.SAMPLES else 0
            with self.pool.box(slot).halted_by(halt) if halt else nullcontext():
                if own_input is not None:
                    return self._grade_own(submission, slot, own_input, run)
                report = self._grade(submission, slot, drawn, run, counterexample=counterexample)
            if only is None and self.pool.packs is not None:
                self.pool.packs.note_use(self.catalog.get(submission.problem).digest)
            return report
        except (SandboxFault, ReferencePending, JobStopped):
            raise
        except Exception as error:
            ours = as_judge_error(error)
            if isinstance(ours, HostShortage):
                raise ours from error
            return judge_error(submission, ours)

    def expected(self, slug: str, seed: int = 0, *, slot: int = 0) -> tuple[Evidence, ...]:
        """Return what the reference of a problem gives for each of its cases, in order; run it where nobody has yet.

        Raises UnknownProblem, PackageFault, SandboxFault and, with references apart, ReferencePending.
        """
        problem = self.catalog.get(slug)
        if self._references is not None and not self._expectations.ready(problem, seed):
            raise ReferencePending(self._references.order(problem, seed, Urgency.PREPARED))
        return self._expectations.of(problem, seed, problem.cases(seed), self.pool.box(slot))

    def sample_answers(self, slug: str, *, slot: int = 0) -> dict[str, Json]:
        """Return, by the name of each sample, the value that the reference returns for it. Raises as `expected`."""
        pairs = zip(self.catalog.get(slug).cases(), self.expected(slug, slot=slot), strict=True)
        return {case.name: to_json(evidence.value) for case, evidence in pairs if case.group == SAMPLE}

    def run(self, job: Job, slot: int = 0) -> Outcome:
        """Run one of the judge's own jobs in the box of `slot`, without checks. Raises SandboxFault, PackageFault."""
        return self.pool.box(slot).run(job)

    def prepare(self, wait: int = 0) -> None:
        """With references apart, have those of all problems run that are not on disk; wait for the first `wait`."""
        if self._references is None:
            return
        missing = [problem for problem in self.catalog.problems() if not self._expectations.ready(problem, 0)]
        for problem in missing:
            self._references.order(problem, 0, Urgency.PREPARED)
        for problem in self.catalog.problems()[:wait]:
            self._references.wait(problem, 0)

    def close(self) -> None:
        """End all boxes. Safe to call twice."""
        for checker in self._checkers:
            checker.close()
        if self._references is not None:
            self._references.close()
        self.pool.close()

    def _grade(
        self, submission: Submission, slot: int, drawn: int, run: Callable[..., Report], *, counterexample: bool
    ) -> Report:
        """Return the report that `run` gives on the cases of the seed `drawn`; samples are the same for every seed."""
        problem = self.catalog.get(submission.problem)
        box = self.pool.box(slot)
        cases = problem.cases(drawn)
        if early := self._without_reference(submission, problem, drawn, box):
            return early
        expected = self._expectations.of(problem, drawn, cases, box)
        checker = self._checkers[slot]
        public_cases = partial(self._public_cases, problem, box) if counterexample else None
        return run(submission, problem, cases, expected, box, checker, public_cases)

    def _grade_own(self, submission: Submission, slot: int, own: OwnInput, run: Callable[..., Report]) -> Report:
        """Return the report that `run` gives on a learner's own input; the reference runs in the slot's own box."""
        problem, box = self.catalog.get(submission.problem), self.pool.box(slot)
        try:
            cases = own_cases(problem, own)
            expected = self._expectations.of_own(problem, cases, box)
        except InputRefused as refused:
            return refused_report(problem, refused)
        there = (problem, cases, expected, box, self._checkers[slot])
        reference = Submission(problem=problem.slug, source=problem.reference)
        return settled(run(submission, *there), lambda: run(reference, *there, on_case=None))

    def _public_cases(self, problem: Problem, box: Box) -> tuple[Sequence[Case], Sequence[Evidence]]:
        if self._references is not None and not self._expectations.ready(problem, PUBLIC):
            raise ReferencePending(self._references.order(problem, PUBLIC, Urgency.WANTED))
        cases = problem.cases(PUBLIC)
        return cases, self._expectations.of(problem, PUBLIC, cases, box)

    def _without_reference(self, submission: Submission, problem: Problem, seed: int, box: Box) -> Report | None:
        """Return the report on a submission that does not even load; None where the expected values are there.

        Raises ReferencePending where they are not, and the submission loads: the reference is ordered then.
        """
        if self._references is None:
            return None
        if not self._references.ordered(problem, seed):
            if self._expectations.ready(problem, seed):
                return None
            if self._references.has_room(problem, seed):
                outcome = box.run(job_of(problem, submission.source, ()))
                if outcome.ending is not Ending.FINISHED:
                    made = build_report(problem, problem.cases(seed), (), outcome, source=submission.source, seed=seed)
                    return fit(made)
        raise ReferencePending(self._references.order(problem, seed))


def grade(
    submission: Submission,
    problem: Problem,
    cases: Sequence[Case],
    expected: Sequence[Evidence],
    box: Box,
    checker: Checker,
    public_cases: PublicCases | None = None,
    *,
    seed: int = 0,
    only: OnlyCases | None = None,
    on_case: OnCase | None = None,
    first_failure: bool = False,
) -> Report:
    """Grade one submission on `cases`, whose reference gave `expected`. Raises SandboxFault, PackageFault.

    Where only hidden cases fail, a counterexample is looked for among `public_cases`, if these are given.
    """

    def on_checked(_index: int, checked: Checked) -> None:
        if checked.result is not None and on_case is not None:
            on_case(checked.result)

    chosen = chosen_of(cases, only)
    job = job_of(problem, submission.source, chosen)
    enough = _is_failure if first_failure else None
    outcome, checked = run_checked(
        box, job, lambda: checker.job(problem, cases, expected, submission.source, on_checked, enough)
    )
    results = [each.result for each in checked if each.result is not None]
    raised = [each.raised for each in checked]
    report = build_report(problem, chosen, results, outcome, source=submission.source, raised=raised, seed=seed)
    run = Run(problem=problem, source=submission.source, cases=chosen, expected=expected, checked=checked)
    return fit(with_public_case(report, run, box, checker, public_cases))


def _is_failure(checked: Checked) -> bool:
    return checked.result is not None and checked.result.verdict is not Verdict.ACCEPTED
