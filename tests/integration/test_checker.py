"""The checker process: the limits of a check, whose fault each failure is, and jobs whose process ends."""

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from judge.errors import PackageFault, SandboxFault
from judge.evidence import Evidence
from judge.grading.checker import Checker, CheckerJob, client
from judge.grading.checker import job as job_module
from judge.inside import wire
from judge.problems.load import load_problem
from judge.problems.problem import Problem
from judge.problems.snapshot import Snapshots
from judge.sandbox.box import Ending, Reply
from judge.verdict import Verdict
from tests.helpers.tiny_package import write_package

CHECK = """\
import numpy as np

from judge.checking import close


def check(case, expected, actual):
    if isinstance(actual.value, dict):
        exec(actual.value["do"])
    yield close("value", actual.value, expected.value, rtol=1e-5)
"""
RIGHT = Evidence(value=np.ones((2, 3), np.float32))
SPIN = "while True: pass"
ALLOCATE = "np.ones(1 << 28)"
DIE = "import os, signal; os.kill(os.getpid(), signal.{})"


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    return load_problem(write_package(tmp_path_factory.mktemp("checker"), check_py=CHECK))


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Snapshots:
    return Snapshots(tmp_path_factory.mktemp("cache") / "packages")


@pytest.fixture(scope="module")
def checker(snapshots: Snapshots) -> Iterator[Checker]:
    made = Checker(snapshots)
    yield made
    made.close()


def job_of(checker: Checker, problem: Problem, source: str = "a\nb\n") -> CheckerJob:
    return checker.job(problem, problem.cases(), (RIGHT,) * 5, source)


def reply(value: object, nonce: str = "n", **more: object) -> Reply:
    tree = {
        "nonce": "n",
        "value": value,
        "type": "x",
        "raised": None,
        "observed": [],
        "extra_values": {},
        "facts": {},
        **more,
    }
    ((header, body),) = wire.FrameReader(1 << 26).frames(wire.encode("reply", tree))
    return Reply(header=header, body=body, nonce=nonce, time_ms=1.0)


def check_all(checker: Checker, problem: Problem, *values: object) -> list[object]:
    job = job_of(checker, problem)
    for index, value in enumerate(values):
        job.take(index, value if isinstance(value, Reply) else reply(value))
    return [each.result.verdict if each.result else each.rejected for each in job.results()]


def test_replies_are_checked_in_order(checker: Checker, problem: Problem) -> None:
    values = RIGHT.value, RIGHT.value * 2, [[1] * 3] * 2
    assert check_all(checker, problem, *values) == [Verdict.ACCEPTED, Verdict.WRONG_ANSWER, Verdict.ACCEPTED]


def test_the_lane_that_begins_anew_forgets_what_the_first_one_said(checker: Checker, problem: Problem) -> None:
    job = job_of(checker, problem)
    job.take(0, reply(RIGHT.value * 2))
    job.take(1, reply(RIGHT.value * 2))
    job.take(0, reply(RIGHT.value))
    assert [each.result.verdict for each in job.results()] == [Verdict.ACCEPTED]


def test_a_job_that_has_replies_waiting_has_no_room(checker: Checker, problem: Problem) -> None:
    job = job_of(checker, problem)
    assert job.has_room()
    job.take(0, reply({"do": "import time; time.sleep(0.3)"}))
    job.take(1, reply(RIGHT.value))
    assert not job.has_room()
    job.results()
    assert job.has_room()


@pytest.mark.parametrize(
    "bad", [reply(1, nonce="other"), replace(reply(1), header=b"{}"), replace(reply(1), header=b"[" * 99_999)]
)
def test_what_is_no_reply_ends_the_job_there(checker: Checker, problem: Problem, bad: Reply) -> None:
    verdict, rejected = check_all(checker, problem, RIGHT.value, bad, RIGHT.value)
    assert verdict is Verdict.ACCEPTED
    assert rejected[0] is Ending.BAD_REPLY


def test_a_value_that_the_check_did_not_think_of_is_a_wrong_answer(checker: Checker, problem: Problem) -> None:
    for do in ("1 / 0", "def f(): f()\nf()", "int(float('nan'))", "raise AssertionError('odd')"):
        assert check_all(checker, problem, {"do": do}, RIGHT.value) == [Verdict.WRONG_ANSWER, Verdict.ACCEPTED], do


def test_a_check_that_fails_on_the_reference_is_the_package_s_fault(checker: Checker, tmp_path: Path) -> None:
    broken = "def check(case, expected, actual):\n    yield 1 / 0\n"
    problem = load_problem(write_package(tmp_path, check_py=broken))
    with pytest.raises(PackageFault, match=r"check\.py:2: .*ZeroDivisionError"):
        check_all(checker, problem, RIGHT.value)


def test_a_check_that_names_no_known_mistake_is_the_package_s_fault(checker: Checker, tmp_path: Path) -> None:
    lookup = "MISTAKE = 'no' + '-such'\n\n\n"
    made = "yield Check(id='v', passed=np.array_equal(expected.value, actual.value), mistake=MISTAKE)"
    imports = "import numpy as np\n\nfrom judge.verdict import Check\n\n"
    source = f"{imports}{lookup}def check(case, expected, actual):\n    {made}\n"
    problem = load_problem(write_package(tmp_path, check_py=source))
    with pytest.raises(PackageFault, match="no-such"):
        check_all(checker, problem, RIGHT.value, RIGHT.value, 2 * RIGHT.value)


def test_memory_beyond_the_limit_is_the_submission_s_fault(checker: Checker, problem: Problem) -> None:
    (rejected,) = check_all(checker, problem, {"do": ALLOCATE}, RIGHT.value)
    assert rejected == (Ending.OUTPUT_LIMIT, "the result is too large to be compared")
    assert check_all(checker, problem, RIGHT.value) == [Verdict.ACCEPTED]


def test_time_beyond_the_limit_is_the_submission_s_fault(checker: Checker, problem: Problem, monkeypatch) -> None:
    monkeypatch.setattr(job_module, "CPU_SECONDS", 0.3)
    began = time.monotonic()
    (rejected,) = check_all(checker, problem, {"do": SPIN}, {"do": SPIN}, {"do": SPIN})
    assert rejected[0] is Ending.OUTPUT_LIMIT
    assert "CPU time" in rejected[1]
    assert time.monotonic() - began < 60
    assert check_all(checker, problem, RIGHT.value) == [Verdict.ACCEPTED]


def test_a_check_that_takes_for_ever_on_the_reference_is_the_package_s_fault(
    checker: Checker, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(job_module, "CPU_SECONDS", 0.3)
    problem = load_problem(
        write_package(tmp_path, check_py="def check(case, expected, actual):\n    while True: pass\n")
    )
    with pytest.raises(PackageFault, match="takes more than"):
        check_all(checker, problem, RIGHT.value)


def test_a_reply_that_breaks_the_checker_is_the_submission_s_fault(checker: Checker, problem: Problem) -> None:
    (rejected,) = check_all(checker, problem, {"do": DIE.format("SIGSEGV")}, RIGHT.value)
    assert rejected[0] is Ending.OUTPUT_LIMIT


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
def test_a_checker_that_is_killed_from_outside_is_the_judge_s_fault(
    checker: Checker, problem: Problem, name: str
) -> None:
    with pytest.raises(SandboxFault, match="killed from outside"):
        check_all(checker, problem, {"do": DIE.format(name)})
    assert check_all(checker, problem, RIGHT.value) == [Verdict.ACCEPTED]


def test_a_checker_that_is_killed_between_two_replies_is_the_judge_s_fault(checker: Checker, problem: Problem) -> None:
    job = job_of(checker, problem)
    job.take(0, reply(RIGHT.value))
    assert len(job.results()) == 1
    assert checker.pid is not None
    os.kill(checker.pid, signal.SIGKILL)
    job.take(1, reply(RIGHT.value))
    with pytest.raises(SandboxFault, match="killed from outside"):
        job.results()
    assert check_all(checker, problem, RIGHT.value) == [Verdict.ACCEPTED]


def test_a_checker_that_died_between_jobs_is_started_again(checker: Checker, problem: Problem) -> None:
    check_all(checker, problem, RIGHT.value)
    assert checker.pid is not None
    os.kill(checker.pid, signal.SIGKILL)
    assert check_all(checker, problem, RIGHT.value) == [Verdict.ACCEPTED]


def test_more_problems_than_are_kept_are_loaded_again(checker: Checker, problem: Problem) -> None:
    for number in range(2 * client.KEPT):
        wanted = Evidence(value=np.full(2, number, np.float32))
        job = checker.job(problem, problem.cases(), (wanted,) * 5, "")
        job.take(0, reply(np.full(2, number, np.float32)))
        assert [each.result.verdict for each in job.results()] == [Verdict.ACCEPTED]
    assert check_all(checker, problem, RIGHT.value) == [Verdict.ACCEPTED]


def test_the_checker_is_not_dumpable_so_that_no_process_of_its_user_reads_its_memory(
    checker: Checker, problem: Problem
) -> None:
    get_dumpable = "import ctypes, os, signal; ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)"
    crash = "os.kill(os.getpid(), signal.SIGSEGV)"
    assert check_all(checker, problem, {"do": f"{get_dumpable} and {crash}"}) == [Verdict.WRONG_ANSWER]
    ((ending, _),) = check_all(checker, problem, {"do": f"{get_dumpable} or {crash}"})
    assert ending is Ending.OUTPUT_LIMIT  # the control: a process that is not dumpable takes this way


def test_the_checker_s_files_are_root_s_and_it_ends_with_the_judge(problem: Problem, snapshots: Snapshots) -> None:
    checker = Checker(snapshots)
    check_all(checker, problem, RIGHT.value)
    pid = checker.pid
    assert pid is not None
    assert Path(f"/proc/{pid}/environ").stat().st_uid == 0
    checker.close()
    assert not Path(f"/proc/{pid}").exists()
    checker.close()


def test_a_package_that_is_edited_while_the_judge_runs_is_judged_as_it_was(
    tmp_path: Path, snapshots: Snapshots
) -> None:
    problem = load_problem(write_package(tmp_path, check_py=CHECK))
    snapshots.keep(problem)
    (problem.folder / "check.py").write_text("def check(case, expected, actual):\n    yield 1 / 0\n")
    checker = Checker(snapshots)
    try:
        assert check_all(checker, problem, RIGHT.value) == [Verdict.ACCEPTED]
        assert not list(snapshots.path(problem).parent.parent.glob("new-*"))
    finally:
        checker.close()
