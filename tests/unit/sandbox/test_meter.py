"""The meter, on real processes: memory above the empty box, limits in their order, and time that does not count."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.inside.layers import MAX_THREADS
from judge.limits import Limits
from judge.sandbox import meter
from judge.sandbox.box import Ending, StopReason
from judge.sandbox.meter import FLOOD, Meter, Output

WIDE = Limits(cpu_seconds=1000, wall_seconds=1000, memory_mib=4096)
PROGRAM = """
import sys
kept = []
print("ready", flush=True)
for line in sys.stdin:
    exec(line)
    print("done", flush=True)
"""


class Child:
    """A process that executes one line after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid = self._process.pid
        self._answer()

    def do(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        self._answer()

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _answer(self) -> None:
        assert self._process.stdout is not None
        self._process.stdout.readline()


@pytest.fixture
def child() -> Iterator[Child]:
    made = Child()
    yield made
    made.end()


def test_memory_counts_above_what_the_process_began_with(child: Child) -> None:
    measured = Meter(child.pid, WIDE)
    assert measured.memory_mb == 0.0
    child.do("kept.append(bytearray(48 << 20))")
    assert measured.look() is None
    assert 40 < measured.memory_mb < 60
    child.do("kept.clear()")
    measured.look()
    assert measured.memory_mb > 40  # the peak


def test_each_limit_that_is_passed_is_named(child: Child) -> None:
    child.do("x = sum(range(3_000_000))")
    small = Limits(cpu_seconds=0.01, wall_seconds=1000, memory_mib=16)
    measured = Meter(child.pid, small)
    reason = measured.look()
    assert reason is not None
    assert (reason.ending, reason.detail) == (Ending.CPU_LIMIT, "more than 0.01 s of CPU time")
    child.do("kept.append(bytearray(48 << 20))")
    reason = measured.look()
    assert reason is not None
    assert (reason.ending, reason.detail) == (Ending.MEMORY_LIMIT, "more than 16 MiB in use")


def test_too_many_threads_are_an_end(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meter, "MAX_THREADS", 3)
    assert MAX_THREADS > 3
    measured = Meter(child.pid, WIDE)
    child.do(
        "import threading; [threading.Thread(target=threading.Event().wait, daemon=True).start() for _ in range(5)]"
    )
    reason = measured.look()
    assert reason is not None
    assert (reason.ending, measured.threads) == (Ending.KILLED, 6)


def test_time_that_is_left_out_is_neither_wall_time_nor_idleness(child: Child) -> None:
    measured = Meter(child.pid, Limits(cpu_seconds=1000, wall_seconds=0.05, memory_mib=4096))
    time.sleep(0.05)
    measured.look()
    time.sleep(0.05)
    reason = measured.look()
    assert reason is not None
    assert reason.ending is Ending.WALL_LIMIT
    assert reason.detail.startswith("not finished after 0.05 s")
    late = measured.wall_ms
    measured.leave_out(0.1)
    assert measured.wall_ms < late
    assert measured.look() is None


def test_a_process_that_waits_for_a_line_is_idle_until_it_works(child: Child) -> None:
    measured = Meter(child.pid, WIDE)
    for _ in range(3):
        measured.look()
        time.sleep(0.05)
    assert measured.look() is None
    assert measured.idle_ms >= 100
    child.do("x = sum(range(3_000_000))")
    measured.look()
    assert measured.idle_ms < 100
    assert measured.cpu_ms > 0


def test_a_process_is_not_idle_while_the_judge_does_not_look(child: Child) -> None:
    measured = Meter(child.pid, Limits(cpu_seconds=0.3, wall_seconds=1000, memory_mib=4096))
    measured.look()
    time.sleep(0.8)
    assert measured.look() is None
    assert measured.idle_ms < 200
    reasons = []
    for _ in range(60):
        time.sleep(0.02)
        reasons.append(measured.look())
    assert [each.ending for each in reasons if each][:1] == [Ending.WALL_LIMIT]  # it sleeps all the same


def test_a_judge_that_is_held_up_after_a_look_takes_no_child_for_idle(child: Child) -> None:
    measured = Meter(child.pid, WIDE)
    child.do("sum(range(100_000))")
    measured.look()
    time.sleep(0.2)  # in which the child may be at work: nobody has looked
    assert measured.idle_ms < 100


def test_a_judge_that_stood_still_ends_nobody_for_being_late(child: Child) -> None:
    measured = Meter(child.pid, Limits(cpu_seconds=1000, wall_seconds=0.3, memory_mib=4096))
    measured.look()
    time.sleep(0.6)  # as where the whole machine is stopped for a while
    assert measured.look() is None
    reasons = []
    for _ in range(30):
        time.sleep(0.02)
        reasons.append(measured.look())
    assert [each.ending for each in reasons if each][:1] == [Ending.WALL_LIMIT]


def test_pages_that_are_touched_first_are_counted(child: Child) -> None:
    measured = Meter(child.pid, WIDE)
    before = measured.copied_mb()
    child.do("kept.append(bytearray(32 << 20))")  # fewer faults than pages, where the kernel gives huge ones
    assert measured.copied_mb() > before


def test_a_process_that_ended_uses_nothing_and_passes_no_limit(child: Child) -> None:
    measured = Meter(child.pid, Limits(cpu_seconds=1000, wall_seconds=0.01, memory_mib=1))
    child.end()
    time.sleep(0.02)
    assert measured.look() is None
    assert measured.memory_mb == measured.copied_mb() == 0.0


def test_a_process_that_was_never_there_uses_nothing() -> None:
    free = int(Path("/proc/sys/kernel/pid_max").read_text()) - 1
    if Path(f"/proc/{free}").exists() or free == os.getpid():
        pytest.skip("the last process id is taken")
    assert Meter(free, WIDE).look() is None


@pytest.mark.parametrize(
    ("chunks", "kept", "floods"),
    [
        ([b"abc"], "abc", [False]),
        ([b"abcd", b"ef"], "abcde", [False, False]),
        ([b"x" * 5 * FLOOD], "xxxxx", [False]),
        ([b"x" * 5 * FLOOD, b"x"], "xxxxx", [False, True]),
        ([b"a\0\xff"], "a\ufffd\ufffd", [False]),
    ],
)
def test_output_is_kept_to_its_limit_and_counted_past_it(chunks: list[bytes], kept: str, floods: list[bool]) -> None:
    output = Output(limit=5)
    assert [output.add(chunk) for chunk in chunks] == floods
    assert output.text() == kept


def test_output_that_is_hidden_is_counted_and_not_kept() -> None:
    output = Output(limit=5, visible=False)
    assert not output.add(b"x" * 20)
    assert output.add(b"x")
    assert output.text() == ""


SHORT = Limits(cpu_seconds=0.3, wall_seconds=1000, memory_mib=4096)


def looks(measured: Meter, seconds: float) -> StopReason | None:
    """Return the meter's first reason to stop within some seconds, None if there is none."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if reason := measured.look():
            return reason
        time.sleep(0.01)
    return None


def test_a_process_that_sleeps_for_longer_than_its_cpu_limit_is_stopped(child: Child) -> None:
    began = time.monotonic()
    reason = looks(Meter(child.pid, SHORT), 5)
    assert reason is not None
    assert reason.ending is Ending.WALL_LIMIT
    assert "idle for more than 0.3 s" in reason.detail
    assert 0.3 < time.monotonic() - began < 3


def test_naps_add_up(child: Child) -> None:
    child.do("import threading, time")
    child.do("naps = lambda: [(time.sleep(0.1), sum(range(50_000))) for _ in range(1000)]")
    child.do("threading.Thread(target=naps, daemon=True).start()")
    reason = looks(Meter(child.pid, Limits(cpu_seconds=0.5, wall_seconds=1000, memory_mib=4096)), 20)
    assert reason is not None
    assert reason.ending is Ending.WALL_LIMIT


def test_a_process_that_waits_for_another_s_work_is_not_idle(child: Child) -> None:
    measured = Meter(child.pid, SHORT)
    for _ in range(60):
        measured.moved()  # what it waits for has moved
        assert measured.look() is None
        time.sleep(0.01)
