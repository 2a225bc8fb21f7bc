"""Every hostile exam paper of every problem: the verdict that its first line allows, and never an accepted one."""

import pytest

from judge.exam.submissions import read_submission
from judge.grading.grader import Grader
from judge.submission import Submission, read_source
from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # the first of them waits for the fast lane

PAPERS = sorted((ROOT / "submissions").glob("*/hostile/*.py"))


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_a_hostile_paper_is_refused(grader: Grader, path) -> None:
    raw = path.read_bytes()
    paper = read_submission(f"hostile/{path.name}", raw)

    report = grader.grade(Submission(problem=path.parts[-3], source=read_source(raw)))

    assert report.verdict in paper.verdicts, report.message
    assert report.verdict not in ("accepted", "judge_error")
