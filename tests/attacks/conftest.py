"""One target and two graders, one a lane, for all attacks."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.sandbox.doctor.target import Target
from tests.attacks.range import Range, write_problems


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    with Target() as made:
        yield made


@pytest.fixture(scope="session")
def canary() -> str:
    return f"canary-{secrets.token_hex(16)}"


@pytest.fixture(scope="session")
def problems(tmp_path_factory: pytest.TempPathFactory, target: Target, canary: str) -> Path:
    return write_problems(tmp_path_factory.mktemp("problems"), target, canary)


def _range(lane: str, problems: Path, factory: pytest.TempPathFactory, target: Target, canary: str) -> Iterator[Range]:
    made = Range(problems, factory.mktemp("cache"), target, canary, lane)
    yield made
    made.close()


@pytest.fixture(scope="session")
def full_lane(problems: Path, tmp_path_factory: pytest.TempPathFactory, target: Target, canary: str) -> Iterator[Range]:
    yield from _range("full", problems, tmp_path_factory, target, canary)


@pytest.fixture(scope="session")
def fast_lane(problems: Path, tmp_path_factory: pytest.TempPathFactory, target: Target, canary: str) -> Iterator[Range]:
    yield from _range("fast", problems, tmp_path_factory, target, canary)


@pytest.fixture(scope="session", params=["full", "fast"])
def lane(request: pytest.FixtureRequest) -> Range:
    made: Range = request.getfixturevalue(f"{request.param}_lane")
    return made
