"""The packages of this repository hold their exams: every known submission gets its verdict and its named mistake."""

import json
import subprocess
import sys

import pytest

from judge.problems.catalog import Catalog
from tests.conftest import ROOT, SLUG

OTHERS = sorted(problem.slug for problem in Catalog([ROOT / "problems"]).problems() if problem.slug != SLUG)


def check(slug: str, *options: str) -> dict:
    run = subprocess.run(
        [sys.executable, "-m", "judge", "check", slug, "--json", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return json.loads(run.stdout)


@pytest.mark.timeout(900)
def test_every_paper_of_the_first_problem_gets_its_verdict() -> None:
    check(SLUG, "--quick")


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
