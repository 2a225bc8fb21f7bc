"""Programs that want all of the machine: what verdict each gets, and that nothing of it is left."""

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from judge.sandbox.doctor.attacks import EXHAUST, Attack, load_attacks
from judge.sandbox.doctor.target import Target
from judge.sandbox.zygote_client import Zygote
from judge.submission import Submission
from tests.attacks.range import RIGHT, SLOWLY, Range, write_problems
from tests.helpers.process_tree import descendants

EXHAUSTIONS = load_attacks(families=[EXHAUST])
LOADS = 4  # busy loops beside the judge
HONEST = 40
SETTLE_SECONDS = 20.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    folder = tmp_path_factory.mktemp("resources")
    with Target() as target:
        canary = f"canary-{secrets.token_hex(16)}"
        problems = write_problems(folder / "problems", target, canary)
        made = Range(problems, folder / "cache", target, canary, lane="full")
        assert made.judge(SLOWLY, RIGHT[EXHAUST]).verdict == "accepted"  # and the reference has run
        assert made.judge(EXHAUST, RIGHT[EXHAUST]).verdict == "accepted"
        yield made
        made.close()


def holdings(zygote: Zygote) -> tuple[int, list[int]]:
    """How many descriptors we and the zygote hold, and its processes."""
    inner = [zygote.pid, *descendants(zygote.pid)]
    return len(os.listdir("/proc/self/fd")) + sum(map(descriptors_of, inner)), inner


def descriptors_of(pid: int) -> int:
    """How many a process holds; none if it has just ended."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except FileNotFoundError:
        return 0


def settled(zygote: Zygote) -> tuple[int, list[int]]:
    """The same once a finished job's process, which is killed and takes some milliseconds to end, is gone."""
    known, deadline = holdings(zygote), time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < deadline:
        time.sleep(0.1)
        known, last = holdings(zygote), known
        if known == last:
            break
    return known


@pytest.mark.parametrize("attack", EXHAUSTIONS, ids=lambda attack: attack.name)
def test_a_greedy_program_gets_its_verdict_and_leaves_nothing(place: Range, attack: Attack) -> None:
    zygote = place.zygote()
    before = settled(zygote)

    tried = place.attack(attack)

    assert tried.effects == ()
    assert tried.report.verdict in attack.verdicts, tried.report.message
    assert tried.report.memory_mb < 1.1 * 512
    assert place.zygote() is zygote, "the zygote died"
    deadline = time.monotonic() + SETTLE_SECONDS  # one that is killed takes its time to give back what it held
    while holdings(zygote) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert holdings(zygote) == before


@pytest.mark.storm
@pytest.mark.timeout(600)
def test_honest_programs_are_accepted_beside_busy_loops(place: Range) -> None:
    spin = "import time\nend = time.time() + 300\nwhile time.time() < end: pass"
    loads = [subprocess.Popen([sys.executable, "-c", spin]) for _ in range(LOADS)]
    # A quarter of its second of CPU time; the wall clock would end it after three, a busy host's queue not counted.
    work = "import jax, jax.numpy as jnp\ndef exhaust(x):\n    jax.jit(jnp.sin)(x)\n    return 3 * x + 1\n"
    told: list[str] = []

    def judge(slot: int) -> None:
        for _ in range(HONEST // 2):
            report = place.grade(Submission(problem=EXHAUST, source=work), slot)
            told.append(f"{report.verdict} {report.message}" if report.verdict != "accepted" else "accepted")

    try:
        judges = [threading.Thread(target=judge, args=(slot,)) for slot in range(2)]
        for thread in judges:
            thread.start()
        for thread in judges:
            thread.join()
    finally:
        for load in loads:
            load.kill()
            load.wait()

    assert told == ["accepted"] * HONEST
