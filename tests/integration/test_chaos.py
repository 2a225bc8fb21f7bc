"""Chaos: processes are killed and the database restarts while submissions come in; every accepted one ends rightly.

JUDGE_TEST_FULL=1                    300 submissions and real boxes instead of a minute's worth
JUDGE_TEST_POSTGRES_RESTART=...      command that restarts the server; else its connections are cut instead
"""

import asyncio
import os
import random
import shlex
import signal
import subprocess
import time
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.helpers.process_tree import Child, children, gone
from tests.helpers.processes import Process, free_port
from tests.helpers.tiny_package import write_package
from tests.helpers.waiting import until_sync

FULL = bool(os.environ.get("JUDGE_TEST_FULL"))
RESTART = os.environ.get("JUDGE_TEST_POSTGRES_RESTART", "")
SUBMISSIONS = 300 if FULL else 40
CLIENTS = 10
PACE_SECONDS = 0.35  # between two submissions, over all clients: they come in while processes die
LEAST_BLOWS = 8 if FULL else 6
KILL_SECONDS = (2.5, 4.0) if FULL else (1.0, 2.5)  # between two kills; one that serves is ready again before
VERDICTS = ("accepted", "wrong_answer", "runtime_error", "time_limit_exceeded")
SETTLE_SECONDS = 240.0  # for what is still waiting when the killing ends
TIMES = {"heartbeat_seconds": 1, "stall_seconds": 4, "stop_seconds": 10}


class Client:
    """Posts until every submission was accepted once, whatever the judge goes through; keeps what was promised."""

    def __init__(self, urls: list[str], sources: list[tuple[str, str, str]]) -> None:
        self._urls, self._sources = urls, sources
        self.accepted: dict[str, str] = {}  # id -> the verdict it must get
        self.refused = 0

    async def post_all(self) -> None:
        waiting = list(self._sources)
        random.Random(7).shuffle(waiting)

        async def one_client() -> None:
            async with httpx.AsyncClient(timeout=30) as http:
                while waiting:
                    await self._post(http, *waiting.pop())
                    await asyncio.sleep(random.uniform(0.0, 2 * CLIENTS * PACE_SECONDS))

        await asyncio.gather(*(one_client() for _ in range(CLIENTS)))

    async def _post(self, http: httpx.AsyncClient, problem: str, source: str, verdict: str) -> None:
        while True:
            try:
                body = {"problem": problem, "source": source}
                response = await http.post(f"{random.choice(self._urls)}/api/submissions", json=body)
                if response.status_code == 201:
                    self.accepted[response.json()["id"]] = verdict
                    return
                assert response.status_code == 503, response.text
            except httpx.TransportError:
                pass
            self.refused += 1
            await asyncio.sleep(0.3)

    async def verdicts(self) -> dict[str, str | None]:
        deadline = time.monotonic() + SETTLE_SECONDS
        found: dict[str, str | None] = {}
        async with httpx.AsyncClient(timeout=30) as http:
            for submission in self.accepted:
                while time.monotonic() < deadline:
                    try:
                        url = f"{random.choice(self._urls)}/api/submissions/{submission}"
                        response = await http.get(url, params={"wait": 10})
                        if response.status_code == 200 and response.json()["status"] == "done":
                            found[submission] = response.json()["verdict"]
                            break
                    except httpx.TransportError:
                        pass
                    await asyncio.sleep(0.2)
        return found


class Monkey:
    """Kills one process after another, and starts each again."""

    def __init__(self, processes: list[Process], postgres: str | None) -> None:
        self._processes, self._postgres = processes, postgres
        self._random = random.Random(11)
        self.kills: dict[str, int] = {"serve": 0, "worker": 0, "box": 0, "database": 0}
        self.left_over: list[Child] = []

    async def rage(self, while_running: "asyncio.Task[None]") -> None:
        restarts = [] if self._postgres is None else [2, 5]  # the blows that fall on the database
        count = 0
        while not while_running.done() or count < LEAST_BLOWS:
            await asyncio.sleep(self._random.uniform(*KILL_SECONDS))
            count += 1
            if count in restarts:
                await asyncio.to_thread(self._restart_database)
            elif FULL and count % 3 == 0:
                await asyncio.to_thread(self._kill_box)
            else:
                await asyncio.to_thread(self._kill, self._random.choice(self._processes))

    def _kill(self, process: Process) -> None:
        family = children(process.pid)
        process.kill()
        self.kills[process.kind] += 1
        self.left_over += [child for child in family if not gone(child, 10.0)]
        process.start()
        if process.port:
            process.wait_until()

    def _kill_box(self) -> None:
        family = [child for process in self._processes for child in children(process.pid)]
        if family:
            pid, _ = self._random.choice(family)
            try:
                os.kill(pid, signal.SIGKILL)
                self.kills["box"] += 1
            except ProcessLookupError:
                pass  # it was about to end anyway

    def _restart_database(self) -> None:
        assert self._postgres is not None
        if RESTART:
            subprocess.run(shlex.split(RESTART), check=True, timeout=120, stdout=subprocess.DEVNULL)
        else:
            with psycopg.connect(self._postgres, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
        self.kills["database"] += 1


def obedient_sources(count: int) -> list[tuple[str, str, str]]:
    seconds = random.Random(5)
    return [
        (
            "twice",
            f"# {number}\n# verdict: {VERDICTS[number % 4]}\n# seconds: {seconds.uniform(0.02, 0.3)}\n",
            VERDICTS[number % 4],
        )
        for number in range(count)
    ]


def real_sources(count: int) -> list[tuple[str, str, str]]:
    """Exam papers of the first problem that end soon, again and again, each a little different."""
    papers = Path(__file__).parents[2] / "submissions" / "nnx-surgery-freeze"
    known = [
        (verdict, (papers / verdict / name).read_text())
        for verdict, names in {
            "accepted": sorted(each.name for each in (papers / "accepted").glob("*.py"))[:6],
            "wrong_answer": sorted(each.name for each in (papers / "wrong_answer").glob("*.py"))[:12],
            "compile_error": sorted(each.name for each in (papers / "compile_error").glob("*.py"))[:3],
        }.items()
        for name in names
    ]
    chosen = [known[number % len(known)] for number in range(count)]
    return [
        ("nnx-surgery-freeze", f"{source}\n# {number}\n", verdict) for number, (verdict, source) in enumerate(chosen)
    ]


def chaos(processes: list[Process], sources: list[tuple[str, str, str]], postgres: str | None) -> None:
    apis = [process for process in processes if process.port]
    client = Client([process.url for process in apis], sources)
    monkey = Monkey(processes, postgres)

    async def run() -> dict[str, str | None]:
        posting = asyncio.create_task(client.post_all())
        await asyncio.gather(posting, monkey.rage(posting))
        return await client.verdicts()

    try:
        for process in apis:
            process.wait_until()
        began = time.monotonic()
        verdicts = asyncio.run(run())
        seconds = time.monotonic() - began
        print(f"{len(verdicts)} judged in {seconds:.0f} s; killed: {monkey.kills}; posts repeated: {client.refused}")
        promised = client.accepted.items()
        wrong = {each: (verdicts.get(each), must) for each, must in promised if verdicts.get(each) != must}
        assert not wrong, f"{len(wrong)} of {len(client.accepted)} ended wrongly: {list(wrong.items())[:5]}"
        assert len(client.accepted) == len(sources)
        assert monkey.left_over == []
        stop(processes)
    finally:
        for process in processes:
            process.kill()


def stop(processes: list[Process]) -> None:
    families = [child for process in processes for child in children(process.pid)]
    for process in processes:
        process.stop()
    assert [child for child in families if not gone(child, 10.0)] == []


@pytest.fixture
def problems(tmp_path):
    write_package(tmp_path / "problems", "twice")
    return tmp_path / "problems"


@pytest.mark.storm
def test_a_sqlite_judge_killed_again_and_again_loses_nothing(tmp_path, problems) -> None:
    serve = Process("serve", tmp_path / "data", obedient=problems, port=free_port(), workers=2, **TIMES)
    chaos([serve], obedient_sources(SUBMISSIONS), None)


@pytest.mark.storm
@pytest.mark.postgres
@pytest.mark.timeout(900)
def test_a_postgres_judge_of_four_processes_loses_nothing(tmp_path, problems, postgres_url) -> None:
    more = {"database_url": postgres_url, "obedient": problems, **TIMES}
    kinds = [("serve", free_port(), 0), ("serve", free_port(), 0), ("worker", 0, 2), ("worker", 0, 2)]
    processes = [
        Process(kind, tmp_path / f"{kind}{index}", port=port, workers=workers, **more)
        for index, (kind, port, workers) in enumerate(kinds)
    ]
    chaos(processes, obedient_sources(SUBMISSIONS), postgres_url)
    with psycopg.connect(postgres_url) as connection:
        judgings = connection.execute("SELECT status, count(*) FROM judgings GROUP BY status").fetchall()
        jobs = connection.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        ).fetchall()
    assert [status for status, _ in judgings] == ["done"]
    assert jobs == [(0,)]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.skipif(not FULL, reason="JUDGE_TEST_FULL is not set")
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_real_boxes_under_chaos_give_every_submission_its_verdict(tmp_path, kind, request) -> None:
    if kind == "sqlite":
        processes, url = [Process("serve", tmp_path / "data", port=free_port(), workers=2, **TIMES)], None
    else:
        url = request.getfixturevalue("postgres_url")
        more = {"database_url": url, "cache": tmp_path / "cache", **TIMES}
        processes = [
            Process("serve", tmp_path / "serve0", port=free_port(), workers=0, **more),
            Process("serve", tmp_path / "serve1", port=free_port(), workers=0, **more),
            Process("worker", tmp_path / "worker0", workers=1, **more),
            Process("worker", tmp_path / "worker1", workers=1, **more),
        ]
    chaos(processes, real_sources(SUBMISSIONS), url)


@pytest.mark.storm
@pytest.mark.postgres
def test_a_worker_frozen_past_its_heartbeat_comes_back_to_one_verdict(tmp_path, problems, postgres_url) -> None:
    log = tmp_path / "log"
    more = {"database_url": postgres_url, "obedient": problems, **TIMES}
    serve = Process("serve", tmp_path / "serve", port=free_port(), workers=0, **more)
    workers = {}
    try:
        for name in ("one", "two"):
            worker = Process("worker", tmp_path / name, workers=1, **more)
            workers[worker.pid] = worker
        serve.wait_until("/readyz")
        until_sync(lambda: [row["state"] for row in httpx.get(serve.url + "/api/workers").json()] == ["healthy"] * 2)
        source = f"# frozen\n# seconds: 2\n# log: {log}\n"
        mine = httpx.Client(base_url=serve.url, headers={"Authorization": "Bearer the-clients-own-token"}, timeout=70)
        sent = mine.post("/api/submissions", json={"problem": "twice", "source": source})
        location = sent.headers["location"]
        until_sync(log.exists)
        frozen = int(log.read_text().split()[0])
        workers[frozen].signal(signal.SIGSTOP)
        judged = mine.get(location, params={"wait": 60}).json()
        assert judged["status"] == "done"
        assert judged["report"]["message"] != f"pid {frozen}"
        workers[frozen].signal(signal.SIGCONT)
        time.sleep(4.0)
        assert mine.get(location).json() == judged
        assert len(log.read_text().splitlines()) == 2
        body = {"submissions": [{"problem": "twice", "source": f"# {n}\n# seconds: 0.3\n"} for n in range(12)]}
        ids = [each["id"] for each in mine.post("/api/submissions/batch", json=body).json()["results"]]
        after = [mine.get(f"/api/submissions/{each}", params={"wait": 60}).json() for each in ids]
        assert {each["verdict"] for each in after} == {"accepted"}
        assert len({each["worker"] for each in after}) == 2  # the one that was frozen judges again
        mine.close()
    finally:
        for process in (serve, *workers.values()):
            process.kill()
