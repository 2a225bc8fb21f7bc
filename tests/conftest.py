"""What all tests share: one grader with real boxes, and the first problem's exam papers."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.grading import Grader
from judge.problems.catalog import Catalog
from judge.submission import Submission, read_source

ROOT = Path(__file__).parents[1]
PAPERS = ROOT / "submissions" / "nnx-surgery-freeze"
SLUG = "nnx-surgery-freeze"


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """References' values and compiled programs of this test session: filled once, from nothing."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def grader(cache_dir: Path) -> Iterator[Grader]:
    """A grader of two slots with all lanes on, for the problems of this repository."""
    grader = Grader(Catalog([ROOT / "problems"]), cache_dir, 2)
    grader.warm(SLUG)
    yield grader
    grader.close()


@pytest.fixture(scope="session")
def paper():
    """paper("wrong_answer/bias-trains") -> the Submission of that exam paper of the first problem."""

    def read(name: str) -> Submission:
        return Submission(problem=SLUG, source=read_source((PAPERS / f"{name}.py").read_bytes()))

    return read
