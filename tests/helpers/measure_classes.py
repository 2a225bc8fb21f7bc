"""Measures the pages of a large class: `uv run python -m tests.helpers.measure_classes`, by hand.

Fills a class of 200 learners and 5 assignments with 20,000 submissions, on SQLite and, if JUDGE_TEST_POSTGRES_URL is
set, on PostgreSQL. Prints the median time of each page through the application, and of the processor time that this
process used for it, which a busy machine changes less. Exits with 1 if a page of BOUND takes longer than MOST_MS.
"""

import asyncio
import contextlib
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import sqlalchemy as sa

from judge.assignment import Assignment, Late
from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.store.store import Store
from judge.verdict import Verdict
from judge.web.app import create_app
from tests.helpers.class_rows import Sent, make_class, people, write
from tests.helpers.doubles import ObedientGrader
from tests.helpers.people import session
from tests.helpers.tiny_package import write_package
from tests.integration.conftest import create_database, database_url, drop_database

LEARNERS, ASSIGNMENTS, PROBLEMS, SUBMISSIONS = 200, 5, 2, 20_000
OTHERS = 5_000  # submissions of people and to problems outside of the class
REPORT_CHARACTERS = 4_000
ROUNDS = 21
MOST_MS = 200.0
PAGES = (
    "/classes/ml/gradebook",
    "/classes/ml/mistakes",
    "/classes/ml/assignments/week-1",
    "/api/classes/ml/gradebook",
    "/api/classes/ml/gradebook?format=csv",
    "/classes/ml",
    "/status",
)
BOUND = PAGES[:2]


def main() -> None:
    """Measure on every database that is there."""
    slow = []
    with tempfile.TemporaryDirectory() as folder:
        for name in PROBLEM_NAMES:
            write_package(Path(folder) / "problems", name)
        for kind, url in _databases():
            with url as database_url:
                found = asyncio.run(_measured(Path(folder), kind, database_url))
            for page, (milliseconds, processor) in found.items():
                print(f"{kind:10} {page:42} {milliseconds:7.1f} ms, of this process {processor:7.1f} ms")
                slow += [page] if page in BOUND and milliseconds > MOST_MS else []
    sys.exit(bool(slow))


PROBLEM_NAMES = [f"p{number}" for number in range(ASSIGNMENTS * PROBLEMS)]


def _databases() -> Iterator[tuple[str, contextlib.AbstractContextManager[str]]]:
    yield "sqlite", contextlib.nullcontext("")
    if os.environ.get("JUDGE_TEST_POSTGRES_URL"):
        yield "postgresql", _postgres()


@contextlib.contextmanager
def _postgres() -> Iterator[str]:
    name = f"judge_measure_{uuid.uuid4().hex[:10]}"
    create_database(name)
    try:
        yield database_url(name)
    finally:
        drop_database(name)


async def _measured(folder: Path, kind: str, database: str) -> dict[str, tuple[float, float]]:
    settings = Settings(
        data=folder / kind,
        cache=folder / kind / "cache",
        database_url=database,
        workers=0,
        access="accounts",
        admin_token="the-admins-token",
    )
    app = create_app(settings, catalog=Catalog([folder / "problems"]), make_grader=ObedientGrader)
    async with app.router.lifespan_context(app):
        store = app.state.service.store
        headers = await _fill(store)
        transport = httpx.ASGITransport(app, client=("198.51.100.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
            return {page: await _median(client, page) for page in PAGES}


async def _fill(store: Store) -> dict[str, str]:
    """Write the class and its submissions; return the headers of its staff."""
    rng, now = random.Random(1), datetime.now(UTC)
    [staff] = await people(store, ["ann"])
    learners = await people(store, [f"learner-{number}" for number in range(LEARNERS)])
    given = [
        Assignment(
            slug=f"week-{number}",
            title=f"Week {number}",
            problems=tuple(PROBLEM_NAMES[number * PROBLEMS : (number + 1) * PROBLEMS]),
            opens=now - timedelta(days=60),
            due=now - timedelta(days=40 - number),
            attempts=20,
            late=Late(penalty=0.1),
        )
        for number in range(ASSIGNMENTS)
    ]
    await make_class(store, given, [staff.name], [each.name for each in learners])
    causes = [f"mistake-{number}" for number in range(15)]
    sent = []
    for number in range(SUBMISSIONS + OTHERS):
        right = rng.random() < 0.25
        verdict = Verdict.ACCEPTED if right else rng.choice([Verdict.WRONG_ANSWER] * 8 + [Verdict.RUNTIME_ERROR])
        sent.append(
            Sent(
                owner=rng.choice(learners).owner if number < SUBMISSIONS else f"user:other-{number % 500}",
                problem=rng.choice(PROBLEM_NAMES),
                created=now - timedelta(seconds=rng.randrange(60 * 86_400)),
                verdict=verdict,
                score=1.0 if right else round(rng.random(), 2),
                cause=None if right else rng.choice(causes),
                checks=() if right else tuple(sorted(rng.sample(["close", "shape", "dtype", "state"], 2))),
                padding="x" * REPORT_CHARACTERS,
            )
        )
    await write(store, sent)
    async with store.transactions.writing() as tx:
        await tx.connection.execute(sa.text("ANALYZE"))  # as PostgreSQL does of itself, minutes after so many rows
    return await session(store, staff)


async def _median(client: httpx.AsyncClient, page: str) -> tuple[float, float]:
    times, processor = [], []
    for _ in range(ROUNDS):
        begin, used = time.perf_counter(), time.process_time()
        response = await client.get(page)
        times.append((time.perf_counter() - begin) * 1000)
        processor.append((time.process_time() - used) * 1000)
        assert response.status_code == 200, (page, response.status_code)
    return statistics.median(times), statistics.median(processor)


if __name__ == "__main__":
    main()
