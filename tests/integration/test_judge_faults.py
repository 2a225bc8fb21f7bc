"""A right program under a judge whose parts are killed, stopped, cut off, starved and damaged, at every step.

Whatever fails, the program is accepted, or the judge says that it failed itself: never a number, never an attempt.
"""

import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from judge.grading.checker import connection as checker_connection
from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.sandbox import driver as driver_module
from judge.sandbox import fast_lane, meter, zygote_connection
from tests.helpers import faults
from tests.helpers.fates import RIGHT, fate, heals, write_plain
from tests.helpers.tiny_package import MANIFEST, write_package

pytestmark = pytest.mark.timeout(60)

# What the warm-up lacks is compiled by the service.
SERVED = "import jax.numpy as jnp\ndef twice(x, scale):\n    return 2 * scale * x + 0 * jnp.cumsum(jnp.ones(7))[0]\n"

SLUGS = {"hot-zygote": "warm", "service": "warm", "fast-box": "warm"}
SIGNALLED = ("zygote", "hot-zygote", "box", "fast-box", "service", "checker")
CUT = ("zygote", "hot-zygote", "service", "checker")
ALL_BUT_START = ("reply", "end", "before")
CHECKER_CALLS = ("checker-send", "checker-receive", "popen")
SANDBOX_CALLS = tuple(each for each in faults.CALLS if each not in CHECKER_CALLS)
SHORTAGES = ("ENOSPC", "EMFILE", "EAGAIN", "ENOMEM")


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    folder = tmp_path_factory.mktemp("faults")
    write_plain(folder / "problems")
    write_package(folder / "problems", "warm", problem_toml=MANIFEST.replace("= 4", "= 3"))
    made = Grader(Catalog([folder / "problems"]), folder / "cache", patience=100.0)
    warming = made.warm("warm")
    assert warming is not None
    assert warming.ready(100.0), warming.failure
    assert [fate(made, slug) for slug in ("plain", "warm")] == ["accepted"] * 2
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (zygote_connection, driver_module):
        monkeypatch.setattr(module, "REAP_SECONDS", 1.0)
    monkeypatch.setattr(zygote_connection, "ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(checker_connection, "ANSWER_SECONDS", 1.5)
    monkeypatch.setattr(meter, "STOPPED_SECONDS", 0.5)
    monkeypatch.setattr(fast_lane, "RETRY_SECONDS", 0.0)


def disconnect(grader: Grader) -> None:
    """Have the next job connect to everything anew, and the checker start."""
    grader.pool.box(0).close()
    grader._checkers[0].restart()


def prepare(grader: Grader, component: str) -> tuple[str, str]:
    """Return the problem and the program that reach a part of the judge, once that part is there."""
    slug = SLUGS.get(component, component if component == "warm" else "plain")
    source = SERVED if component == "service" else RIGHT
    deadline = time.monotonic() + 60
    while True:
        heals(grader, slug, source)
        hot = grader.warm(slug)
        if hot is None or hot.ready(30.0):
            break
        assert time.monotonic() < deadline
    heals(grader, slug, source)
    return slug, source


@pytest.fixture
def survives(grader: Grader, record_property) -> Callable[..., None]:
    """Return a function that plants a fault in one grading of a right program, and has it graded without one then."""

    def survive(slug: str, source: str, fault: faults.Fault, step: str) -> None:
        with faults.planted(fault, step):
            found = fate(grader, slug, source)
        record_property("fate", found if fault.met else "not reached")
        assert fault.planted
        heals(grader, slug, source)

    return survive


def cases(*products: tuple) -> list:
    """Return every combination; all but the first of each product are slow."""
    found = []
    for product in products:
        for number, each in enumerate(itertools.product(*product)):
            found.append(pytest.param(*each, marks=[pytest.mark.slow] if number else [], id="-".join(map(str, each))))
    return found


def reachable(component: str, step: str) -> bool:
    return not (component.endswith("box") and step == "before")


@pytest.mark.parametrize(
    ("component", "name", "step"),
    [
        each
        for each in cases(*(((part,), ("SIGKILL", "SIGSTOP"), ("start", *ALL_BUT_START)) for part in SIGNALLED))
        if reachable(each.values[0], each.values[2])
    ],
)
def test_a_part_that_is_killed_or_stopped_costs_the_program_nothing(grader, survives, component, name, step) -> None:
    slug, source = prepare(grader, component)
    part = "box" if component == "fast-box" else component
    survives(
        slug,
        source,
        faults.send_signal(grader, part, signal.Signals[name], grader.catalog.get(slug).digest),
        step,
    )


@pytest.mark.parametrize(("component", "step"), cases(*(((part,), ("start", *ALL_BUT_START)) for part in CUT)))
def test_a_connection_that_is_cut_costs_the_program_nothing(grader, survives, component, step) -> None:
    slug, source = prepare(grader, component)
    survives(slug, source, faults.close_socket(grader, component, grader.catalog.get(slug).digest), step)


@pytest.mark.parametrize(
    ("slug", "call", "effect", "step", "skip"),
    cases(
        (("plain",), ("recv_fds",), ("garbage", "half"), faults.STEPS, (0, 1)),
        (("plain",), ("checker-receive",), ("garbage", "half"), faults.STEPS, (0, 1)),
        (("plain",), ("write",), ("short_write",), faults.STEPS, (0, 1)),
        (("warm",), ("recv_fds", "checker-receive"), ("garbage", "half"), ("before", "reply"), (0, 1)),
    ),
)
def test_bytes_that_are_lost_or_changed_cost_the_program_nothing(
    grader, survives, monkeypatch, slug, call, effect, step, skip
) -> None:
    prepare(grader, slug)
    disconnect(grader)
    survives(slug, RIGHT, faults.fail_call(monkeypatch, call, getattr(faults, effect), skip), step)


@pytest.mark.parametrize(
    ("slug", "call", "error", "step", "skip"),
    [
        *cases(*((("plain",), calls, SHORTAGES, ("before",), (0,)) for calls in (SANDBOX_CALLS, CHECKER_CALLS))),
        *cases((("warm",), ("pipe", "recv_fds", "signal"), SHORTAGES, ("before",), (0, 1))),
        *(
            pytest.param("plain", call, SHORTAGES[number % 4], step, number % 3, marks=pytest.mark.slow)
            for number, (call, step) in enumerate(itertools.product(faults.CALLS, ALL_BUT_START))
        ),
    ],
)
def test_what_the_kernel_refuses_the_judge_costs_the_program_nothing(
    grader, survives, monkeypatch, slug, call, error, step, skip
) -> None:
    prepare(grader, slug)
    disconnect(grader)
    survives(slug, RIGHT, faults.fail_call(monkeypatch, call, error, skip), step)


def files_of(grader: Grader, kind: str, slug: str) -> list[Path]:
    digest = grader.catalog.get(slug).digest.removeprefix("sha256:")
    cache = grader._expectations._folder.parent
    match kind:
        case "expected":
            return list((cache / "expected" / digest).glob("*"))
        case "pack":
            return list(cache.glob(f"*/*/{digest}*.zip"))
        case "snapshot":
            return [cache / "packages" / digest / slug / name for name in ("check.py", "problem.toml", "cases.py")]
    raise AssertionError(kind)


@pytest.mark.parametrize(
    ("kind", "damage"), cases(*(((kind,), faults.DAMAGES) for kind in ("expected", "pack", "snapshot")))
)
def test_a_damaged_file_costs_the_program_nothing(grader, record_property, kind, damage) -> None:
    slug = "plain" if kind == "snapshot" else "warm"  # whose expected values are arrays
    prepare(grader, slug)
    files = files_of(grader, kind, slug)
    assert files
    whole = [file.read_bytes() for file in files]
    for file in files:
        faults.damage(file, damage)
    grader._expectations._known.clear()
    disconnect(grader)
    if kind == "pack":
        for part in ("hot-zygote", "zygote"):
            for pid in faults.processes(grader, part, grader.catalog.get(slug).digest):
                os.kill(pid, signal.SIGKILL)
    try:
        record_property("fate", fate(grader, slug))
        heals(grader, slug)
    finally:
        for file, content in zip(files, whole, strict=True):
            if file.is_dir():
                file.rmdir()
            file.unlink(missing_ok=True)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
