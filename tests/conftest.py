"""Fixtures that all tests share: one grader with real boxes, one cache, and the first problem's exam papers."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest
from xdist.remote import Producer

from judge.accounts import passwords
from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.submission import Submission, read_source
from tests.helpers.scheduling import ByFixtures

ROOT = Path(__file__).parents[1]
PAPERS = ROOT / "submissions" / "nnx-surgery-freeze"
SLUG = "nnx-surgery-freeze"
COMPILE_SECONDS = 240.0
# Folders, in the order in which their tests are handed out: the short ones fill the gaps at the end.
LONGEST_FIRST = ("docker", "browser", "integration", "attacks", "clients", "unit")
PATIENCE = 120.0  # seconds: a busy machine compiles the first problem's programs once, and all tests use them


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFixtures:
    """Return what decides which process runs which test."""
    return ByFixtures(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST_FIRST.index(item.path.relative_to(ROOT / "tests").parts[0]))


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
        patch.setenv("JUDGE_USUAL_OPERATIONS", "false")  # each server would spend half a minute of a processor on them
        patch.setenv("XDG_CONFIG_HOME", str(base / "config"))  # clients keep their secret there
        yield folder


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Hash passwords with the least work in this process: hundreds of tests sign in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def compiled(cache_dir: Path) -> None:
    """Have the first problem's programs compiled once: servers, commands and graders would each do it at a time."""
    with (cache_dir / "compiling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        grader = Grader(Catalog([ROOT / "problems"]), cache_dir)
        try:
            if not grader.compiled(SLUG):
                warming = grader.warm(SLUG)
                assert warming is not None
                assert warming.ready(COMPILE_SECONDS), warming.failure
                grader.grade(Submission(problem=SLUG, source=read_source((PAPERS / "accepted/eager.py").read_bytes())))
        finally:
            grader.close()


@pytest.fixture(scope="session")
def grader(cache_dir: Path, compiled: None) -> Iterator[Grader]:
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
