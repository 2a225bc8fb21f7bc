"""Programs that fail on hidden cases alone get a public case that fails in the same way, whatever the hidden seed."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from judge.grading.grader import Grader
from judge.grading.reference import Expectations
from judge.problems.hidden_seed import HiddenSeed
from judge.report import Report
from judge.reproduction.program import program
from judge.submission import Submission, read_source
from judge.verdict import CauseKind, Verdict
from tests.conftest import ROOT, SLUG

FOLDER = ROOT / "tests" / "counterexamples"
NOT_ALONE = {"model-cached-by-inputs"}  # keeps something from one case to the next, which no single case can show
PAPERS = sorted(FOLDER.glob("*/*.py"))
FEW = [FOLDER / SLUG / f"{name}.py" for name in ("layer-recognised-by-shape", "rate-scaled-with-the-batch")]
OTHERS = [paper for paper in PAPERS if paper not in FEW]
LEAST_SHARE = 0.95


def submission_of(paper: Path) -> Submission:
    return Submission(problem=paper.parent.name, source=read_source(paper.read_bytes()))


def fails_alike(report: Report) -> bool:
    """Return whether the report's public case fails in a check that failed for the same mistake in a hidden case."""
    twin = report.counterexample
    if twin is None or not twin.inputs or twin.verdict is not report.verdict:
        return False
    hidden = [case for case in report.cases if case.verdict is not Verdict.ACCEPTED]
    named = {(check.id, check.mistake) for case in hidden for check in case.checks if not check.passed}
    return not named or any((check.id, check.mistake) in named for check in twin.checks if not check.passed)


def ends_of(reports: dict[Path, Report]) -> dict[tuple[str, bool], str]:
    """Return how each `repro.py` ends, by the paper's name: with the paper in it, and with a right solution."""
    texts = {}
    for paper, report in reports.items():
        right = min((ROOT / "submissions" / paper.parent.name / "accepted").glob("*.py"))
        for source in (paper, right):
            texts[f"{paper.stem} {source == right}"] = program(read_source(source.read_bytes()), report)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.helpers.run_repros"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=280,
        check=True,
    )
    ends = json.loads(ran.stdout)
    return {(paper.stem, right): ends[f"{paper.stem} {right}"] for paper in reports for right in (False, True)}


def try_all(grader: Grader, papers: Sequence[Path]) -> None:
    reports = {paper: grader.grade(submission_of(paper)) for paper in papers}
    for report in reports.values():
        assert {case.verdict for case in report.cases if case.group == "sample"} == {Verdict.ACCEPTED}
        assert report.cause is not None
        assert report.cause.kind is not CauseKind.EXCEPTION or "public-" in report.cause.hint
    found = [paper for paper, report in reports.items() if fails_alike(report)]
    missing = sorted(paper.stem for paper in set(papers) - set(found))
    print(f"\n{len(found)} of {len(papers)} have a public case; not: {', '.join(missing) or 'none'}")
    assert len(found) >= LEAST_SHARE * len(papers)
    ends = ends_of({paper: reports[paper] for paper in found})
    assert [name for (name, right), end in ends.items() if right and end != "passed"] == []
    assert {name for (name, right), end in ends.items() if not right and end == "passed"} <= NOT_ALONE


def test_a_public_case_fails_as_the_hidden_ones_do_and_its_program_repeats_it(hot: Grader) -> None:
    try_all(hot, FEW)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_other_papers_have_theirs_too(hot: Grader) -> None:
    try_all(hot, OTHERS)


def test_hidden_cases_have_no_influence_on_it(hot: Grader, cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Grade with and without a secret: other hidden cases, and the same public case to the bit."""
    found = []
    for catalog, seed in ((hot.catalog, 0), (hot.catalog.with_hidden_seed(HiddenSeed("one")), 7)):
        monkeypatch.setattr(hot, "catalog", catalog)
        monkeypatch.setattr(hot, "_expectations", Expectations(cache_dir))
        report = hot.grade(submission_of(FEW[0]), seed=seed)
        assert report.cause is not None
        twin = report.counterexample
        assert twin is not None
        found.append((twin.name, twin.inputs, twin.checks, twin.leaves, report.reproduction, report.cause.id))
    assert all(each == found[0] for each in found)


def test_what_is_accepted_or_fails_in_a_sample_costs_no_search(hot: Grader, paper) -> None:
    accepted, wrong = hot.grade(paper("accepted/eager")), hot.grade(paper("wrong_answer/bias-trains"))
    assert accepted.counterexample is accepted.reproduction is wrong.counterexample is None
    assert wrong.reproduction is not None
    assert (wrong.reproduction.case, wrong.reproduction.compared) == ("sample-1", ("frozen",))
    assert hot.grade(submission_of(FEW[0]), counterexample=False).counterexample is None


@pytest.mark.parametrize(
    "statement",
    [
        "import os; os._exit(0)",
        "open('/tmp/result', 'w')",
        "import numpy; numpy.ones(1 << 30)",
        "import no_such_package",
    ],
)
def test_what_another_machine_need_not_see_has_no_program(grader: Grader, statement: str) -> None:
    source = f"def freeze_first_dense(seed, x, y, lr):\n    {statement}\n    return [0.0, 0.0, 0.0]\n"
    report = grader.grade(Submission(problem=SLUG, source=source))
    assert report.verdict is not Verdict.ACCEPTED
    assert report.reproduction is None
