"""Shares of processors, the host's figures, and what is run again, by numbers alone."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from judge.errors import BoxKilled, HostShortage
from judge.evidence import Evidence, Raised
from judge.sandbox import host_shortage, reruns
from judge.sandbox.box import Ending, Outcome
from judge.sandbox.host_shortage import Figures, claims_shortage, figures
from judge.sandbox.processor_affinity import quota_of, shares_of

DONE = Outcome(ending=Ending.FINISHED)
CLAIM = Outcome(
    ending=Ending.FINISHED,
    evidence=(Evidence(value=None, raised=Raised(type_name="RuntimeError", message="can't start new thread")),),
    threads=9,
)


REFUSED = replace(CLAIM, replies=1)
ANSWERED = Outcome(ending=Ending.FINISHED, evidence=(Evidence(value=None),))
TERMINATED = Outcome(ending=Ending.KILLED, signal=15)


def granted() -> Outcome:
    """The judge's own program, on a host that gives all it asks for."""
    return ANSWERED


@pytest.mark.parametrize(
    ("slots", "cores", "expected"),
    [
        (1, [0, 1], [()]),
        (2, [0, 1], [(0,), (1,)]),
        (2, [0, 1, 2, 3], [(0, 1), (2, 3)]),
        (3, [0, 1, 2, 3], [(0,), (1,), (2,)]),
        (4, [0, 1], [(0,), (1,), (0,), (1,)]),
        (3, [5], [(5,), (5,), (5,)]),
    ],
)
def test_slots_have_equal_shares_apart_from_each_other_where_they_can(slots, cores, expected) -> None:
    assert shares_of(slots, cores) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"cpu.max": "150000 100000\n"}, 1.5),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu/cpu.cfs_quota_us": "400000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 4.0),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({}, None),
    ],
)
def test_a_container_may_have_less_time_than_processors(tmp_path: Path, files, expected) -> None:
    write(tmp_path, files)
    assert quota_of(tmp_path) == expected


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def host(folder: Path, **files: str) -> Figures:
    write(folder, {"proc/loadavg": "0 0 0 1/200 9\n", "proc/sys/kernel/threads-max": "1000\n"})
    write(folder, {"proc/sys/kernel/pid_max": "900\n", "proc/self/cgroup": "0::/\n"})
    write(folder, {name.replace("__", "/").replace("_", "."): text for name, text in files.items()})
    return figures(folder / "cgroup", folder / "proc")


def test_a_refusal_that_the_kernel_counted_meanwhile_is_a_shortage(tmp_path: Path) -> None:
    before = host(tmp_path, cgroup__pids_events="max 3\n", cgroup__pids_current="10", cgroup__pids_max="256")
    assert before.shortage_since(before) == ""
    after = host(tmp_path, cgroup__pids_events="max 4\n")
    assert "refused" in after.shortage_since(before)


@pytest.mark.parametrize(
    "files", [{"cgroup__pids_current": "255", "cgroup__pids_max": "256"}, {"proc__loadavg": "0 0 0 1/890 9"}]
)
def test_a_limit_that_is_reached_is_a_shortage(tmp_path: Path, files) -> None:
    found = host(tmp_path, **files)
    assert "limit" in found.shortage_since(found)


@pytest.mark.parametrize(("threads", "memory_mb", "expected"), [(9, 10, True), (130, 10, False), (9, 900, False)])
def test_who_holds_much_itself_can_claim_no_shortage(threads: int, memory_mb: float, expected: bool) -> None:
    died = Outcome(
        ending=Ending.KILLED, stderr="pthread_create() failed (11 vs. 0)", threads=threads, memory_mb=memory_mb
    )
    assert claims_shortage(died, 1024) is expected
    assert not claims_shortage(DONE, 1024)


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The kernel's counts at each look, last value repeated."""
    counts = [0]

    def look() -> Figures:
        return Figures(refusals=counts.pop(0) if len(counts) > 1 else counts[0], exhausted="")

    monkeypatch.setattr(reruns, "figures", look)
    monkeypatch.setattr(reruns, "BETWEEN_RUNS_SECONDS", 0)
    return counts


def runs(*outcomes: Outcome | Exception) -> tuple[Iterator[Outcome | Exception], object]:
    left = iter(outcomes)

    def run() -> Outcome:
        each = next(left)
        if isinstance(each, Exception):
            raise each
        return each

    return left, run


def test_a_claim_that_only_the_submission_makes_costs_one_more_run(kernel: list[int]) -> None:
    left, run = runs(CLAIM, CLAIM, DONE)
    assert reruns.run_undisturbed(run, 1024, granted) is CLAIM
    assert list(left) == [DONE]


@pytest.mark.parametrize("control", [REFUSED, TERMINATED, Outcome(ending=Ending.MEMORY_LIMIT), HostShortage()])
def test_a_claim_that_the_judge_s_own_program_makes_too_is_the_hosts_shortage(kernel: list[int], control) -> None:
    _, refused = runs(*[control] * 3)
    with pytest.raises(HostShortage):
        reruns.run_undisturbed(runs(CLAIM, CLAIM, CLAIM)[1], 1024, refused)


@pytest.mark.parametrize(("second", "expected"), [(DONE, DONE), (TERMINATED, TERMINATED)])
def test_a_signal_that_others_may_have_sent_costs_one_more_run(kernel: list[int], second, expected) -> None:
    left, run = runs(TERMINATED, second, DONE)
    assert reruns.run_undisturbed(run, 1024, granted) is expected
    assert len(list(left)) == 1


def test_a_crash_counts_at_once(kernel: list[int]) -> None:
    crashed = replace(TERMINATED, signal=11)
    assert reruns.run_undisturbed(runs(crashed, DONE)[1], 1024, granted) is crashed


def test_a_claim_that_is_not_made_again_was_the_hosts(kernel: list[int]) -> None:
    assert reruns.run_undisturbed(runs(CLAIM, DONE)[1], 1024, granted) is DONE


def test_a_claim_that_the_kernel_confirms_each_time_is_the_hosts_shortage(kernel: list[int]) -> None:
    kernel[:] = [0, 1, 1, 2, 2, 3]
    with pytest.raises(HostShortage):
        reruns.run_undisturbed(runs(CLAIM, CLAIM, CLAIM)[1], 1024, granted)


@pytest.mark.parametrize(("counts", "fault"), [([0], BoxKilled), ([0, 0, 0, 0, 0, 1], HostShortage)])
def test_a_box_that_is_killed_each_time_is_never_the_submissions_fault(kernel: list[int], counts, fault) -> None:
    kernel[:] = counts
    with pytest.raises(fault):
        reruns.run_undisturbed(runs(BoxKilled(), BoxKilled(), BoxKilled())[1], 1024, granted)


def test_one_kill_costs_one_more_run(kernel: list[int]) -> None:
    assert reruns.run_undisturbed(runs(BoxKilled(), DONE)[1], 1024, granted) is DONE


def test_what_jax_starts_is_no_crowd() -> None:
    assert host_shortage.FEW_THREADS >= 64


@pytest.mark.parametrize(("used", "ending"), [((800, 900, 700), "memory_limit"), ((800, 40, 900), None)])
def test_who_is_ended_for_want_of_memory_each_time_with_much_of_it_in_use_used_it_up(
    kernel: list[int], used: tuple[int, ...], ending: str | None
) -> None:
    kernel[:] = [0, 1, 1, 2, 2, 3]
    killed = runs(*(BoxKilled(memory_mb=each) for each in used))[1]
    if ending is None:
        with pytest.raises(HostShortage):
            reruns.run_undisturbed(killed, 1024, granted)
    else:
        assert reruns.run_undisturbed(killed, 1024, granted).ending == ending
