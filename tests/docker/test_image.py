"""The image under a real engine: it judges, and no attack gets out, with as few rights as an operator may give it."""

import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.docker.conftest import ROOT, docker

pytestmark = [pytest.mark.docker, pytest.mark.timeout(2400)]

PAPERS = ROOT / "submissions" / "nnx-surgery-freeze"
NEWEST_PROFILE = os.environ.get("JUDGE_TEST_SECCOMP_PROFILE", "")
LEAST = ("--cap-drop", "ALL", "--read-only", "--tmpfs", "/tmp", "--security-opt", "no-new-privileges")
READY_SECONDS = 240
ANSWER_SECONDS = 60
SETUPS = {
    "as its user": ((), {"landlock", "seccomp"}),
    "as root": (("--user", "0"), {"landlock", "seccomp", "uid"}),
    "with the least rights": (LEAST, {"landlock", "seccomp"}),
    "with the newest profile": (("--security-opt", f"seccomp={NEWEST_PROFILE}"), {"landlock", "seccomp"}),
}
setups = pytest.mark.parametrize("setup", SETUPS)


def options(setup: str) -> tuple[str, ...]:
    if "newest" in setup and not Path(NEWEST_PROFILE).is_file():
        pytest.skip("NO SECCOMP PROFILE: set JUDGE_TEST_SECCOMP_PROFILE to Docker's newest default")
    return SETUPS[setup][0]


@setups
def test_no_attack_gets_out_of_a_container(image: str, setup: str) -> None:
    done = docker("run", "--rm", "--network", "host", *options(setup), image, "doctor", "--full", "--json", check=False)

    found = json.loads(done.stdout)
    assert found["through"] == []
    assert found["fault"] is None
    assert done.returncode == 0
    assert found["attacks"] > 150
    assert {layer["layer"] for layer in found["layers"] if layer["on"]} >= SETUPS[setup][1]
    print(f"\n{setup}: {found['attacks']} attacks, layers {[x['layer'] for x in found['layers'] if x['on']]}")


@setups
def test_a_container_tells_right_from_wrong(image: str, setup: str, free_port: int) -> None:
    started = time.monotonic()
    name = f"judge-test-{free_port}"
    settings = ("-e", "JUDGE_HOST=127.0.0.1", "-e", f"JUDGE_PORT={free_port}", "-e", "JUDGE_WORKERS=1")
    docker("run", "-d", "--name", name, "--network", "host", *settings, *options(setup), image)
    try:
        right = submit(free_port, PAPERS / "accepted" / "eager.py")
        first_verdict = time.monotonic() - started
        wrong = submit(free_port, PAPERS / "wrong_answer" / "bias-trains.py")
        healthy = wait_until_healthy(name)
        stopped = stop(name)
    finally:
        logs = docker("logs", name, check=False)
        docker("rm", "-f", "-v", name)

    assert right["verdict"] == "accepted", right["message"]
    assert wrong["verdict"] == "wrong_answer", wrong["message"]
    assert SETUPS[setup][1] <= set(right["provenance"]["sandbox"])
    assert healthy, logs.stdout[-3000:]
    assert stopped == 0
    print(f"\n{setup}: first verdict {first_verdict:.1f} s after `docker run`")


def test_an_image_holds_neither_a_compiler_nor_pip_and_belongs_to_root(image: str) -> None:
    look = (
        "for tool in gcc cc ld pip pip3 uv; do command -v $tool && exit 1; done; python -m pip --version && exit 2; "
        "test -w /opt/judge && exit 3; test -w /usr/local && exit 4; test $(id -u) = 10001 || exit 5; exit 0"
    )
    done = docker("run", "--rm", "--network", "none", "--entrypoint", "sh", image, "-c", look, check=False)
    assert done.returncode == 0, done.stdout


def test_a_container_that_hides_no_files_judges_nothing(image: str, tmp_path: Path) -> None:
    """Docker's profile, less Landlock: nothing hides the judge's files, and the doctor says so."""
    refusing = {"names": ["landlock_create_ruleset"], "action": "SCMP_ACT_ERRNO"}
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [refusing]}))
    without = ("--security-opt", f"seccomp={profile}", "--security-opt", "apparmor=unconfined", "--cap-drop", "ALL")
    done = docker("run", "--rm", "--network", "host", *without, image, "doctor", "--json", check=False)

    found = json.loads(done.stdout)
    if any(layer["layer"] == "namespaces" and layer["on"] for layer in found["layers"]):
        assert done.returncode == 0
        pytest.skip("this engine lets even an ordinary user have namespaces")
    assert done.returncode == 3
    assert "landlock" in found["fault"]
    refused = docker("run", "--rm", "--network", "host", *without, image, check=False, timeout=120)
    assert refused.returncode == 3
    assert "nothing can be judged here" in refused.stderr


def submit(port: int, paper: Path) -> dict[str, Any]:
    """The report on a paper, asked for until the judge is ready to judge it."""
    body = json.dumps({"problem": "nnx-surgery-freeze", "source": paper.read_text()}).encode()
    url = f"http://127.0.0.1:{port}/api/submissions?wait={ANSWER_SECONDS}"
    mine = {"Authorization": "Bearer the-clients-own-token"}
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **mine})
    answer = ask_until_answered(request)
    deadline = time.monotonic() + READY_SECONDS
    while answer["status"] != "done" and time.monotonic() < deadline:
        answer = ask_until_answered(
            urllib.request.Request(f"http://127.0.0.1:{port}/api/submissions/{answer['id']}?wait=30", headers=mine)
        )
    assert answer["status"] == "done", answer
    report: dict[str, Any] = answer["report"]
    return report


def ask_until_answered(request: urllib.request.Request) -> dict[str, Any]:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS + 30) as answer:
                got: dict[str, Any] = json.load(answer)
                return got
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def wait_until_healthy(name: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if docker("inspect", "--format", "{{.State.Health.Status}}", name).stdout.strip() == "healthy":
            return True
        time.sleep(0.5)
    return False


def stop(name: str) -> int:
    docker("stop", "--time", "40", name)
    return int(docker("inspect", "--format", "{{.State.ExitCode}}", name).stdout)
