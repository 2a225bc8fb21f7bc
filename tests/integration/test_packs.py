"""Packs of compiled programs: a second hot zygote compiles nothing, and a pack that is torn is made anew."""

import io
import os
import zipfile
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest

from judge.limits import Limits
from judge.sandbox import Ending, Job, Outcome, Pool, PoolConfig
from judge.sandbox.box import WarmUp
from judge.sandbox.full_lane import FullBox, Slot
from judge.sandbox.zygote_client import Zygote, ZygoteConfig
from tests.helpers.waiting import until_sync

PACKAGE = "sha256:packs"
WARM_SECONDS = 120.0
SOURCE = """
import jax, jax.numpy as jnp

def warmup(x):
    return jnp.asarray(x) * 2

def jitted(x):
    return jax.jit(lambda x: jnp.tanh(x) @ jnp.cos(x).T)(x)
"""
# Of the same package, as it may be called where a pack holds its programs: once for each shape, and `jitted` never.
STRICT = """
import jax.numpy as jnp

shapes = []

def usual(x):
    if x.shape in shapes:
        raise ValueError("again")
    shapes.append(x.shape)
    return jnp.asarray(x) * 2

def warmup(x):
    if shapes[-1] != x.shape:
        raise ValueError("before the usual one")

def jitted(x):
    raise ValueError("compiled already")
"""
EAGER = "def f(x):\n    return x * 2\n"
JITTED = "import jax, jax.numpy as jnp\n@jax.jit\ndef f(a):\n    return jnp.tanh(a) @ jnp.cos(a).T\n"
OTHER = "import jax, jax.numpy as jnp\n@jax.jit\ndef f(a):\n    return jnp.sin(a) @ jnp.cos(a).T\n"
SHAPES = ((2, 3), (4, 1), (2, 3))
Calls: TypeAlias = tuple[tuple[np.ndarray], ...]
CALLS: Calls = tuple((np.arange(rows * columns, dtype=np.float32).reshape(rows, columns),) for rows, columns in SHAPES)


def job(source: str, calls: Calls = CALLS) -> Job:
    return Job(source=source, entry="f", parameters=("x",), calls=calls, limits=Limits(), package=PACKAGE)


class Judge:
    """A pool with one hot zygote, warm."""

    def __init__(self, folder: Path, source: str = SOURCE, operations: bool = False, calls: Calls = CALLS) -> None:
        self.pool = Pool(PoolConfig(packs=folder, operations=operations))
        warm_up = WarmUp(
            package=PACKAGE,
            source=source,
            entry="warmup",
            usual="usual",
            jitted="jitted",
            calls=calls,
            parameters=("x",),
            result_bytes=1024,
        )
        hot = self.pool.warm(warm_up)
        assert hot is not None
        zygote = hot.ready(WARM_SECONDS)
        assert zygote, hot.failure
        warm_up = zygote.wait().warm_up
        assert warm_up is not None
        self.warm_up = warm_up
        self.hot = hot
        self._calls = calls

    def run(self, source: str) -> Outcome:
        outcome = self.pool.box().run(job(source, self._calls))
        assert outcome.ending is Ending.FINISHED, outcome
        return outcome


@pytest.fixture
def start(tmp_path: Path):
    """start(source) -> a Judge with this warm-up, on the same folder of packs as those before."""
    started: list[Judge] = []

    def make(source: str = SOURCE, operations: bool = False, calls: Calls = CALLS) -> Judge:
        started.append(Judge(tmp_path, source, operations, calls))
        return started[-1]

    yield make
    for judge in started:
        judge.pool.close()


def values(outcome: Outcome) -> list[bytes]:
    return [np.asarray(entry.value).tobytes() for entry in outcome.evidence]


def test_a_second_start_compiles_nothing_and_knows_what_was_jitted(start) -> None:
    first = start()
    second = start()

    assert first.warm_up.compiled == first.warm_up.programs > len(set(SHAPES))
    assert (second.warm_up.programs, second.warm_up.compiled) == (first.warm_up.programs, 0)
    for source in (EAGER, JITTED):
        early, late = first.run(source), second.run(source)
        assert (early.lane, late.lane) == ("fast", "fast")
        assert values(early) == values(late)
    assert second.run(OTHER).lane == "fast"  # compiled beside it


def test_with_a_pack_each_shape_is_traced_once_the_usual_way_first_and_nothing_is_jitted(start) -> None:
    start()

    assert start(STRICT).warm_up.failure is None


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def spoilt(whole: bytes) -> bytes:
    """The last program's bytes are others, as after a disk's fault."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        last = archive.infolist()[-1]
    at = last.header_offset + 30 + len(last.filename) + last.compress_size // 2
    return whole[:at] + bytes(each ^ 0xFF for each in whole[at : at + 8]) + whole[at + 8 :]


@pytest.mark.parametrize("tear", [lambda whole: b"", cut, spoilt], ids=["empty", "cut", "spoilt"])
def test_a_torn_pack_is_made_anew_and_spoils_no_verdict(start, tmp_path: Path, tear) -> None:
    first = start()
    [pack] = tmp_path.rglob("*.zip")
    whole = pack.read_bytes()
    pack.write_bytes(tear(whole))

    second = start()

    assert second.warm_up.compiled == first.warm_up.compiled
    assert values(second.run(OTHER)) == values(first.run(OTHER))
    assert second.run(JITTED).lane == "fast"
    assert len(pack.read_bytes()) >= len(whole) / 2


USUAL = "import jax.numpy as jnp\ndef f(x):\n    return jnp.square(x) - jnp.sum(x) * jnp.maximum(x, 0.0)\n"


@pytest.mark.long
def test_usual_operations_are_compiled_once_in_the_background_and_no_jitted_step_is_among_them(start) -> None:
    few = CALLS[:1]  # of one shape: the vocabulary grows with the shapes
    first = start(operations=True, calls=few)
    assert first.run(USUAL).compiled > 0  # it does not wait for them
    assert first.hot.complete(WARM_SECONDS)
    for judge in (first, start(calls=few)):  # the second finds them on disk
        until_sync(lambda judge=judge: judge.run(USUAL).compiled == 0)
        until_sync(lambda judge=judge: judge.run(JITTED).compiled == 0)  # as the warm-up's own function
        assert judge.run(OTHER).compiled > 0
        assert judge.run(EAGER).lane == "fast"


def test_without_being_asked_for_usual_operations_are_left_to_whoever_needs_them(start, tmp_path) -> None:
    judge = start()
    assert judge.hot.complete(WARM_SECONDS)
    assert judge.run(USUAL).compiled > 0
    assert not list(tmp_path.rglob("*.operations.zip"))


def test_what_a_zygote_takes_in_later_is_not_the_submission_s_memory() -> None:
    zygote = Zygote(ZygoteConfig())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a-program", bytes(150 << 20))
    try:
        with os.fdopen(os.memfd_create("pack"), "w+b") as file:
            file.write(buffer.getvalue())
            file.seek(0)
            zygote.add_programs(file.fileno())
        source = "import numpy as np\ndef f(x):\n    return float(np.ones(180 << 17).sum())\n"
        job_of_one = Job(source=source, entry="f", parameters=("x",), calls=((1,),), limits=Limits(memory_mib=256))
        outcome = FullBox(zygote, Slot()).run(job_of_one)
    finally:
        zygote.close()
    assert outcome.ending is Ending.FINISHED, outcome.detail
    assert outcome.evidence[0].value == 180 << 17, outcome.evidence[0].raised
