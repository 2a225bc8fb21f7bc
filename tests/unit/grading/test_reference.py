"""The references' values: made once for each seed, apart from the judging slots, kept within bounds."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from judge.errors import PackageFault, SandboxFault
from judge.evidence import Evidence, Raised
from judge.grading import reference
from judge.grading.reference import Expectations
from judge.grading.reference_queue import MOST_WAIT_SECONDS, QUEUE, RETRIES_PER_SECOND, References, Urgency
from judge.problems.catalog import Catalog
from judge.problems.hidden_seed import HiddenSeed
from judge.problems.problem import Problem
from judge.sandbox.box import Ending, Frame, Job, LastStack, Outcome, ReplyReader
from tests.helpers.tiny_package import write_package

SECONDS = 10.0


class ScriptedBox:
    """A test double: answers each call with its own first argument, when `gate` is open."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.gate = threading.Event()
        self.gate.set()
        self.raised: Raised | None = None
        self.fault: Exception | None = None

    def run(self, job: Job, reader: ReplyReader | None = None) -> Outcome:
        self.jobs.append(job)
        assert self.gate.wait(SECONDS)
        if self.fault:
            raise self.fault
        evidence = [Evidence(value=call[0], raised=self.raised) for call in job.calls]
        return Outcome(ending=Ending.FINISHED, evidence=tuple(evidence))

    def close(self) -> None: ...


@pytest.fixture
def problem(tmp_path: Path) -> Problem:
    write_package(tmp_path / "problems")
    return Catalog([tmp_path / "problems"]).get("twice")


@pytest.fixture
def box() -> ScriptedBox:
    return ScriptedBox()


def of(expectations: Expectations, problem: Problem, seed: int, box: ScriptedBox) -> tuple[Evidence, ...]:
    return expectations.of(problem, seed, problem.cases(seed), box)


def until(true, seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_values_are_made_once_and_found_again_by_another_process(tmp_path, problem, box) -> None:
    one = Expectations(tmp_path)
    assert not one.ready(problem, 3)
    first = of(one, problem, 3, box)
    assert one.ready(problem, 3)
    other = Expectations(tmp_path)
    assert other.ready(problem, 3)
    again = of(other, problem, 3, box)
    assert len(box.jobs) == 1
    assert [np.array_equal(a.value, b.value) for a, b in zip(first, again, strict=True)] == [True] * 5


def test_a_secret_s_values_are_never_taken_for_the_package_s(tmp_path, problem, box) -> None:
    expectations = Expectations(tmp_path)
    of(expectations, problem, 0, box)
    secrets = [
        Catalog([tmp_path / "problems"]).with_hidden_seed(HiddenSeed(text)).get("twice") for text in ("hunter2", "b")
    ]
    for secret in secrets:
        assert not expectations.ready(secret, 0)
        of(expectations, secret, 0, box)
    assert len(box.jobs) == 3
    assert not list(tmp_path.rglob("*hunter2*"))


def test_a_reference_that_fails_is_run_again_only_after_a_while(tmp_path, problem, box, monkeypatch) -> None:
    expectations = Expectations(tmp_path)
    box.raised = Raised(type_name="ValueError", message="no")
    for _ in range(3):
        with pytest.raises(PackageFault, match="ValueError: no"):
            of(expectations, problem, 3, box)
    assert len(box.jobs) == 1
    assert expectations.ready(problem, 3)  # there is an answer: it failed
    box.raised = None
    monkeypatch.setattr(reference.time, "monotonic", lambda: 1e9)
    assert not expectations.ready(problem, 3)
    assert of(expectations, problem, 3, box)


def test_a_fault_of_the_sandbox_is_not_remembered(tmp_path, problem, box) -> None:
    expectations = Expectations(tmp_path)
    box.fault = SandboxFault("it broke")
    with pytest.raises(SandboxFault):
        of(expectations, problem, 3, box)
    box.fault = None
    assert of(expectations, problem, 3, box)


def test_memory_and_disk_are_bounded_and_the_package_s_own_values_go_last(tmp_path, problem, box, monkeypatch) -> None:
    expectations = Expectations(tmp_path)
    of(expectations, problem, 0, box)
    (own,) = tmp_path.rglob("0-*.frame")
    size = own.stat().st_size
    monkeypatch.setattr(reference, "MEMORY_BYTES", 4 * size)
    monkeypatch.setattr(reference, "DISK_BYTES", 6 * size + size // 2)
    for seed in range(100, 120):
        of(expectations, problem, seed, box)
    files = sorted(path.name.split("-")[0] for path in tmp_path.rglob("*.frame"))
    assert files == ["0", "115", "116", "117", "118", "119"]
    assert len(expectations._known) <= 6
    monkeypatch.setattr(reference, "MEMORY_ENTRIES", 3)
    for seed in range(1000, 1100):
        expectations.ready(problem, seed)  # a question makes no entry that stays
    assert len(expectations._known) <= 4


def test_a_damaged_file_is_made_again(tmp_path, problem, box) -> None:
    of(Expectations(tmp_path), problem, 3, box)
    (file,) = tmp_path.rglob("3-*.frame")
    file.write_bytes(file.read_bytes()[:-8])
    assert not Expectations(tmp_path).ready(problem, 3)
    assert len(of(Expectations(tmp_path), problem, 3, box)) == 5
    assert len(box.jobs) == 2


def test_two_threads_that_want_the_same_values_wait_for_one_run(tmp_path, problem, box) -> None:
    expectations = Expectations(tmp_path)
    box.gate.clear()
    found: list[tuple[Evidence, ...]] = []
    threads = [threading.Thread(target=lambda: found.append(of(expectations, problem, 3, box))) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: box.jobs)
    box.gate.set()
    for thread in threads:
        thread.join(SECONDS)
    assert len(found) == 2
    assert found[0] is found[1]
    assert len(box.jobs) == 1


def test_values_are_kept_by_package_seed_and_way_of_computing(tmp_path, problem, box) -> None:
    of(Expectations(tmp_path), problem, 3, box)
    (file,) = tmp_path.rglob("*.frame")
    assert file.parent == tmp_path / "expected" / problem.digest.removeprefix("sha256:")
    assert file.name == f"3-light-{reference.runtime_key()}.frame"
    of(Expectations(tmp_path), problem, problem.manifest.seed, box)
    assert [path.name[:2] for path in tmp_path.rglob("0-*.frame")] == ["0-"]  # the package's own seed has one name


LOOKALIKES = "def twice(x, scale):\n    return x\n\n\ndef lookalikes(x, scale):\n    return {}\n"


@pytest.mark.parametrize(("source", "functions"), [(None, ()), (LOOKALIKES, ("lookalikes",))])
def test_a_reference_runs_with_time_to_compile_and_with_its_lookalikes(tmp_path, box, source, functions) -> None:
    more = {"reference_py": source} if source else {}
    package = Catalog([write_package(tmp_path / "other", **more)]).get("twice")
    reference.run_reference(package, package.cases(), box)
    [job] = box.jobs
    assert job.extra_functions == functions
    assert job.source == package.reference
    assert job.limits.cpu_seconds > package.limits.cpu_seconds
    assert len(job.calls) == 5


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(ending=Ending.CPU_LIMIT, detail="120 s used up"), "cpu_limit: 120 s used up"),
        (
            Outcome(ending=Ending.CPU_LIMIT, detail="120 s", last_stack=LastStack(frames=(Frame(7, "f"),))),
            "cpu_limit: 120 s (line 7)",
        ),
        (
            Outcome(ending=Ending.NOT_LOADED, raised=Raised(type_name="SyntaxError", message="odd")),
            "SyntaxError: odd",
        ),
        (
            Outcome(
                ending=Ending.FINISHED,
                evidence=(Evidence(raised=Raised(type_name="E", message="m", traceback="solution.py, line 2")),),
            ),
            "solution.py, line 2",
        ),
    ],
)
def test_a_reference_that_gives_no_values_is_the_package_s_fault(problem, outcome: Outcome, words: str) -> None:
    class Ended:
        def run(self, job: Job, reader: ReplyReader | None = None) -> Outcome:
            return outcome

        def close(self) -> None: ...

    with pytest.raises(PackageFault) as raised:
        reference.run_reference(problem, problem.cases(), Ended())
    assert str(raised.value) == f"twice/reference.py: {words}"


# --- run apart from those who judge


@pytest.fixture
def references(tmp_path, box):
    references = References(Expectations(tmp_path), box)
    yield references
    box.gate.set()
    references.close()


def test_however_many_want_a_seed_its_reference_runs_once_and_nobody_waits(references, problem, box) -> None:
    box.gate.clear()
    began = time.monotonic()
    seconds = [references.order(problem, 3) for _ in range(50)]
    assert time.monotonic() - began < 1
    assert all(0 < each <= MOST_WAIT_SECONDS for each in seconds)
    assert references.ordered(problem, 3)
    assert not references.ordered(problem, 4)
    box.gate.set()
    references.wait(problem, 3)
    assert not references.ordered(problem, 3)
    assert len(box.jobs) == 1


def test_what_all_get_goes_before_what_one_chose(references, tmp_path, problem, box) -> None:
    write_package(tmp_path / "more", "thrice", solution_md="Add twice.\n")
    other = Catalog([tmp_path / "more"]).get("thrice")
    box.gate.clear()
    references.order(problem, 50)
    until(lambda: box.jobs)
    references.order(problem, 51)
    references.order(other, 0, Urgency.PREPARED)
    references.order(problem, 0)
    box.gate.set()
    references.wait(problem, 51)
    assert [job.problem for job in box.jobs] == ["twice", "twice", "thrice", "twice"]
    assert np.array_equal(box.jobs[1].calls[-1][0], problem.cases(0)[-1].inputs["x"])


def test_a_flood_of_seeds_waits_elsewhere(references, problem, box) -> None:
    box.gate.clear()
    for seed in range(100, 100 + 3 * QUEUE):
        assert references.order(problem, seed) <= MOST_WAIT_SECONDS
    assert not references.ordered(problem, 100 + 2 * QUEUE)
    assert not references.has_room(problem, 999)
    assert references.has_room(problem, 0)
    references.order(problem, 0)
    assert references.ordered(problem, 0)  # what everyone gets always finds a place


def test_many_who_wait_for_one_seed_do_not_come_back_at_once(references, problem, box) -> None:
    box.gate.clear()
    back = sorted(references.order(problem, 3) for _ in range(500))
    for second in range(int(MOST_WAIT_SECONDS)):
        within = [each for each in back if second <= each < second + 1]
        assert len(within) <= RETRIES_PER_SECOND + 1


def test_a_fault_while_others_wait_reaches_them_and_is_gone_soon(tmp_path, problem, box, monkeypatch) -> None:
    expectations = Expectations(tmp_path)
    references = References(expectations, box)
    box.fault = SandboxFault("it broke")
    references.order(problem, 3)
    references.wait(problem, 3)
    assert expectations.ready(problem, 3)
    with pytest.raises(SandboxFault, match="it broke"):
        of(expectations, problem, 3, box)
    box.fault = None
    now = time.monotonic()
    monkeypatch.setattr(reference.time, "monotonic", lambda: now + reference.FAULT_SECONDS + 1)
    assert not expectations.ready(problem, 3)
    references.close()
