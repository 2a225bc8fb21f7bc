"""The process that imports JAX before the judge's own imports: taken once, ended where nobody takes it."""

import subprocess
import sys
import time

import pytest

from judge import prestart
from judge.sandbox.zygote_client import Zygote, ZygoteConfig
from tests.helpers.waiting import until_sync


@pytest.fixture(autouse=True)
def _none_is_left():
    yield
    prestart.discard()


@pytest.mark.parametrize(
    "arguments", [[], ["show"], ["--version"], ["serve", "--help"], ["problems", "serve"], ["doctor"]]
)
def test_commands_that_judge_nothing_start_nothing(arguments: list[str]) -> None:
    prestart.prestart(arguments)
    assert prestart.take() is None


def test_a_zygote_takes_it_once_and_serves_as_any_other() -> None:
    prestart.prestart(["serve"])
    taken, other = Zygote(ZygoteConfig()), None
    try:
        early = taken.wait()
        other = Zygote(ZygoteConfig())
        late = other.wait()
    finally:
        for each in (taken, other):
            if each is not None:
                each.close()
    assert early.load_ms > 0
    assert early.threads == late.threads == 1
    assert (early.namespaces, early.namespaces_refused) == (late.namespaces, late.namespaces_refused)
    assert early.versions == late.versions


def test_one_that_has_ended_is_not_given_away() -> None:
    prestart.prestart(["grade"])
    process = prestart._started[0].process
    process.kill()
    process.wait()
    assert prestart.take() is None


def test_it_is_discarded_by_a_server_without_slots() -> None:
    prestart.prestart(["serve"])
    process = prestart._started[0].process
    prestart.discard()
    assert process.poll() is not None
    assert prestart.take() is None


def test_it_ends_with_a_command_that_ends_before_it_was_taken() -> None:
    program = (
        "from judge import prestart\nprestart.prestart(['serve'])\nprint(prestart._started[0].process.pid, flush=True)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    until_sync(lambda: not _runs(int(ended.stdout)), seconds=20)


def _runs(pid: int) -> bool:
    time.sleep(0.05)
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
