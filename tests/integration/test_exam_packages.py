"""The packages of this repository hold their exams: every known submission gets its verdict and its named mistake."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from judge.problems.catalog import Catalog
from tests.conftest import ROOT, SLUG

OTHERS = sorted(problem.slug for problem in Catalog([ROOT / "problems"]).problems() if problem.slug != SLUG)


def check(slug: str, *options: str) -> None:
    report = examined(slug, *options)
    assert report["passed"], failed(report)


def failed(report: dict) -> list[dict]:
    return [each for each in report["findings"] if not each["passed"]]


def examined(slug: str, *options: str) -> dict:
    """The report of an exam."""
    run = subprocess.run(
        [sys.executable, "-m", "judge", "check", slug, "--json", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 1), run.stdout[-3000:] + run.stderr[-3000:]
    return json.loads(run.stdout)


@pytest.mark.timeout(900)
def test_every_paper_of_the_first_problem_gets_its_verdict(tmp_path: Path) -> None:
    """With less than half of its time limit, which endless programs would wait for; so the limit itself may fail."""
    problems = shutil.copytree(ROOT / "problems", tmp_path / "problems")
    manifest = problems / SLUG / "problem.toml"
    manifest.write_text(manifest.read_text().replace("cpu_seconds = 20", "cpu_seconds = 8"))
    assert "cpu_seconds = 8" in manifest.read_text()

    report = examined(SLUG, "--quick", "--problems", str(problems), "--submissions", str(ROOT / "submissions"))

    assert len(report["marks"]) > 100
    assert [each for each in failed(report) if each["part"] != "time"] == []


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
