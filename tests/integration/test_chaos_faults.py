"""Chaos that tells the guilty from the innocent: workers, boxes and zygotes killed from outside, and a program that
ends its workers by itself. Only that program may end as the judge's error.

JUDGE_TEST_SOAK=200      how many real programs the slow tests judge
"""

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.helpers.process_tree import descendants, process_line
from tests.helpers.processes import Process, free_port
from tests.helpers.tiny_package import write_package
from tests.integration.test_chaos import real_sources

LOST_ALONE = 3  # instead of 5: each costs the start of a process
TIMES = {"heartbeat_seconds": 0.5, "stall_seconds": 2, "stop_seconds": 5}
KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
TOKEN = {"Authorization": "Bearer the-clients-own-token"}
SOAK = int(os.environ.get("JUDGE_TEST_SOAK", "200"))
SETTLE_SECONDS = 180.0  # the machine may do much else

Victims = Callable[[], list[list[int]]]  # processes that are killed together


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    write_package(tmp_path / "problems", "twice")
    return tmp_path / "problems"


@pytest.fixture
def judge_of(tmp_path: Path, problems: Path, request, monkeypatch):
    """judge_of(kind) -> (the process that serves, the processes that judge), with the grader that obeys comments."""
    monkeypatch.setenv("TEST_FIRST_SECONDS", "0.05")
    monkeypatch.setenv("TEST_REAP_SECONDS", "0.3")
    monkeypatch.setenv("TEST_LOST_ALONE", str(LOST_ALONE))
    started: list[Process] = []

    def make(kind: str) -> tuple[Process, list[Process]]:
        if kind == "sqlite":
            started.append(Process("serve", tmp_path / "data", obedient=problems, port=free_port(), workers=2, **TIMES))
            return started[0], started
        more = {"database_url": request.getfixturevalue("postgres_url"), "obedient": problems, **TIMES}
        started.append(Process("serve", tmp_path / "serve", port=free_port(), workers=0, **more))
        started.extend(Process("worker", tmp_path / f"worker{number}", workers=2, **more) for number in range(2))
        return started[0], started[1:]

    yield make
    for process in started:
        process.kill()


@contextlib.contextmanager
def supervised(processes: list[Process]) -> Iterator[None]:
    """Start every process again that ends, as an init system does."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            for process in processes:
                if not process.alive():
                    process.start()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def post(serve: Process, sources: list[tuple[str, str]]) -> list[str]:
    body = {"submissions": [{"problem": problem, "source": source} for problem, source in sources]}
    return [each["id"] for each in patiently(serve, "POST", "/api/submissions/batch", json=body)["results"]]


def patiently(serve: Process, method: str, path: str, **more) -> dict:
    """One request, again until the judge is there."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            response = httpx.request(method, serve.url + path, timeout=30, headers=TOKEN, **more)
            if response.is_success:
                return response.json()
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, f"{path} did not answer"
        time.sleep(0.1)


def judged(serve: Process, ids: list[str], seconds: float = SETTLE_SECONDS) -> list[dict]:
    """The submissions once all have their verdicts, or as they stand when the time is over."""
    deadline, found = time.monotonic() + seconds, {}
    while len(found) < len(ids) and time.monotonic() < deadline:
        for each in [each for each in ids if each not in found]:
            stored = patiently(serve, "GET", f"/api/submissions/{each}", params={"wait": 0.5})
            if stored["status"] == "done":
                found[each] = stored
    return [found.get(each) or patiently(serve, "GET", f"/api/submissions/{each}") for each in ids]


@contextlib.contextmanager
def raging(victims: Victims, killed: list[int], between: tuple[float, float]) -> Iterator[None]:
    """Kill some victims again and again until the block ends, and add the first of them to `killed`."""
    over, draw = threading.Event(), random.Random(5)

    def rage() -> None:
        while not over.wait(draw.uniform(*between)):
            chosen = victims()
            if chosen:
                group = draw.choice(chosen)
                killed.append(group[0])
                for pid in group:
                    with contextlib.suppress(ProcessLookupError):  # it was about to end anyway
                        os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=rage)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.storm
@pytest.mark.parametrize("kind", KINDS)
def test_a_program_that_ends_its_workers_takes_one_neighbour_along_at_most_and_is_given_up(
    kind, judge_of, tmp_path
) -> None:
    serve, workers = judge_of(kind)
    log = tmp_path / "log"
    sources = [("twice", f"# innocent {number}\n# seconds: 0.2\n# log: {log}\n") for number in range(16)]
    sources.insert(3, ("twice", f"# poison\n# kills-worker: 99\n# log: {log}\n"))
    serve.wait_until("/readyz")
    with supervised(workers):
        ids = post(serve, sources)
        poison, *others = sorted(judged(serve, ids), key=lambda each: each["id"] != ids[3])
        [after] = judged(serve, post(serve, [("twice", "# afterwards\n")]))
    assert {each["verdict"] for each in (*others, after)} == {"accepted"}
    # Only the first loss can take a neighbour along; where machines share the queue, a busy one may look lost too.
    assert sum(each["faults"] for each in others) <= (1 if kind == "sqlite" else 4)
    assert poison["verdict"] == "judge_error"
    assert "the worker was lost each time" in poison["report"]["message"]
    runs = [line.split(" ", 1)[1] for line in log.read_text().splitlines()].count("# poison")
    assert poison["attempts"] == poison["faults"] == runs
    assert 1 + LOST_ALONE <= runs <= 2 * LOST_ALONE + 2  # more where a busy machine makes a worker look lost
    figures = httpx.get(serve.url + "/metrics").text
    assert 'judge_faults_total{kind="worker_lost"}' in figures


@pytest.mark.storm
@pytest.mark.parametrize("kind", KINDS)
def test_workers_killed_at_random_make_no_program_the_judges_error(kind, judge_of) -> None:
    serve, workers = judge_of(kind)
    draw = random.Random(9)
    sources = [("twice", f"# {number}\n# seconds: {draw.uniform(0.02, 0.5)}\n") for number in range(60)]
    serve.wait_until("/readyz")
    with supervised(workers):
        ids = post(serve, sources)
        for _ in range(3 if kind == "sqlite" else 4):
            time.sleep(draw.uniform(0.2, 1.2))
            os.kill(draw.choice([each.pid for each in workers if each.alive()]), signal.SIGKILL)
            patiently(serve, "GET", "/readyz")
        found = judged(serve, ids)
    assert [each["verdict"] for each in found] == ["accepted"] * len(ids)
    assert sum(each["faults"] for each in found) > 0


# A kill for so many verdicts: on a slow machine nothing would ever get ready between kills that the clock paces.
PACE = {"zygote": 5, "worker": 15, "box": 2}


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("victim", PACE)
def test_real_programs_get_their_verdicts_while_boxes_zygotes_and_workers_are_killed(
    victim, tmp_path, postgres_url
) -> None:
    more = {"database_url": postgres_url, "cache": tmp_path / "cache", "heartbeat_seconds": 1, "stall_seconds": 4}
    serve = Process("serve", tmp_path / "serve", port=free_port(), workers=0, **more)
    workers = [Process("worker", tmp_path / f"worker{number}", workers=1, **more) for number in range(2)]
    killed: list[int] = []

    def victims() -> list[list[int]]:
        with psycopg.connect(postgres_url) as connection:
            [[done]] = connection.execute("SELECT count(*) FROM judgings WHERE status = 'done'").fetchall()
        return found_of(victim, workers) if done >= PACE[victim] * len(killed) else []

    try:
        serve.wait_until("/readyz")
        sources = real_sources(SOAK)
        began = time.monotonic()
        with supervised(workers), raging(victims, killed, (0.05, 0.5)):
            ids = post(serve, [(problem, source) for problem, source, _ in sources])
            found = judged(serve, ids, 3000)
        faults = sum(each["faults"] for each in found)
        print(f"{SOAK} programs in {time.monotonic() - began:.0f} s: killed {len(killed)} {victim}, {faults} faults")
        wrong = [
            (each["verdict"], must, each["reason"], (each["report"] or {}).get("message"))
            for each, (_, _, must) in zip(found, sources, strict=True)
            if each["verdict"] != must
        ]
        assert not wrong, f"{len(wrong)} of {len(ids)}: {wrong[:5]}"
        assert len(killed) >= SOAK / PACE[victim] / 2
    finally:
        for process in (serve, *workers):
            process.kill()


def found_of(victim: str, workers: list[Process]) -> list[list[int]]:
    """Return the processes that can be killed: a worker, its zygotes (its children), or one box (a child of those)."""
    alive = [each.pid for each in workers if each.alive()]
    if victim == "worker":
        return [[pid] for pid in alive]
    families = {pid: descendants(pid) for pid in alive}
    zygotes = {pid: [child for child in family if process_line(child)[0] == pid] for pid, family in families.items()}
    if victim == "zygote":
        return [group for group in zygotes.values() if group]
    return [[child] for pid, family in families.items() for child in family if child not in zygotes[pid]]
