"""A real engine, and the image that the Dockerfile makes; without an engine everything here is skipped, loudly."""

import fcntl
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.helpers import processes

ROOT = Path(__file__).parents[2]
IMAGE = "judge-under-test"
BUILD_SECONDS = 1500


def docker(*words: str, check: bool = True, timeout: float = 600) -> subprocess.CompletedProcess[str]:
    """One docker command, its output as text."""
    environment = dict(os.environ)
    if not _has_buildkit():
        environment["DOCKER_BUILDKIT"] = "0"
    done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=timeout, env=environment)
    if check and done.returncode:
        raise AssertionError(
            f"docker {words[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )
    return done


def _has_buildkit() -> bool:
    return subprocess.run(["docker", "buildx", "version"], capture_output=True).returncode == 0


@pytest.fixture(scope="session")
def engine() -> None:
    """Skips where there is no Docker engine."""
    if shutil.which("docker") is None:
        pytest.skip("NO DOCKER: there is no docker command")
    answer = subprocess.run(["docker", "version"], capture_output=True, text=True)
    if answer.returncode:
        pytest.skip(f"NO DOCKER ENGINE (set DOCKER_HOST): {answer.stderr.strip()}")


@pytest.fixture(scope="session")
def image(engine: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The image, built from this tree: once, where several processes share the tests."""
    started = time.monotonic()
    with (tmp_path_factory.getbasetemp().parent / "image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        docker("build", "--network", "host", "-t", IMAGE, str(ROOT), timeout=BUILD_SECONDS)
    size = int(docker("image", "inspect", "--format", "{{.Size}}", IMAGE).stdout)
    print(f"\nimage: {size / 1e6:.0f} MB, built in {time.monotonic() - started:.0f} s")
    return IMAGE


@pytest.fixture
def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    return processes.free_port()
