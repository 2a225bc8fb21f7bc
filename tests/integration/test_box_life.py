"""Births and deaths: nothing outlives the judge, and the death of one does not become another's verdict."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from judge.errors import BoxKilled, SandboxFault
from judge.inside import layers
from judge.limits import Limits
from judge.sandbox import Ending, Job, Outcome, Pool, PoolConfig, Reply, policy
from judge.sandbox import meter as meter_module
from judge.sandbox.doctor import minimum_fault, refuse_unfit_host
from judge.sandbox.full_lane import FullBox, Slot
from judge.sandbox.meter import Meter, cpu_ms_of
from judge.sandbox.slot_users import SlotUsers
from judge.sandbox.zygote_client import Zygote, ZygoteConfig
from tests.helpers.process_tree import descendants
from tests.helpers.waiting import until_sync

GONE_SECONDS = 10.0
SPIN = "def f(x):\n    while x:\n        pass\n"
NAP = "import time\ndef f(x):\n    time.sleep(x)\n    return 'done'\n"
SUPERVISOR = """
import os, sys, threading
from judge.limits import Limits
from judge.sandbox import Job, Reply
from judge.sandbox.full_lane import FullBox, Slot
from judge.sandbox.zygote_client import Zygote, ZygoteConfig
from tests.helpers.process_tree import descendants

zygote = Zygote(ZygoteConfig(namespaces=sys.argv[1] == "ns"))
print(zygote.pid, flush=True)
job = Job(source={spin!r}, entry="f", parameters=("x",), calls=((0,), (1,)), limits=Limits(cpu_seconds=60))
class Reader:
    def take(self, index, reply): os.write(1, b"spins\\n")  # in one piece, whoever else writes
    def has_room(self): return True
    def enough(self): return False
for _ in range(2):
    box = FullBox(zygote, Slot(skip=frozenset(sys.argv[2:])))
    threading.Thread(target=box.run, args=(job, Reader())).start()
"""


class Reader:
    """Calls `taken` for each reply."""

    def __init__(self, taken: Callable[[], None]) -> None:
        self._taken = taken

    def take(self, index: int, reply: Reply) -> None:
        self._taken()

    def enough(self) -> bool:
        return False

    def has_room(self) -> bool:
        return True


def job(source: str, told: float = 1) -> Job:
    return Job(source=source, entry="f", parameters=("x",), calls=((told,),), limits=Limits())


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone(pids: list[int]) -> list[int]:
    """Those of `pids` that still live after a while."""
    deadline = time.monotonic() + GONE_SECONDS
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.01)
    return left


@pytest.fixture
def plain() -> Iterator[Zygote]:
    zygote = Zygote(ZygoteConfig(namespaces=False))
    zygote.wait()
    yield zygote
    zygote.close()


def spinning(zygote: Zygote, skip: frozenset[str] = frozenset()) -> list[int]:
    """The process of a job that never ends by itself."""
    box, started = FullBox(zygote, Slot(skip=skip)), threading.Event()
    endless = Job(source=SPIN, entry="f", parameters=("x",), calls=((0,), (1,)), limits=Limits(cpu_seconds=30))

    def run() -> None:
        with pytest.raises(SandboxFault):
            box.run(endless, Reader(started.set))

    threading.Thread(target=run, daemon=True).start()
    assert started.wait(60)
    return descendants(zygote.pid)


def family_of_a_killed_judge(*arguments: str) -> list[int]:
    """The zygote and the two jobs of a judge that was running, and was killed."""
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR.format(spin=SPIN), *arguments], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    zygote = int(supervisor.stdout.readline())
    assert [supervisor.stdout.readline() for _ in range(2)] == ["spins\n"] * 2
    used = {pid: cpu_ms_of(pid) for pid in descendants(zygote)}
    # Until the second call spins in both: whoever waits for it uses no processor, and ends when the judge does.
    until_sync(lambda: sum(cpu_ms_of(pid) > before + 150 for pid, before in used.items()) == 2)
    family = [zygote, *descendants(zygote)]
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    return family


@pytest.mark.parametrize("mode", ["ns", "plain"])
def test_a_judge_that_is_killed_leaves_no_process_behind(mode: str) -> None:
    family = family_of_a_killed_judge(mode)
    assert len(family) >= 3
    assert gone(family) == []


def test_without_parent_death_its_jobs_go_on() -> None:
    family = family_of_a_killed_judge("plain", "parent_death")
    time.sleep(0.3)
    left = [pid for pid in family if alive(pid)]
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert left == family[1:]


def test_a_zygote_that_is_killed_takes_its_jobs_along_by_parent_death(plain: Zygote) -> None:
    orphans = spinning(plain)
    os.kill(plain.pid, signal.SIGKILL)
    assert gone(orphans) == []


@pytest.mark.parametrize(("skip", "score"), [(frozenset(), "1000"), (frozenset({"oom"}), None)])
def test_where_memory_runs_out_the_submission_goes_first(
    plain: Zygote, skip: frozenset[str], score: str | None
) -> None:
    (pid,) = spinning(plain, skip)
    told = Path(f"/proc/{pid}/oom_score_adj").read_text().strip()
    ours = Path("/proc/self/oom_score_adj").read_text().strip()
    os.kill(plain.pid, signal.SIGKILL)
    assert told == (score or ours)


@pytest.mark.parametrize("seconds", [0.0, 0.2])
def test_who_waits_for_a_zygote_that_is_closed_hears_that_it_did_not_start(seconds: float) -> None:
    zygote = Zygote(ZygoteConfig(namespaces=False))
    told: list[str] = []

    def wait() -> None:
        try:
            zygote.wait()
        except SandboxFault as fault:
            told.append(str(fault))

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(seconds)
    zygote.close()
    waiting.join(GONE_SECONDS)

    assert told == ["the zygote did not start: `judge doctor` shows what is missing"]
    with pytest.raises(SandboxFault):
        zygote.wait()


@pytest.mark.parametrize("victim", ["zygote", "job"])
def test_a_job_that_somebody_kills_or_whose_zygote_is_run_again(victim: str) -> None:
    pool = Pool(PoolConfig())
    outcomes: list[Outcome] = []
    try:
        zygote = pool.zygote().pid
        before = set(descendants(zygote))
        running = threading.Thread(target=lambda: outcomes.append(pool.box().run(job(NAP, 1.5))))
        running.start()
        time.sleep(0.7)
        (its_process,) = set(descendants(zygote)) - before
        os.kill(zygote if victim == "zygote" else its_process, signal.SIGKILL)
        running.join()
    finally:
        pool.close()

    assert [(each.ending, each.evidence[0].value) for each in outcomes] == [(Ending.FINISHED, "done")]


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSTOP"])
def test_a_job_can_neither_kill_nor_stop_itself(plain: Zygote, name: str) -> None:
    outcome = FullBox(plain, Slot()).run(
        job(f"import os, signal\ndef f(x):\n    os.kill(os.getpid(), signal.{name})\n")
    )

    raised = outcome.evidence[0].raised
    assert raised is not None
    assert raised.type_name == "PermissionError"


def test_a_job_that_is_killed_each_time_is_nobodys_fault_but_the_killers() -> None:
    pool, stop, kills = Pool(PoolConfig()), threading.Event(), 0
    zygote = pool.zygote().pid
    idle = set(descendants(zygote))

    def kill_each() -> None:
        nonlocal kills
        known: dict[int, float] = {}
        while not stop.wait(0.02):
            for pid in set(descendants(zygote)) - idle:
                if time.monotonic() - known.setdefault(pid, time.monotonic()) > 0.7:  # its layers are on by then
                    with contextlib.suppress(ProcessLookupError):  # the one before it was its parent
                        os.kill(pid, signal.SIGKILL)
                        kills += 1

    killer = threading.Thread(target=kill_each)
    killer.start()
    try:
        with pytest.raises(BoxKilled):
            pool.box().run(job(NAP, 20))
    finally:
        stop.set()
        killer.join()
        pool.close()

    assert kills >= 3


def test_a_slot_that_hangs_up_early_harms_no_other(plain: Zygote) -> None:
    class Enough(Exception):
        pass

    def enough() -> None:
        raise Enough

    leaving, staying = FullBox(plain, Slot()), FullBox(plain, Slot())
    twice = Job(source=NAP, entry="f", parameters=("x",), calls=((0,), (0,)), limits=Limits())
    with pytest.raises(Enough):
        leaving.run(twice, Reader(enough))
    time.sleep(0.2)  # the zygote says how the job ended, and nobody reads it
    leaving.close()

    assert staying.run(job(NAP, 0)).ending is Ending.FINISHED
    assert plain.alive()


def test_a_layer_that_does_not_come_on_stops_everything() -> None:
    no_files_hidden = layers.Setting(
        cpu_seconds=1,
        data_bytes=1 << 30,
        uid=None,
        ruleset=None,
        filter=b"",
        kill_numbers=(62, 234),
        cores=(),
        parent=os.getppid(),
        hidden_by_mounts=False,
        skip=frozenset(layers.LAYERS) - {"landlock"},
    )
    with pytest.raises(layers.LayerFault, match="landlock"):
        layers.enable(no_files_hidden)


def test_where_nothing_can_be_judged_the_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "seccomp_filter", lambda: (b"\xff" * 8, (62, 234)))  # no program that the kernel takes
    fault = minimum_fault()
    assert fault is not None
    assert "could not enable sandbox layer seccomp" in fault
    with pytest.raises(SandboxFault, match="nothing can be judged here: could not enable sandbox layer seccomp"):
        refuse_unfit_host()


def test_where_submissions_can_be_judged_that_is_known_at_once() -> None:
    started = time.perf_counter()
    assert minimum_fault() is None
    assert time.perf_counter() - started < 10, "it imports what it should not"


def test_judge_doctor_says_what_is_on_and_ends_with_0() -> None:
    done = subprocess.run([sys.executable, "-m", "judge", "doctor", "--json"], capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert {"seccomp", "rlimits", "dumpable"} <= {layer["layer"] for layer in found["layers"] if layer["on"]}
    assert found["smoke"].startswith("jax")


def test_a_pinned_slot_has_one_processor_and_others_share_them_all() -> None:
    source = "import os\ndef f(x):\n    return sorted(os.sched_getaffinity(0))\n"
    everywhere = sorted(os.sched_getaffinity(0))
    found = {}
    for pin, slots in ((False, 1), (False, 2), (True, 2)):
        pool = Pool(PoolConfig(slots=slots, pin=pin))
        try:
            found[pin, slots] = [pool.box(slot).run(job(source)).evidence[0].value for slot in range(slots)]
        finally:
            pool.close()
    assert found[False, 1] == [everywhere]
    assert found[True, 2] == [[everywhere[0]], [everywhere[1 % len(everywhere)]]]
    first, second = found[False, 2]
    assert len(first) == len(second) == max(1, len(everywhere) // 2)
    assert len(everywhere) == 1 or not set(first) & set(second)


def test_who_waits_for_a_processor_is_not_idle_and_who_is_stopped_for_long_was_so_from_outside(plain: Zygote) -> None:
    (pid,) = spinning(plain)
    meter, core = Meter(pid, Limits(wall_seconds=60)), min(os.sched_getaffinity(0))
    for thread in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(thread), {core})
    crowd = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(6)]
    try:
        for each in crowd:
            os.sched_setaffinity(each.pid, {core})
        assert longest_idle_ms(meter, 1.0) < 200
    finally:
        for each in crowd:
            each.kill()
            each.wait()
    meter._stopped_seconds = meter_module.STOPPED_SECONDS - 0.2  # this meter's alone: the box's own would end the job
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(BoxKilled, match="stopped from outside"):
        longest_idle_ms(meter, 10.0)
    os.kill(plain.pid, signal.SIGKILL)


def longest_idle_ms(meter: Meter, seconds: float) -> float:
    """The longest time without progress that a meter saw."""
    longest, end = 0.0, time.perf_counter() + seconds
    meter.look()
    while time.perf_counter() < end:
        time.sleep(0.01)
        meter.look()
        longest = max(longest, meter.idle_ms)
    return longest


def test_every_slot_of_two_judges_has_a_user_of_its_own() -> None:
    ours, others, later = SlotUsers(), SlotUsers(), SlotUsers()
    users = [each.of(slot) for each in (ours, others) for slot in range(100)]
    again = ours.of(5)
    ours.close()
    others.close()
    first = later.of(0)
    later.close()

    assert len(set(users)) == 200
    assert again == users[5]
    assert first == users[0], "a user is free again when its judge has gone"
