"""A host that is short of threads, memory or disk is no program's fault; a program that is short of its own is."""

import contextlib
import os
import resource
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.errors import HostShortage
from judge.grading import patience, reference
from judge.grading.grader import Grader
from judge.grading.patience import grade_patiently
from judge.grading.reference_queue import ReferencePending
from judge.inside.layers import MAX_THREADS, USER_SLACK
from judge.problems.catalog import Catalog
from judge.submission import Submission
from judge.verdict import Fault, Verdict
from tests.helpers import fates
from tests.helpers.fates import RIGHT, heals, write_plain
from tests.helpers.faults import processes
from tests.helpers.waiting import until_sync

pytestmark = pytest.mark.timeout(120)

# Right programs that need a little of what the host may lack.
THREADS = """
import threading
def twice(x, scale):
    found = []
    threads = [threading.Thread(target=found.append, args=(2 * scale * x,)) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found[0]
"""
JAX = "import jax.numpy as jnp\ndef twice(x, scale):\n    return float(2 * scale * jnp.ones(3)[0]) * x\n"
MEMORY = "def twice(x, scale):\n    assert len(bytearray(48 << 20)) > 1\n    return 2 * scale * x\n"
FILLED = """
import os, sys, threading
count, uid = map(int, sys.argv[1:])
os.setresuid(uid, uid, uid)
threading.stack_size(1 << 16)
over = threading.Event()
for _ in range(count):
    threading.Thread(target=over.wait, daemon=True).start()
print("full", flush=True)
sys.stdin.read()
"""
# Programs that run into limits of their own, or say so.
OWN = {
    "starts-threads": "import threading as t\nover = t.Event()\nwhile True:\n    t.Thread(target=over.wait).start()",
    "allocates": "kept = []\nwhile True:\n    kept.append(bytearray(1 << 24))",
    "allocates-at-once": "return bytearray(1 << 45)",
    "raises-a-memory-error": "raise MemoryError",
    "raises-thread-words": 'raise RuntimeError("can\'t start new thread")',
    "raises-memory-words": "raise OSError(12, 'Cannot allocate memory')",
    "aborts-with-such-words": "import os, sys\nprint('pthread_create() failed', file=sys.stderr)\nos.abort()",
    "terminates-itself": "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "breaks-what-runs-it": "import sys\nsys.modules['judge_inside.child']._reply_to = None\nreturn 2 * scale * x",
}
MEMORY_ENDED = ("allocates", "allocates-at-once", "raises-a-memory-error")


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    folder = tmp_path_factory.mktemp("shortage")
    write_plain(folder / "problems")
    made = Grader(Catalog([folder / "problems"]), folder / "cache", fast=False)
    heals(made, "plain")
    yield made
    made.close()


@contextlib.contextmanager
def threads_taken(uid: int) -> Iterator[None]:
    """Have other processes of a box's user hold nearly all the threads that the user may have."""
    command = [sys.executable, "-S", "-c", FILLED, str(MAX_THREADS * USER_SLACK), str(uid)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            if process.stdout.readline() != "full\n":
                pytest.skip("this host does not have so many threads")
            yield
        finally:
            process.stdin.close()


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives a box a user of its own")
@pytest.mark.parametrize("source", [THREADS, pytest.param(JAX, marks=pytest.mark.slow)], ids=["threads", "jax"])
def test_threads_that_others_hold_are_the_judge_s_fault(grader: Grader, monkeypatch, source) -> None:
    monkeypatch.setattr(patience, "FAULT_PAUSES", (0.0,))
    with threads_taken(grader.pool._users.of(0)):
        with pytest.raises(HostShortage):
            grader.grade(Submission(problem="plain", source=source))
        report = grade_patiently(grader, Submission(problem="plain", source=source))
    assert fates.sound(report) == "judge_error"
    assert "host" in report.message
    heals(grader, "plain", source)


def test_memory_that_the_box_did_not_use_is_the_judge_s_fault(grader: Grader) -> None:
    heals(grader, "plain", MEMORY)
    [zygote] = processes(grader, "zygote", "")
    status = Path(f"/proc/{zygote}/status").read_text()
    size = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmSize")) << 10
    everything = resource.prlimit(zygote, resource.RLIMIT_AS)
    resource.prlimit(zygote, resource.RLIMIT_AS, (size + (24 << 20), everything[1]))
    try:
        with pytest.raises(HostShortage):
            grader.grade(Submission(problem="plain", source=MEMORY))
    finally:
        resource.prlimit(zygote, resource.RLIMIT_AS, everything)
    heals(grader, "plain", MEMORY)


@pytest.mark.parametrize("name", OWN)
def test_a_program_that_runs_into_its_own_limit_or_says_so_is_at_fault(grader: Grader, name: str) -> None:
    source = "def twice(x, scale):\n" + textwrap.indent(OWN[name], "    ") + "\n"
    report = grader.grade(Submission(problem="plain", source=source))
    verdict = Verdict.MEMORY_LIMIT_EXCEEDED if name in MEMORY_ENDED else Verdict.RUNTIME_ERROR
    assert report.verdict is verdict, report.message
    assert report.score == (0.2 if name == "breaks-what-runs-it" else 0.0)  # after its first case
    assert report.outcome.fault is Fault.SUBMISSION
    assert (report.outcome.attempt, report.outcome.retry) == (True, False)
    heals(grader, "plain")


@contextlib.contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """Make the folder a file system on which nothing is left."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        (folder / "filled").write_bytes(b"x" * 4096)
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("kept", ["expected", pytest.param("packages", marks=pytest.mark.slow)])
@pytest.mark.parametrize("apart", [pytest.param(False, marks=pytest.mark.slow), True])
def test_a_full_disk_is_the_judge_s_fault_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str, apart: bool
) -> None:
    monkeypatch.setattr(reference, "FAULT_SECONDS", 0.3)
    write_plain(tmp_path / "problems")
    grader = Grader(Catalog([tmp_path / "problems"]), tmp_path / "cache", fast=False, apart=apart)
    submission = Submission(problem="plain", source=RIGHT)

    def short_of_disk() -> str:
        try:
            grader.grade(submission, seed=1)
        except HostShortage as shortage:
            return str(shortage)
        except ReferencePending:
            return ""
        raise AssertionError("it has a verdict")

    try:
        if kept == "packages":
            shutil.rmtree(tmp_path / "cache" / kept)
        with full_disk(tmp_path / "cache" / kept):
            assert "No space left on device" in until_sync(short_of_disk, 60)
            assert [each.name for each in (tmp_path / "cache" / kept).rglob("*") if each.is_file()] == ["filled"]
        until_sync(lambda: fates.fate(grader, "plain", seed=1) == "accepted", 60)
    finally:
        grader.close()
