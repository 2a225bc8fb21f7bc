"""`judge serve` as it is installed, with real boxes: a POST becomes a verdict, a crash loses nothing, nothing is left.

JUDGE_TEST_FULL=1 sends 200 submissions in a row instead of 12.
"""

import os
import time
from pathlib import Path

import httpx
import pytest

from tests.helpers.process_tree import children, describe, gone, resident_mib
from tests.helpers.processes import Process, free_port
from tests.helpers.tiny_package import write_package

FULL = bool(os.environ.get("JUDGE_TEST_FULL"))
IN_A_ROW = 200 if FULL else 12
PAPERS = Path(__file__).parents[2] / "submissions" / "nnx-surgery-freeze"
PROBLEM = Path(__file__).parents[2] / "problems" / "nnx-surgery-freeze"
SLUG = {"problem": "nnx-surgery-freeze"}
SHORT = "def freeze_first_dense(seed, x, y, lr):\n    return x\n"
MEMORY_MIB = 40  # how much more the service may hold after many submissions


@pytest.fixture(scope="module")
def server(tmp_path_factory, cache_dir, compiled):
    data = tmp_path_factory.mktemp("serve")
    with Process("serve", data, port=free_port(), workers=1, cache=cache_dir, problems=PROBLEM) as process:
        yield process.wait_until("/readyz")


def post(server: Process, paper: str, **more) -> httpx.Response:
    source = (PAPERS / f"{paper}.py").read_bytes()
    files, params = {"file": ("solution.py", source)}, {"wait": 60} | more
    return httpx.post(f"{server.url}/api/submissions", params=params, data=SLUG, files=files, timeout=90)


@pytest.mark.parametrize("paper", ["accepted/eager", "accepted/crlf-line-ends", "wrong_answer/bias-trains"])
def test_a_file_becomes_a_verdict(server, paper) -> None:
    response = post(server, paper)
    assert response.status_code == 201
    report = response.json()["report"]
    assert report["verdict"] == paper.partition("/")[0], report["message"]
    assert report["provenance"]["flax"] == "0.12.6"
    assert report["provenance"]["worker"] == response.json()["worker"]


@pytest.mark.parametrize(
    ("source", "verdict", "words"),
    [
        ("def freeze_first_dense(seed, x, y, lr)\n    return x\n", "compile_error", "SyntaxError"),
        ("def other(seed, x, y, lr):\n    return x\n", "compile_error", "freeze_first_dense"),
        ("def freeze_first_dense(seed, x):\n    return x\n", "compile_error", "freeze_first_dense"),
        ("import nonexistent\n\n\n" + SHORT, "compile_error", "nonexistent"),
        ("def freeze_first_dense(seed, x, y, lr):\n    return 1 / 0\n", "runtime_error", "ZeroDivisionError"),
    ],
    ids=["syntax", "no function", "wrong arity", "unknown import", "raises"],
)
def test_a_program_that_can_not_run_is_told_why(server, source, verdict, words) -> None:
    body = {**SLUG, "source": source}
    response = httpx.post(f"{server.url}/api/submissions", params={"wait": 60}, json=body, timeout=90)
    report = response.json()["report"]
    assert report["verdict"] == verdict
    assert words in report["message"]


@pytest.mark.storm
def test_many_in_a_row_leave_no_process_no_descriptor_and_no_memory(server) -> None:
    for _ in range(3):
        assert post(server, "accepted/eager").json()["verdict"] == "accepted"
    before = used(server)
    papers = ["accepted/eager", "wrong_answer/bias-trains", "runtime_error/raises-in-the-call"]
    for number in range(IN_A_ROW):
        paper = papers[number % len(papers)]
        verdict = post(server, paper).json()["verdict"]
        assert verdict == paper.partition("/")[0]
    deadline = time.monotonic() + 20
    while (after := used(server))[0] > before[0] and time.monotonic() < deadline:
        time.sleep(0.2)
    print(f"\n{IN_A_ROW} in a row: processes, descriptors, resident MiB {before} -> {after}")
    assert after[0] <= before[0] + 1  # a zygote may have been replaced just now
    assert after[1] <= before[1] + 4
    assert after[2] <= before[2] + MEMORY_MIB


@pytest.mark.storm
def test_killed_while_judging_it_judges_after_the_restart_and_its_boxes_die_with_it(tmp_path, cache_dir) -> None:
    sleeper = "import time\n\n\ndef twice(x, scale):\n    time.sleep(0.5)\n    return [1, 2, 2]\n"
    problem = write_package(tmp_path)
    with Process("serve", tmp_path / "data", port=free_port(), workers=1, cache=cache_dir, problems=problem) as process:
        process.wait_until("/readyz")
        sent = httpx.post(f"{process.url}/api/submissions", json={"problem": "twice", "source": sleeper})
        place = process.url + sent.headers["location"]
        while httpx.get(place).json()["status"] != "running":
            time.sleep(0.05)
        boxes = children(process.pid)
        assert boxes
        process.kill()
        assert [describe(box) for box in boxes if not gone(box, 5.0)] == []
        process.start()
        process.wait_until()
        judged = httpx.get(place, params={"wait": 60}, timeout=90).json()
        if judged["status"] != "done":
            judged = httpx.get(place, params={"wait": 60}, timeout=90).json()
        assert (judged["verdict"], judged["attempts"]) == ("wrong_answer", 2)
        boxes = children(process.pid)
        process.stop()
        assert [describe(box) for box in boxes if not gone(box, 5.0)] == []


def used(server: Process) -> tuple[int, int, float]:
    """Processes, open descriptors and resident MiB of the service itself."""
    descriptors = len(os.listdir(f"/proc/{server.pid}/fd"))
    return len(children(server.pid)), descriptors, resident_mib(server.pid)
