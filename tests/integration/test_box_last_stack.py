"""Programs whose time is up, in real boxes: where they were is known, whatever they did; and lies change nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from judge.limits import Limits
from judge.sandbox import Box, Ending, Job, Outcome, last_stack
from judge.sandbox.box import Frame
from judge.sandbox.full_lane import FullBox, Slot
from judge.sandbox.zygote_client import Zygote, ZygoteConfig
from tests.integration.test_box_conformance import Fast

LIMITS = Limits(cpu_seconds=0.15, wall_seconds=10, memory_mib=512)
PATIENCE = 20.0  # seconds for an answer, on a busy machine
XLA = """\
import jax
import jax.numpy as jnp

def f(x):
    return jax.lax.while_loop(lambda y: y >= 0.0, lambda y: y * 0.5 + 1.0, jnp.asarray(1.0)).block_until_ready()
"""
SITUATIONS = {
    "busy": ("def g(n):\n    while n: pass\ndef f(x):\n    return g(x)\n", [Frame(4, "f"), Frame(2, "g")]),
    "in C": ("def f(x):\n    return sum(range(10**12))\n", [Frame(2, "f")]),
    "in XLA": (XLA, [Frame(5, "f")]),
    "asleep": ("import time\ndef f(x):\n    time.sleep(60)\n", [Frame(3, "f")]),
    "locked": (
        "from threading import Lock\nlock = Lock()\nlock.acquire()\ndef f(x):\n    lock.acquire()\n",
        [Frame(5, "f")],
    ),
    "loading": ("while True: int()\ndef f(x): ...\n", [Frame(1, "<module>")]),
}
JOINS = """\
import threading
def spin():
    while True: pass
def f(x):
    thread = threading.Thread(target=spin, daemon=True)
    thread.start()
    thread.join()
"""
HOSTILE = {
    "ignores it": "signal.signal(signal.SIGXCPU, signal.SIG_IGN)",
    "handles it": "signal.signal(signal.SIGXCPU, lambda *_: None)",
    "blocks it": "signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())",
    "unregisters": "faulthandler.unregister(signal.SIGXCPU)",
    "closes it": "os.close(5)",
    "closes all": "os.closerange(4, 64)",
    "answers elsewhere": "os.dup2(1, 5)",
    "replies by it": "os.dup2(3, 5)",
    "forges": """forge = b'  File "solution.py", line 900000 in f\\n  File "solution.py", line 1 in secret\\n' * 300
    threading.Thread(target=lambda: [os.write(5, forge) for _ in range(1000)], daemon=True).start()""",
    "floods": "os.write(5, b'x' * 10_000_000)",
}


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    made = Zygote(ZygoteConfig())
    yield made
    made.close()


@pytest.fixture(scope="module")
def full(zygote: Zygote) -> Iterator[Box]:
    made = FullBox(zygote, Slot())
    yield made
    made.close()


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    made = Fast(tmp_path_factory.mktemp("packs"))
    yield made
    made.close()


def run(box: Box, source: str) -> Outcome:
    limits = LIMITS if source is not XLA else replace(LIMITS, cpu_seconds=0.5)  # it is compiled first
    return box.run(Job(source=source, entry="f", parameters=("x",), calls=((1,),), limits=limits))


@pytest.mark.parametrize("lane", ["full", "fast"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_a_program_whose_time_is_up_is_found_where_it_is(request, monkeypatch, lane: str, name: str) -> None:
    monkeypatch.setattr(last_stack, "WAIT_SECONDS", PATIENCE)
    source, frames = SITUATIONS[name]
    outcome = run(request.getfixturevalue(lane), source)
    assert outcome.last_stack is not None, outcome
    assert list(outcome.last_stack.frames) == frames
    waits = name in ("asleep", "locked")
    assert outcome.ending is (Ending.WALL_LIMIT if waits else Ending.CPU_LIMIT)
    assert outcome.last_stack.waiting == waits
    assert (outcome.lane, outcome.fallback_reason is not None) == ("full", lane == "fast")


def test_of_a_program_with_threads_the_one_that_owes_the_reply_is_shown(full: Box, monkeypatch) -> None:
    monkeypatch.setattr(last_stack, "WAIT_SECONDS", PATIENCE)
    outcome = run(full, JOINS)
    assert outcome.last_stack is not None
    assert (outcome.ending, outcome.last_stack.frames) == (Ending.CPU_LIMIT, (Frame(7, "f"),))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_program_that_spoils_its_stack_is_ended_all_the_same(full: Box, name: str) -> None:
    source = f"import faulthandler, os, signal, threading\ndef f(x):\n    {HOSTILE[name]}\n    while True: pass\n"
    outcome = run(full, source)
    assert outcome.ending is (Ending.WALL_LIMIT if name == "floods" else Ending.CPU_LIMIT)
    assert (outcome.stdout, outcome.signal, outcome.evidence) == ("", 0, ())
    shown = outcome.last_stack.frames if outcome.last_stack else ()
    assert {frame.function for frame in shown} <= {"f"}
    assert all(frame.line <= source.count("\n") for frame in shown)
    assert name in ("forges", "floods") or not shown
    assert run(full, "def f(x):\n    return x\n").ending is Ending.FINISHED
