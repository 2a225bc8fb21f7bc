"""The Python client against a judge in a process of its own: blocking and not, one suite for both."""

import asyncio
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from judge.client import AsyncJudge, Judge, Refused, Unreachable
from tests.helpers.processes import Process, free_port
from tests.helpers.tiny_package import write_package
from tests.helpers.waiting import until_sync


@pytest.fixture(scope="module", autouse=True)
def _short_pauses():
    """A judging that was lost or failed is tried again soon."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_FIRST_SECONDS", "0.05")
        patch.setenv("TEST_RETRY_SECONDS", "0.05")
        yield


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    root = tmp_path_factory.mktemp("client")
    write_package(root / "problems", "twice")
    process = Process("serve", root / "data", obedient=root / "problems", port=free_port(), workers=2)
    with process.wait_until("/readyz"):
        yield process


class Blocking:
    """Calls a Judge."""

    def __init__(self, url: str, **more) -> None:
        self.judge = Judge(url, **more)

    def __call__(self, method: str, *args, **kwargs):
        return getattr(self.judge, method)(*args, **kwargs)

    def events(self, submission_id: str) -> list:
        return list(self.judge.follow(submission_id))


class NotBlocking:
    """Calls an AsyncJudge, in an event loop of its own for each call."""

    def __init__(self, url: str, **more) -> None:
        self._url, self._more = url, more

    def __call__(self, method: str, *args, **kwargs):
        async def call():
            async with AsyncJudge(self._url, **self._more) as judge:
                return await getattr(judge, method)(*args, **kwargs)

        return asyncio.run(call())

    def events(self, submission_id: str) -> list:
        async def call():
            async with AsyncJudge(self._url, **self._more) as judge:
                return [event async for event in judge.follow(submission_id)]

        return asyncio.run(call())


@pytest.fixture(params=[Blocking, NotBlocking])
def make(request):
    return request.param


@pytest.fixture
def call(make, server):
    return make(server.url, submitter="ann")


def test_grading_gives_the_report(call) -> None:
    answer = call("grade", "# verdict: wrong_answer\n", "twice")
    assert (answer.verdict, answer.finished) == ("wrong_answer", True)
    assert answer.report.cases[0].verdict == "wrong_answer"
    assert answer.report.provenance.package.startswith("sha256:")


def test_events_are_delivered_one_by_one(call) -> None:
    events = []
    answer = call("grade", "# cases: 3\n# seconds: 0.6\n", "twice", on_event=events.append)
    assert answer.verdict == "accepted"
    assert [event.data["number"] for event in events if event.kind == "case"] == [1, 2, 3]
    assert events[-1].kind == "report"


def test_many_programs_come_back_in_their_order_with_refusals_in_place(call) -> None:
    sources = ["# verdict: wrong_answer", " ", "# verdict: runtime_error", "x = 1"]
    delivered = []
    items = call("grade_many", sources, "twice", on_item=delivered.append)
    assert [item.index for item in items] == [0, 1, 2, 3]
    assert [item.answer and item.answer.verdict for item in items] == [
        "wrong_answer",
        None,
        "runtime_error",
        "accepted",
    ]
    assert (items[1].refused.status, items[1].refused.kind) == (422, "source-refused")
    assert sorted(item.index for item in delivered) == [0, 1, 2, 3]


def test_problems_are_listed_with_their_starters(call) -> None:
    assert [each.slug for each in call("problems")] == ["twice"]
    assert call("problem", "twice").starter.startswith("def twice")


def test_waiting_looking_and_cancelling(call) -> None:
    slow = [call("submit", f"# {number}\n# seconds: 3\n", "twice") for number in range(4)]
    last = call("cancel", slow[-1].id)
    assert (last.status, last.finished, last.report) == ("cancelled", True, None)
    assert not call("wait", slow[0], 0.1).finished
    assert call("wait", slow[0]).verdict == "accepted"
    assert call("get", slow[0].id).status == "done"


def test_what_the_judge_refuses_is_an_error_with_its_reason(call) -> None:
    with pytest.raises(Refused, match="no problem `no-such`") as refused:
        call("submit", "x", "no-such")
    assert (refused.value.status, refused.value.kind) == (422, "unknown-problem")
    with pytest.raises(Refused) as refused:
        call("get", "nonsense")
    assert refused.value.status == 404


def test_a_judge_that_is_not_there_is_unreachable_after_some_patience(make) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable):
        make(f"http://127.0.0.1:{free_port()}", patience=1.0)("problems")
    assert time.monotonic() - began < 10


@pytest.mark.storm
def test_a_restart_of_the_judge_is_not_noticed(make, tmp_path) -> None:
    write_package(tmp_path / "problems", "twice")
    port = free_port()
    with Process("serve", tmp_path / "data", obedient=tmp_path / "problems", port=port, workers=1) as process:
        process.wait_until("/readyz")
        answers = []
        call = make(process.url, patience=120)
        thread = threading.Thread(target=lambda: answers.append(call("grade", "# seconds: 2\n", on_event=print)))
        thread.start()
        time.sleep(1.0)
        process.kill()
        process.start()
        thread.join(120)
        assert [answer.verdict for answer in answers] == ["accepted"]
        assert process.stop() in (0, -signal.SIGTERM)


def test_judge_submit_says_the_verdict_and_exits_as_judge_grade_does(server, tmp_path) -> None:
    def submit(source: str, *more: str) -> subprocess.CompletedProcess:
        file = tmp_path / "solution.py"
        file.write_text(source)
        command = [sys.executable, "-m", "judge", "submit", str(file), "--url", server.url, *more]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    right = submit("x = 1\n")
    assert (right.returncode, "accepted" in right.stdout) == (0, True), right
    wrong = submit("# verdict: wrong_answer\n", "--json")
    assert (wrong.returncode, '"verdict": "wrong_answer"' in wrong.stdout) == (1, True), wrong
    assert submit("# verdict: judge_error\n# judge-errors: 0\n").returncode == 3
    unknown = submit("x = 1\n", "--problem", "no-such")
    assert (unknown.returncode, "no problem `no-such`" in unknown.stderr) == (2, True), unknown
    assert submit(" ").returncode == 2
    assert Path(tmp_path / "solution.py").exists()


def test_ctrl_c_in_judge_submit_and_judge_stop_end_a_run_and_say_so(server, tmp_path) -> None:
    def judge(*command: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "judge", *command, "--url", server.url], stderr=subprocess.PIPE, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip

    def running(count: int) -> list[str]:
        found = httpx.get(f"{server.url}/api/submissions", params={"status": "running"}).json()["items"]
        return [each["id"] for each in found] if len(found) == count else []

    file = tmp_path / "solution.py"
    file.write_text("# seconds: 90\n")
    submitting = judge("submit", str(file))
    (first,) = until_sync(lambda: running(1))
    submitting.send_signal(signal.SIGINT)
    _, said = submitting.communicate(timeout=30)
    assert (submitting.returncode, f"stopped {first}" in said) == (130, True), said
    until_sync(lambda: not running(1))
    submitting = judge("submit", str(file))
    (second,) = until_sync(lambda: running(1))
    stopping = judge("stop", second)
    said, _ = stopping.communicate(timeout=30)
    assert (stopping.returncode, said) == (0, f"{second}: stopped\n")
    _, said = submitting.communicate(timeout=30)
    assert (submitting.returncode, "was stopped" in said) == (1, True), said
    unknown = judge("stop", "nope")
    _, said = unknown.communicate(timeout=30)
    assert (unknown.returncode, "not stored here" in said) == (2, True), said
