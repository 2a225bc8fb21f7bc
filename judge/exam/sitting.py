"""Grades many programs, as many at a time as the grader has slots."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from queue import SimpleQueue

from judge.case import Case
from judge.errors import JudgeError
from judge.evidence import Evidence
from judge.grading.grader import Grader
from judge.grading.patience import grade_patiently
from judge.problems.load import Problem
from judge.report import Report
from judge.submission import Submission
from judge.verdict import Verdict

OnProgress = Callable[[str, int, int], None]  # the step just done, the number done, the total


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Settings of an exam.

    `submissions`: the folder of the problem's known submissions. `cache`: the folder of references' values and exams.
    `jobs`: the number of programs graded at a time, and of the grader's slots. `thorough`: with tolerance, trivial
    programs and mutants.
    """

    submissions: Path
    cache: Path
    jobs: int = 1
    thorough: bool = True


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program to grade: its name, its source, and the seed of its hidden cases.

    `wrong`: it should be refused, so that one case is enough to begin with; the others are tried where it is accepted.
    """

    name: str
    source: str
    wrong: bool = False
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """One exam while it is held. `cases` are the problem's own, `expected` what the reference gave for them.

    `warm`: True if the fast lane was started for it.
    """

    grader: Grader
    problem: Problem
    plan: Plan
    on_progress: OnProgress
    cases: tuple[Case, ...]
    expected: tuple[Evidence, ...]
    warm: bool = False

    def grade(self, kind: str, programs: Sequence[Program]) -> list[Report]:
        """Return the report of each program, in order. `kind` names them in the progress: "paper" ..."""
        slots: SimpleQueue[int] = SimpleQueue()
        for slot in range(self.plan.jobs):
            slots.put(slot)
        done = count(1)

        def run(program: Program) -> Report:
            slot = slots.get()
            try:
                report = self._grade(program, slot)
            finally:
                slots.put(slot)
            self.on_progress(f"{kind} {program.name}: {report.verdict}", next(done), len(programs))
            return report

        with ThreadPoolExecutor(self.plan.jobs) as pool:
            return list(pool.map(run, programs))

    def _grade(self, program: Program, slot: int) -> Report:
        submission = Submission(problem=self.problem.slug, source=program.source)
        if program.wrong and program.seed == 0:
            with suppress(JudgeError):  # it is raised again below, and becomes the verdict
                report = self.grader.grade(submission, slot=slot, first_case_only=True, counterexample=False)
                if report.verdict is not Verdict.ACCEPTED:
                    return report
        return grade_patiently(self.grader, submission, slot=slot, seed=program.seed, counterexample=False)
