"""Grading many: in order, equal programs once, and those that the judge failed again."""

import threading
from collections import Counter

from judge.grading.many import grade_all
from judge.report import Report
from judge.submission import Submission
from judge.verdict import Verdict


class Grader:
    """Counts what it is given; a source with "fault" fails the first time."""

    def __init__(self) -> None:
        self.runs: Counter[str] = Counter()
        self.options: list[bool] = []
        self._lock = threading.Lock()

    def grade(self, submission, *, slot, seed, first_failure) -> Report:
        with self._lock:
            self.runs[submission.source] += 1
            self.options.append(first_failure)
            failed = "fault" in submission.source and self.runs[submission.source] == 1
        return Report(problem=submission.problem, verdict=Verdict.JUDGE_ERROR if failed else Verdict.ACCEPTED)


def graded(sources: list[str], **options) -> tuple[Grader, list[tuple[int, Report]]]:
    grader = Grader()
    submissions = [(at, Submission(problem="p", source=source)) for at, source in enumerate(sources)]
    return grader, list(grade_all(grader, submissions, jobs=2, **options))  # type: ignore[arg-type]


def test_equal_programs_are_graded_once_and_every_key_gets_its_report_in_order() -> None:
    told: list[int] = []
    grader, reports = graded(["a", "b", "a", "c", "a", "b"], on_done=lambda key, report: told.append(key))
    assert grader.runs == {"a": 1, "b": 1, "c": 1}
    assert [key for key, _ in reports] == list(range(6))
    assert sorted(told) == list(range(6))
    assert {report.verdict for _, report in reports} == {Verdict.ACCEPTED}


def test_a_fault_of_the_judge_stands_for_no_other_program() -> None:
    grader, reports = graded(["fault", *"abcdefgh", "fault"])
    assert grader.runs["fault"] == 2
    assert (reports[0][1].verdict, reports[-1][1].verdict) == (Verdict.JUDGE_ERROR, Verdict.ACCEPTED)


def test_the_options_reach_the_grader() -> None:
    for wanted in (True, False):
        grader, _ = graded(["a"], first_failure=wanted)
        assert grader.options == [wanted]
