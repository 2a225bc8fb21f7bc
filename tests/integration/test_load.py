"""Load and latency of a judge in processes of its own, with a grader that takes no time: what the service itself costs.

JUDGE_TEST_FULL=1     1,000 submissions by 50 clients, and the limits that an idle machine must keep

Run with -s to read the figures.
"""

import asyncio
import os
import statistics
import time
from datetime import datetime

import httpx
import pytest

from tests.helpers.process_tree import resident_mib
from tests.helpers.processes import Process, free_port
from tests.helpers.tiny_package import write_package
from tests.helpers.waiting import until_sync
from tests.integration.conftest import emptied

FULL = bool(os.environ.get("JUDGE_TEST_FULL"))
SUBMISSIONS, CLIENTS = (1_000, 50) if FULL else (200, 20)
SAMPLES = 100 if FULL else 30  # of a latency
STORED_TO_CLIENT_MS = 20.0  # medians that an idle machine keeps
POST_TO_START_MS = 25.0
BUSY = 1 if FULL else 20  # how many times slower a machine may be that does much else
VERDICTS = ("accepted", "wrong_answer")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def judge(request, tmp_path_factory):
    """A judge of two slots: one process on SQLite, or an API and two workers on PostgreSQL."""
    tmp_path = tmp_path_factory.mktemp("judge")
    write_package(tmp_path / "problems", "twice")
    problems, port = tmp_path / "problems", free_port()
    if request.param == "sqlite":
        processes = [Process("serve", tmp_path / "data", obedient=problems, port=port, workers=2, network_rate=0)]
    else:
        url = emptied(request.getfixturevalue("postgres_database"))
        more = {"obedient": problems, "database_url": url, "network_rate": 0}
        processes = [Process("serve", tmp_path / "serve", port=port, workers=0, **more)]
        processes += [Process("worker", tmp_path / f"worker{n}", workers=1, **more) for n in range(2)]
    try:
        processes[0].wait_until("/readyz")
        until_sync(lambda: healthy_slots(processes[0].url) == 2, seconds=60)
        yield request.param, processes
    finally:
        for process in processes:
            process.stop() if process.alive() else None


@pytest.mark.storm
def test_none_of_many_submissions_by_many_clients_is_lost_or_judged_wrong(judge) -> None:
    kind, processes = judge
    times, ids, wall = asyncio.run(load(processes[0].url))
    ordered = sorted(times)
    p50, p95, p99 = (ordered[int(len(ordered) * share)] * 1e3 for share in (0.5, 0.95, 0.99))
    memory = [resident_mib(process.pid) for process in processes]
    print(
        f"\n{kind}: {len(times)} by {CLIENTS} clients in {wall:.1f} s = {len(times) / wall:.0f}/s;"
        f" POST to verdict p50 {p50:.0f} p95 {p95:.0f} p99 {p99:.0f} ms; resident MiB {memory}"
    )
    assert len(times) == len(ids) == SUBMISSIONS  # every one a submission of its own


async def load(url: str) -> tuple[list[float], set[str], float]:
    """Return the seconds from POST to verdict of each submission, their ids, and the seconds that all took."""
    waiting, times, ids = list(range(SUBMISSIONS)), [], set()

    async def client(name: int) -> None:
        async with httpx.AsyncClient(base_url=url, timeout=120, headers={"X-Submitter": f"client-{name}"}) as http:
            while waiting:
                number = waiting.pop()
                verdict = VERDICTS[number % 2]
                began = time.perf_counter()
                body = {"problem": "twice", "source": f"# {number}\n# verdict: {verdict}\n"}
                response = await http.post("/api/submissions", params={"wait": 60}, json=body)
                times.append(time.perf_counter() - began)
                assert response.status_code == 201, response.text
                assert response.json()["verdict"] == verdict, response.text
                ids.add(response.json()["id"])

    began = time.perf_counter()
    await asyncio.gather(*(client(name) for name in range(CLIENTS)))
    return times, ids, time.perf_counter() - began


@pytest.mark.storm
def test_a_verdict_reaches_its_client_and_a_submission_its_worker_within_milliseconds(judge) -> None:
    kind, processes = judge
    to_start, to_client = [], []
    with httpx.Client(base_url=processes[0].url, timeout=60) as http:
        for number in range(SAMPLES):
            posted = time.time()
            body = {"problem": "twice", "source": f"# {number}\n# seconds: 0.1\n"}
            answer = http.post("/api/submissions", params={"wait": 30}, json=body)
            heard = time.time()
            judged = answer.json()
            to_start.append((stamp(judged["started"]) - posted) * 1e3)
            to_client.append((heard - stamp(judged["finished"])) * 1e3)
            time.sleep(0.05)
    print(
        f"\n{kind}: stored to client median {statistics.median(to_client):.1f} ms (p90 {p90(to_client):.1f});"
        f" POST to start median {statistics.median(to_start):.1f} ms (p90 {p90(to_start):.1f})"
    )
    assert statistics.median(to_client) < STORED_TO_CLIENT_MS * BUSY
    assert statistics.median(to_start) < POST_TO_START_MS * BUSY


@pytest.mark.storm
def test_when_the_queue_is_full_clients_get_503_and_what_was_taken_is_judged(tmp_path) -> None:
    write_package(tmp_path / "problems", "twice")
    settings = {"workers": 1, "queue_limit": 20, "submitter_limit": 15}
    with Process("serve", tmp_path / "data", obedient=tmp_path / "problems", port=free_port(), **settings) as process:
        process.wait_until("/readyz")

        async def flood() -> list[httpx.Response]:
            async with httpx.AsyncClient(base_url=process.url, timeout=60) as http:
                source = "# seconds: 0.1\n"
                posts = [
                    http.post(
                        "/api/submissions",
                        json={"problem": "twice", "source": f"# {number}\n{source}"},
                        headers={"X-Submitter": f"s{number % 3}"},
                    )
                    for number in range(60)
                ]
                return await asyncio.gather(*posts)

        answers = asyncio.run(flood())
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) <= {201, 429, 503}
        assert 20 <= statuses.count(201) < 60
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in answers if answer.status_code != 201)
        for answer in answers:
            if answer.status_code == 201:
                place = process.url + answer.headers["location"]
                assert httpx.get(place, params={"wait": 60}, timeout=70).json()["verdict"] == "accepted"


def stamp(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def healthy_slots(url: str) -> int:
    workers = httpx.get(url + "/api/workers", timeout=60).json()
    return sum(worker["concurrency"] for worker in workers if worker["state"] == "healthy")


def p90(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.9)]
