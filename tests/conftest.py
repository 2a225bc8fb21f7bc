"""Fixtures that all tests share: one grader with real boxes, one cache, and the first problem's exam papers."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.submission import Submission, read_source

ROOT = Path(__file__).parents[1]
PAPERS = ROOT / "submissions" / "nnx-surgery-freeze"
SLUG = "nnx-surgery-freeze"
PATIENCE = 120.0  # seconds: a busy machine compiles the first problem's programs once, and all tests use them


@pytest.fixture(scope="session", autouse=True)
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of expected values and compiled programs, for this session's commands and servers as well.

    Filled once, from nothing, by all test processes; JUDGE_TEST_CACHE keeps it from one session to the next.
    """
    kept = os.environ.get("JUDGE_TEST_CACHE")
    base = tmp_path_factory.getbasetemp()  # a test process's own lies in the session's
    folder = Path(kept) if kept else (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "cache"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUDGE_CACHE", str(folder))
        patch.setenv("JUDGE_HIDDEN_SEED", "of the tests")  # or each server that is started would run references anew
        patch.setenv("XDG_CONFIG_HOME", str(base / "config"))  # clients keep their secret there
        yield folder


@pytest.fixture(scope="session")
def grader(cache_dir: Path) -> Iterator[Grader]:
    """Return a grader of two slots with both lanes, for the problems of this repository."""
    grader = Grader(Catalog([ROOT / "problems"]), cache_dir, 2, patience=PATIENCE)
    grader.warm(SLUG)
    yield grader
    grader.close()


@pytest.fixture(scope="session")
def paper():
    """Return a function: paper("wrong_answer/bias-trains") is the Submission of that paper of the first problem."""

    def read(name: str) -> Submission:
        return Submission(problem=SLUG, source=read_source((PAPERS / f"{name}.py").read_bytes()))

    return read
