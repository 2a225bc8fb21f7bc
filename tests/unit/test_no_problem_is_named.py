"""The judge knows no problem by name: a new problem is a new folder, and nothing else."""

from pathlib import Path

import pytest

import judge
from judge.problems.catalog import Catalog

JUDGE = Path(judge.__file__).parent
PROBLEMS = Catalog([JUDGE.parent / "problems"]).problems()


def texts() -> dict[str, str]:
    files = [path for path in JUDGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(JUDGE).as_posix(): path.read_bytes().decode("utf-8", "replace") for path in files}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.slug)
def test_no_file_of_the_judge_names_a_problem_or_its_entry_point(problem):
    named = [name for name, text in texts().items() if problem.slug in text or problem.entry in text]
    assert named == []


def test_there_are_problems_and_files_to_look_for():
    assert PROBLEMS
    assert "grading/grader.py" in texts()
