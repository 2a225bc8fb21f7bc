"""What every box promises, whatever it is made of: one suite for all of them."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from judge.errors import JobStopped, PackageFault
from judge.evidence import Unencodable
from judge.inside.budget import Budget
from judge.inside.layers import MINIMUM
from judge.limits import Limits
from judge.sandbox import Box, Ending, Job, Outcome, Pool, PoolConfig, Reply, ReplyReader, parse_replies
from judge.sandbox.box import WarmUp
from judge.sandbox.full_lane import FullBox, Slot
from judge.sandbox.zygote_client import Zygote, ZygoteConfig

LIMITS = Limits(cpu_seconds=10, wall_seconds=30, memory_mib=512)
WARM_SECONDS = 120.0
ECHO = "def f(x):\n    return x\n"


class Fast:
    """The box of a pool whose fast lane is warm for all jobs."""

    def __init__(self, folder: Path) -> None:
        self._pool = Pool(PoolConfig(packs=folder))
        warm_up = WarmUp(
            package="conformance", source="def warmup(x):\n    return x + 1\n", entry="warmup", calls=((1,),)
        )
        hot = self._pool.warm(warm_up)
        assert hot is not None
        assert hot.ready(WARM_SECONDS), hot.failure

    def run(self, job: Job, reader: ReplyReader | None = None) -> Outcome:
        return self._pool.box().run(replace(job, package="conformance"), reader)

    def close(self) -> None:
        self._pool.close()


class Reader:
    """Reads each reply as it comes; has no room for `full` looks after each."""

    def __init__(self, full: int = 0) -> None:
        self.values: list[tuple[int, Any]] = []
        self._full = self._left = full

    def take(self, index: int, reply: Reply) -> None:
        self.values.append((index, parse_replies.read(reply, Budget()).value))
        self._left = self._full

    def enough(self) -> bool:
        return False

    def has_room(self) -> bool:
        self._left -= 1
        return self._left < 0


class Full:
    """A box of its own zygote."""

    def __init__(self, namespaces: bool) -> None:
        self._zygote = Zygote(ZygoteConfig(namespaces=namespaces))
        self._box = FullBox(self._zygote, Slot())
        self.run = self._box.run

    def close(self) -> None:
        self._box.close()
        self._zygote.close()


@pytest.fixture(scope="module", params=["full", "plain", "fast"])
def box(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    kind = request.param
    made = Fast(tmp_path_factory.mktemp("packs")) if kind == "fast" else Full(namespaces=kind == "full")
    yield made
    made.close()


def run(box: Box, source: str, *arguments: Any, **more: Any) -> Outcome:
    """The outcome of `f` called once with each of `arguments`."""
    calls = tuple((argument,) for argument in arguments or (1,))
    job = Job(source=source, entry="f", parameters=("x",), calls=calls, **{"limits": LIMITS, **more})
    return box.run(job)


def value(outcome: Outcome) -> Any:
    assert outcome.ending is Ending.FINISHED, outcome
    assert outcome.evidence[0].raised is None, outcome.evidence[0].raised
    return outcome.evidence[0].value


@pytest.mark.parametrize(
    "told", [None, True, 3, -(2**62), 0.1, float("inf"), "text ß", [1, [2.5, "a"]], {"a": {"b": 1}}]
)
def test_a_value_comes_back_as_it_went(box: Box, told: Any) -> None:
    assert value(run(box, ECHO, told)) == told


def test_a_tuple_comes_back_as_a_tuple(box: Box) -> None:
    assert value(run(box, ECHO, (1, (2, [3])))) == (1, (2, [3]))


@pytest.mark.parametrize("dtype", ["bool", "int8", "int32", "uint32", "float16", "float32", "complex64", "bfloat16"])
@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (0, 4)])
def test_an_array_arrives_as_jax_has_it_and_comes_back_bit_for_bit(box: Box, dtype: str, shape: tuple) -> None:
    kind = np.dtype(getattr(ml_dtypes, dtype, dtype))
    told = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(kind)
    source = "import jax\ndef f(x):\n    return [x, isinstance(x, jax.Array), str(x.dtype)]\n"
    got, is_jax, name = value(run(box, source, told))
    assert (got.dtype, got.shape, got.tobytes()) == (told.dtype, told.shape, told.tobytes())
    assert (is_jax, name) == (True, dtype)


def test_what_is_no_value_says_so(box: Box) -> None:
    assert value(run(box, "def f(x):\n    return lambda: x\n")) == Unencodable(
        type_name="function", reason="not an array, a number, text or a container of these"
    )


def test_an_exception_tells_its_own_lines_only(box: Box) -> None:
    outcome = run(box, "import json\ndef f(x):\n    json.loads('{')\n")
    raised = outcome.evidence[0].raised
    assert raised is not None
    assert (raised.type_name, raised.line) == ("JSONDecodeError", 3)
    assert 'File "solution.py", line 3, in f' in raised.traceback
    assert "json/decoder" not in raised.traceback


def test_calls_are_answered_one_by_one_in_order(box: Box) -> None:
    calls = tuple((number,) for number in range(5))
    job = Job(source="def f(x):\n    return x * x\n", entry="f", parameters=("x",), calls=calls, limits=LIMITS)
    reader = Reader()
    outcome = box.run(job, reader)

    assert reader.values == [(0, 0), (1, 1), (2, 4), (3, 9), (4, 16)]
    assert outcome.replies == 5
    assert [entry.value for entry in box.run(job).evidence] == [0, 1, 4, 9, 16]


def test_a_box_waits_for_a_reader_that_has_no_room_and_is_not_blamed_for_it(box: Box) -> None:
    calls = tuple((number,) for number in range(3))
    limits = replace(LIMITS, wall_seconds=0.3)
    job = Job(source=ECHO, entry="f", parameters=("x",), calls=calls, limits=limits)
    began = time.monotonic()
    outcome = box.run(job, Reader(full=50))  # some 50 looks of 10 ms, twice: longer than a box may be idle

    assert outcome.ending is Ending.FINISHED
    assert outcome.lane == ("fast" if isinstance(box, Fast) else "full")
    assert outcome.wall_ms < 300 < (time.monotonic() - began) * 1e3


def test_output_is_kept_of_the_visible_calls_only(box: Box) -> None:
    source = "import sys\nprint('loading')\ndef f(x):\n    print('call', x)\n    print('error', x, file=sys.stderr)\n"
    outcome = run(box, source, 1, 2, 3, visible_calls=2)
    assert outcome.stdout == "loading\ncall 1\ncall 2\n"
    assert outcome.stderr == "error 1\nerror 2\n"


@pytest.mark.parametrize(
    ("source", "ending", "type_name", "line"),
    [
        ("def f(x:\n", Ending.NOT_LOADED, "SyntaxError", 1),
        ("import nowhere\n", Ending.NOT_LOADED, "ModuleNotFoundError", 1),
        ("def g(x):\n    pass\n", Ending.NOT_LOADED, "EntryPointError", 0),
        ("def f():\n    pass\n", Ending.NOT_LOADED, "EntryPointError", 0),
        ("f = 3\n", Ending.NOT_LOADED, "EntryPointError", 0),
        ("\n1 / 0\n", Ending.RAISED_AT_LOAD, "ZeroDivisionError", 2),
        ("import sys\nsys.exit(0)\n", Ending.RAISED_AT_LOAD, "SystemExit", 2),
    ],
)
def test_what_can_not_be_called_says_why(box: Box, source: str, ending: Ending, type_name: str, line: int) -> None:
    outcome = run(box, source)
    assert outcome.ending is ending
    assert outcome.evidence == ()
    assert outcome.raised is not None
    assert (outcome.raised.type_name, outcome.raised.line) == (type_name, line)


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        ("import os; os._exit(0)", Ending.EXITED),
        ("import os, time; os.closerange(0, 99); time.sleep(60)", Ending.EXITED),
        ("import ctypes; ctypes.string_at(0)", Ending.KILLED),
        ("import os; os.abort()", Ending.KILLED),
        ("import ctypes; ctypes.CDLL(None).unshare(0x10000000)", Ending.FORBIDDEN),
        ("import os; os.write(3, b'a' * 64)", Ending.BAD_REPLY),
        ("print('x' * 1_000_000)", Ending.OUTPUT_LIMIT),
        ("b = []\n    while True: b.append(bytes(1 << 24))", Ending.FINISHED),  # with a MemoryError
        ("while True: pass", Ending.CPU_LIMIT),
        ("import time; time.sleep(60)", Ending.WALL_LIMIT),
        ("import os; os.kill(os.getpid(), 19)", Ending.FINISHED),  # with a PermissionError
    ],
)
def test_every_end_has_its_name(box: Box, body: str, ending: Ending) -> None:
    outcome = run(box, f"def f(x):\n    {body}\n", limits=replace(LIMITS, cpu_seconds=1, wall_seconds=2))
    assert outcome.ending is ending, outcome
    assert outcome.detail or ending is Ending.FINISHED


def test_a_second_reply_to_one_call_is_refused(box: Box) -> None:
    source = (
        "import sys\ndef f(x):\n    frame = sys._getframe()\n"
        "    while 'request' not in frame.f_locals: frame = frame.f_back\n"
        "    inside = sys.modules['judge_inside.child']\n"
        "    reply = {'nonce': frame.f_locals['request'].nonce, 'value': 1, 'type': 'int', 'raised': None}\n"
        "    reply = {**reply, 'observed': [], 'extra_values': {}, 'facts': {}}\n"
        "    for _ in range(2): inside._write(inside.wire.encode('reply', reply))\n"
        "    return 2\n"
    )
    outcome = run(box, source, 1, 2, 3)
    assert outcome.ending is Ending.BAD_REPLY
    assert [entry.value for entry in outcome.evidence] == [1]


def test_a_question_that_can_not_be_sent_is_never_held_against_the_submission(box: Box) -> None:
    with pytest.raises(PackageFault, match="can't be sent"):
        run(box, ECHO, object())


def test_nothing_stays_for_the_next_job(box: Box) -> None:
    leave = "import os, sys, builtins\ndef f(x):\n    sys.left = builtins.left = 1; os.environ['LEFT'] = '1'\n"
    look = "import os, sys, builtins\ndef f(x):\n"
    look += "    return [place for place in (sys, builtins) if hasattr(place, 'left')] or os.environ.get('LEFT')\n"
    run(box, leave)
    assert value(run(box, look)) is None


def test_an_optimizer_s_model_is_seen_before_and_after(box: Box) -> None:
    source = (
        "import jax, jax.numpy as jnp, optax\nfrom flax import nnx\n"
        "def f(x):\n"
        "    model = nnx.Linear(2, 1, rngs=nnx.Rngs(0))\n"
        "    optimizer = nnx.Optimizer(model, optax.sgd(1.0), wrt=nnx.Param)\n"
        "    optimizer.update(model, jax.tree.map(jnp.ones_like, nnx.state(model, nnx.Param)))\n"
    )
    outcome = run(box, source)
    (seen,) = outcome.evidence[0].observed
    assert set(seen.before) == {"kernel", "bias"}
    for name, before in seen.before.items():
        assert np.array_equal(before - 1, seen.after[name])


def test_the_outcome_tells_what_it_cost_and_what_held_it(box: Box) -> None:
    outcome = run(box, "def f(x):\n    b = bytearray(64 << 20)\n    return sum(range(300_000)) and len(b)\n")
    assert set(MINIMUM) <= set(outcome.layers)
    assert {"landlock", "namespaces"} & set(outcome.layers)
    assert 0 < outcome.cpu_ms < 10_000
    assert 0 < outcome.evidence[0].time_ms <= outcome.wall_ms + 1
    assert 40 < outcome.memory_mb < 200


def test_a_box_leaves_no_descriptor_open(box: Box) -> None:
    for source in (ECHO, exits := "import os\nos._exit(1)\n"):
        run(box, source)  # each lane connects to its zygote once
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        run(box, ECHO)
        run(box, exits)
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(60)", "input_.join()"])
def test_a_job_whose_halt_is_set_ends_within_a_second_and_the_next_one_runs(box: Box, body: str) -> None:
    waits = "import threading\ninput_ = threading.Thread(target=threading.Event().wait, daemon=True)\ninput_.start()\n"
    halt = threading.Event()
    timer = threading.Timer(0.5, halt.set)
    timer.start()
    began = time.monotonic()
    with pytest.raises(JobStopped):
        run(box, f"{waits}def f(x):\n    {body}\n", halt=halt)
    assert time.monotonic() - began < 0.5 + 1.5
    assert value(run(box, ECHO, 3)) == 3


def test_what_is_printed_comes_in_parts_loading_first_then_call_by_call(box: Box) -> None:
    source = "print('loading')\ndef f(x):\n    print('call', x)\n    return x\n"
    outcome = run(box, source, 1, 2, 3, visible_calls=2)
    assert outcome.printed == ("loading\n", "call 1\n", "call 2\n")
    assert outcome.stdout == "".join(outcome.printed)


def test_a_call_that_prints_nothing_has_an_empty_part_and_one_that_never_returns_the_last(box: Box) -> None:
    source = "import os\ndef f(x):\n    if x == 3:\n        print('out', flush=True)\n        os._exit(1)\n"
    assert run(box, source, 1, 2, 3, visible_calls=3).printed == ("", "", "", "out\n")


def test_a_thread_that_never_stops_printing_holds_up_no_job(box: Box) -> None:
    source = (
        "import os, threading\n"
        "def flood():\n    while True: os.write(1, b'x' * 4096)\n"
        "def f(x):\n    threading.Thread(target=flood, daemon=True).start()\n    return x\n"
    )
    began = time.monotonic()
    outcome = run(box, source, 1, 2, visible_calls=2)
    assert time.monotonic() - began < 15
    assert len(outcome.stdout) <= LIMITS.output_bytes
    assert outcome.ending in {Ending.FINISHED, Ending.OUTPUT_LIMIT}
