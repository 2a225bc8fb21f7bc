"""A fault of the judge leaves grading as an exception, and is retried where no queue would do it."""

import pytest

from judge.errors import BoxKilled, HostShortage, SandboxFault
from judge.grading import patience
from judge.grading.grader import Grader
from judge.grading.patience import grade_patiently
from judge.problems.catalog import Catalog
from judge.report import Report
from judge.submission import Submission
from judge.verdict import Verdict
from tests.helpers.tiny_package import write_package

SUBMISSION = Submission(problem="twice", source="pass")


class Failing:
    """A grader, or a pool of boxes, that fails a few times."""

    def __init__(self, error: Exception, times: int) -> None:
        self._error, self._left = error, times
        self.pauses: list[float] = []

    def box(self, slot: int) -> None:
        raise self._error

    def grade(self, submission: Submission, *, slot: int) -> Report:
        self._left -= 1
        if self._left >= 0:
            raise self._error
        return Report(problem=submission.problem, verdict=Verdict.ACCEPTED, message=f"slot {slot}")


def grader_with(pool: Failing, tmp_path) -> Grader:
    write_package(tmp_path, "twice")
    grader = Grader.__new__(Grader)
    grader.catalog, grader.pool = Catalog([tmp_path]), pool
    return grader


@pytest.mark.parametrize("fault", [SandboxFault("the zygote ended"), HostShortage(), BoxKilled()])
def test_a_fault_of_the_box_comes_out_of_grading_and_is_no_report(tmp_path, fault) -> None:
    with pytest.raises(SandboxFault) as raised:
        grader_with(Failing(fault, 9), tmp_path).grade(SUBMISSION)
    assert raised.value is fault


def test_any_other_error_is_a_report(tmp_path) -> None:
    report = grader_with(Failing(ValueError("a bug"), 9), tmp_path).grade(SUBMISSION)
    assert report.verdict is Verdict.JUDGE_ERROR
    assert report.message.endswith("ValueError: a bug")


@pytest.mark.parametrize(("times", "verdict"), [(0, "accepted"), (3, "accepted"), (4, "judge_error")])
def test_without_a_queue_a_fault_is_tried_again_a_few_times(monkeypatch, times, verdict) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", pauses.append)
    report = grade_patiently(Failing(HostShortage(), times), SUBMISSION, slot=2)
    assert report.verdict == verdict
    assert pauses == list(patience.FAULT_PAUSES[:times])
    assert report.message == (
        "slot 2"
        if times < 4
        else "the judge failed, not the submission: The host ran out of a resource; try again later."
    )
