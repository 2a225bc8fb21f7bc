"""The packages of this repository hold their exams: every known submission gets its verdict and its named mistake."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest

from judge.exam import Part, Plan, examine
from judge.exam.submissions import KnownSubmission, find_submissions
from judge.problems.catalog import Catalog
from judge.verdict import Verdict
from tests.conftest import PAPERS, ROOT, SLUG

OTHERS = sorted(problem.slug for problem in Catalog([ROOT / "problems"]).problems() if problem.slug != SLUG)
ENDLESS, OTHERWISE = "endless", "otherwise"
PARTS = (ENDLESS, OTHERWISE)  # of the first problem's exam: the time limit is another for those that never end
EXAMPLES = ("accepted/eager.py", "wrong_answer/bias-trains.py")  # in every part: no exam is held without
ENDLESS_SECONDS = 1.0


def check(slug: str, *options: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "judge", "check", slug, "--json", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 1), run.stdout[-3000:] + run.stderr[-3000:]
    report = json.loads(run.stdout)
    assert report["passed"], [each for each in report["findings"] if not each["passed"]]


def part_of(paper: KnownSubmission) -> str:
    """Return the part of the exam that a paper is graded in."""
    return ENDLESS if paper.verdicts == {Verdict.TIME_LIMIT_EXCEEDED} else OTHERWISE


def test_the_parts_hold_every_paper_of_the_first_problem() -> None:
    papers, faults = find_submissions(PAPERS)
    assert faults == ()
    assert len(papers) > 100
    assert {part_of(paper) for paper in papers} == set(PARTS)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", PARTS)
def test_every_paper_of_the_first_problem_gets_its_verdict(hot, cache_dir, tmp_path, monkeypatch, part: str) -> None:
    """Endless programs wait for a twentieth of their time limit."""
    mine = [paper for paper in find_submissions(PAPERS)[0] if part_of(paper) == part]
    for name in {*EXAMPLES, *(paper.name for paper in mine)}:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(PAPERS / name, tmp_path / name)
    if part == ENDLESS:
        problem = hot.catalog.get(SLUG)
        assert problem.limits.cpu_seconds == 20 * ENDLESS_SECONDS
        limits = problem.manifest.limits.model_copy(update={"cpu_seconds": ENDLESS_SECONDS})
        short = replace(problem, manifest=problem.manifest.model_copy(update={"limits": limits}))
        monkeypatch.setattr(hot.catalog, "get", lambda _slug: short)

    report = examine(hot, SLUG, Plan(submissions=tmp_path, cache=cache_dir, jobs=2, thorough=False))

    alternatives = {each.file for each in hot.catalog.get(SLUG).alternatives}
    assert {mark.name for mark in report.marks} == {*EXAMPLES, *alternatives, *(paper.name for paper in mine)}
    assert [each for each in report.failures() if each.part is not Part.TIME] == []  # a busy machine inflates CPU times


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("slug", OTHERS)
def test_every_paper_of_the_other_problems_gets_its_verdict(slug: str) -> None:
    check(slug, "--quick")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("slug", [SLUG, *OTHERS])
def test_the_whole_exam_with_mutants_and_tolerance_is_passed(slug: str) -> None:
    check(slug)
