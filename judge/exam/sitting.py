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
from judge.grading.grader import Grader, grade_patiently
from judge.problems.load import Problem
from judge.submission import Submission
from judge.verdict import Report, Verdict

OnProgress = Callable[[str, int, int], None]  # what was just done, how many are done, of how many


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How an exam is held.

    `papers`: the folder of the problem's papers. `cache`: where references' values and exams are kept. `jobs`: how many
    programs are graded at a time; the grader has as many slots. `thorough`: with tolerance, trivial programs, mutants.
    """

    papers: Path
    cache: Path
    jobs: int = 1
    thorough: bool = True


@dataclass(frozen=True, kw_only=True)
class Program:
    """Something to grade: what it is called, its source, and on which cases.

    `wrong`: it should be refused, so that one case is enough to begin with; the others are tried where it is accepted.
    """

    name: str
    source: str
    wrong: bool = False
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """One exam while it is held. `cases` are the problem's own, `expected` what the reference gave for them.

    `warm`: whether the fast lane was started for it.
    """

    grader: Grader
    problem: Problem
    plan: Plan
    on_progress: OnProgress
    cases: tuple[Case, ...]
    expected: tuple[Evidence, ...]
    warm: bool = False

    def grade(self, kind: str, programs: Sequence[Program]) -> list[Report]:
        """The report of each program, in order. `kind` names them in the progress: "paper" ..."""
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
            with suppress(JudgeError):  # is met again below, and becomes the verdict
                report = self.grader.grade(submission, slot=slot, first_case_only=True)
                if report.verdict is not Verdict.ACCEPTED:
                    return report
        return grade_patiently(self.grader, submission, slot=slot, seed=program.seed)
