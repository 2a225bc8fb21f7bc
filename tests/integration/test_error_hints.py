"""Programs that meet known errors, in real boxes: the verdict explains the error.

All programs of the catalogue take a minute: `-m slow`.
"""

from pathlib import Path

import pytest

from judge.grading.grader import Grader
from judge.submission import Submission
from judge.verdict import CauseKind, Verdict
from tests.conftest import SLUG

PROGRAMS = Path(__file__).parents[1] / "errors" / "programs"
OF_THE_BOX = "input-read network-unreachable network-refused subprocess-refused file-refused sandbox-refused".split()
USUAL = ["rngs-seed-not-whole", "module-missing", *OF_THE_BOX]


def explained(grader: Grader, name: str) -> str:
    source = (PROGRAMS / f"{name}.py").read_text()
    report = grader.grade(Submission(problem=SLUG, source=source), first_case_only=True)
    assert report.cause is not None
    assert report.cause.kind is CauseKind.EXCEPTION, report.message
    assert report.cause.hint
    assert report.summary.hint == report.cause.hint[:300]
    return report.cause.id


@pytest.mark.parametrize("name", USUAL)
def test_an_error_that_a_box_meets_is_explained(hot, name) -> None:
    assert explained(hot, name) == name


def test_an_update_with_its_arguments_swapped_raises_nothing_and_is_named_with_its_line(hot, paper) -> None:
    source = paper("accepted/eager").source.replace("update(model, masked)", "update(masked, model)")
    report = hot.grade(Submission(problem=SLUG, source=source))
    assert report.cause is not None
    assert (report.verdict, report.cause.id) == (Verdict.WRONG_ANSWER, "optimizer-update-swapped")
    assert "update(masked, model)" in source.splitlines()[report.line - 1]
    assert report.cause.explains[0] in {mistake.id for mistake in report.mistakes}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_error_of_the_catalogue_is_explained_from_a_box(hot) -> None:
    names = sorted(path.stem for path in PROGRAMS.glob("*.py"))
    assert {name: found for name in names if (found := explained(hot, name)) != name} == {}
