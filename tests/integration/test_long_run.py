"""200 submissions in a row through one `judge serve`: every verdict right, and nothing left over."""

import os
from pathlib import Path

import httpx
import pytest

from tests.browser.server import Server
from tests.conftest import PAPERS, SLUG
from tests.helpers.process_tree import descendants, resident_mib

SUBMISSIONS = 200
SETTLED = 60  # submissions after which memory must stay as it is
SLACK_MIB = 40.0  # of the service: arenas, SQLite's cache
PAPERS_IN_TURN = [  # with the verdict that each must get
    ("accepted/eager", "accepted"),
    ("wrong_answer/bias-trains", "wrong_answer"),
    ("accepted/nnx-jit", "accepted"),
    ("compile_error/unclosed-bracket", "compile_error"),
    ("wrong_answer/two-steps", "wrong_answer"),
    ("hostile/forks", None),
    ("accepted/prints", "accepted"),
    ("hostile/exits-with-zero", None),
]


def state(pid: int) -> tuple[int, int]:
    """Processes below the service, and its open descriptors."""
    return len(descendants(pid)), len(os.listdir(f"/proc/{pid}/fd"))


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_two_hundred_submissions_leave_nothing_behind(tmp_path: Path) -> None:
    server = Server(tmp_path)
    server.start()
    try:
        pid = server.pid
        mine = {"Authorization": "Bearer the-clients-own-token"}
        with httpx.Client(base_url=server.url, timeout=90, headers=mine) as client:
            for number in range(SUBMISSIONS):
                name, verdict = PAPERS_IN_TURN[number % len(PAPERS_IN_TURN)]
                source = (PAPERS / f"{name}.py").read_text()
                answer = client.post("/api/submissions", params={"wait": 60}, json={"problem": SLUG, "source": source})
                assert answer.status_code == 201
                while (report := answer.json()["report"]) is None:  # a machine that is busy with something else
                    answer = client.get(f"/api/submissions/{answer.json()['id']}", params={"wait": 60})
                assert report["verdict"] == verdict or (verdict is None and report["verdict"] != "accepted")
                assert report["verdict"] != "judge_error"
                if number == SETTLED:
                    before, memory = state(pid), resident_mib(pid)
            after, grown = state(pid), resident_mib(pid) - memory
        print(f"processes {before[0]} -> {after[0]}, descriptors {before[1]} -> {after[1]}, memory +{grown:.1f} MiB")
        assert after[0] <= before[0]
        assert after[1] <= before[1] + 4  # a kept-alive connection or two
        assert grown < SLACK_MIB
    finally:
        server.stop()
    assert not descendants(pid)
