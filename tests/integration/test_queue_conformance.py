"""What every queue promises; each test runs on SQLite and on PostgreSQL, on a store's own queue."""

import asyncio
import contextlib
import os
import shutil
import time

import psycopg
import pytest
from sqlalchemy import text

from judge.errors import StoreFault
from judge.report import Report
from judge.store import postgres_queue, sqlite_queue
from judge.store.admission import admit
from judge.store.queue import Done, Outcome, RetryLater
from judge.store.records import NewSubmission
from judge.verdict import Verdict
from tests.helpers.waiting import until
from tests.integration.conftest import opened


def new(number: int = 0) -> NewSubmission:
    return NewSubmission(problem="twice", source=f"# {number}", submitter="ann")


async def submit(store, count: int) -> list[str]:
    return [taken.judging_id for taken in await store.submissions.submit_many([new(number) for number in range(count)])]


@contextlib.asynccontextmanager
async def working(store, handle, concurrency: int = 2, grace: float = 5.0):
    task = asyncio.create_task(store.queue.work(handle, concurrency, grace))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=20)
        assert task.done()


def finishing(store, seen: list[str], seconds: float = 0.0):
    """A handler that notes the judging and takes it off the queue."""

    async def handle(judging_id: str) -> Outcome:
        seen.append(judging_id)
        if await store.judgings.claim(judging_id, "w"):
            await asyncio.sleep(seconds)
            await finish(store, judging_id)
        return Done()

    return handle


async def finish(store, judging_id: str) -> None:
    await store.judgings.finish(judging_id, Report(problem="twice", verdict=Verdict.ACCEPTED).to_json())


async def test_everything_put_is_handed_out_once_in_order(store) -> None:
    ids, seen = await submit(store, 20), []
    async with working(store, finishing(store, seen), concurrency=1):
        await until(lambda: len(seen) == 20)
        await asyncio.sleep(0.3)
    assert seen == ids


async def test_a_new_judging_wakes_an_idle_worker_which_need_not_poll(store, monkeypatch) -> None:
    monkeypatch.setattr(sqlite_queue, "POLL_SECONDS", 3_600.0)
    monkeypatch.setattr(postgres_queue, "POLL_SECONDS", 3_600.0)
    seen: list[str] = []
    await submit(store, 1)
    async with working(store, finishing(store, seen)):
        await until(lambda: len(seen) == 1)
        await asyncio.sleep(1.0)
        await submit(store, 1)
        await until(lambda: len(seen) == 2)


async def test_no_more_than_concurrency_run_at_a_time(store) -> None:
    await submit(store, 9)
    running, most, done = 0, 0, 0

    async def handle(judging_id: str) -> Outcome:
        nonlocal running, most, done
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.1)
        await store.judgings.claim(judging_id, "w")
        await finish(store, judging_id)
        running -= 1
        done += 1
        return Done()

    async with working(store, handle, concurrency=3):
        await until(lambda: done == 9)
    assert most == 3


async def test_what_was_rolled_back_is_never_handed_out(store) -> None:
    seen: list[str] = []
    async with working(store, finishing(store, seen)):
        with contextlib.suppress(ZeroDivisionError):
            async with store.transactions.writing() as tx:
                _, tickets = await admit(tx.connection, [new()], store.submissions.limits)
                await store.queue.put(tx.connection, tickets)
                _ = 1 / 0
        store.queue.wake()
        await asyncio.sleep(1.5)
    assert seen == []


async def test_a_handler_that_asks_for_it_gets_the_judging_again_later(store) -> None:
    await submit(store, 1)
    times: list[float] = []

    async def handle(judging_id: str) -> Outcome:
        times.append(time.monotonic())
        await store.judgings.claim(judging_id, "w")
        if len(times) == 1:
            await store.judgings.release(judging_id, "w", "not yet", counted=True)
            return RetryLater(seconds=1.0)
        await finish(store, judging_id)
        return Done()

    async with working(store, handle):
        await until(lambda: len(times) == 2)
        await asyncio.sleep(0.5)
    assert times[1] - times[0] > 0.8  # of the second that was asked for
    assert len(times) == 2


async def test_what_waits_for_a_time_lets_others_go_first_and_is_not_forgotten_when_the_judge_restarts(
    settings, sqlite_template
) -> None:
    if settings.embedded:
        settings.data.mkdir(exist_ok=True)
        shutil.copy(sqlite_template, settings.data)
    seen: list[str] = []
    async with opened(settings) as store:
        first, second = await submit(store, 2)

        async def put_off(judging_id: str) -> Outcome:
            seen.append(judging_id)
            await store.judgings.claim(judging_id, "w")
            if judging_id == second:
                await finish(store, second)
                return Done()
            await store.judgings.release(first, "w", "the zygote died", counted=False, fault=True, after=3.0)
            return RetryLater(seconds=3.0)

        began = time.monotonic()
        async with working(store, put_off, concurrency=1):
            await until(lambda: len(seen) == 2)
    assert seen == [first, second]
    async with opened(settings) as store, working(store, finishing(store, seen)):
        await until(lambda: len(seen) == 3)
    assert seen[2] == first
    assert time.monotonic() - began > 2.4  # of 3 s, PostgreSQL's queue takes whole ones


async def test_a_handler_that_fails_by_a_bug_gets_the_judging_again(store) -> None:
    await submit(store, 1)
    seen: list[str] = []

    async def handle(judging_id: str) -> Outcome:
        seen.append(judging_id)
        if len(seen) == 1:
            raise RuntimeError("a bug")
        await store.judgings.claim(judging_id, "w")
        await finish(store, judging_id)
        return Done()

    async with working(store, handle):
        await until(lambda: len(seen) == 2)


async def test_stopping_waits_for_what_runs_and_takes_nothing_more(store) -> None:
    await submit(store, 4)
    began, ended = [], []

    async def handle(judging_id: str) -> Outcome:
        began.append(judging_id)
        await asyncio.sleep(0.5)
        await store.judgings.claim(judging_id, "w")
        await finish(store, judging_id)
        ended.append(judging_id)
        return Done()

    async with working(store, handle, concurrency=2):
        await until(lambda: len(began) == 2)
    assert sorted(began) == sorted(ended)
    assert len(ended) == 2


async def test_what_outlives_the_grace_is_cancelled_and_comes_back_to_the_next_worker(store) -> None:
    await submit(store, 1)
    began, cancelled, seen = [], [], []

    async def stubborn(judging_id: str) -> Outcome:
        await store.judgings.claim(judging_id, "w1")
        began.append(judging_id)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(judging_id)
            await asyncio.shield(store.judgings.release(judging_id, "w1", "stopped", counted=False))
            raise
        return Done()

    async with working(store, stubborn, grace=0.2):
        await until(lambda: began)
    assert len(cancelled) == 1
    async with working(store, finishing(store, seen)):
        await until(lambda: seen == cancelled)


@pytest.mark.postgres
async def test_the_jobs_of_a_silent_worker_go_to_another(postgres_url, settings_of, monkeypatch) -> None:
    settings = settings_of(postgres_url)
    async with opened(settings) as dead, opened(settings) as alive:
        await submit(dead, 1)
        seen: list[str] = []
        stuck = asyncio.Event()

        async def hang(_: str) -> Outcome:
            stuck.set()
            await asyncio.sleep(60)
            return Done()

        silent = asyncio.create_task(dead.queue.work(hang, 1, 0.1))
        await asyncio.wait_for(stuck.wait(), 10)

        async def no_heartbeat(_worker: int) -> None:
            await asyncio.sleep(3600)

        monkeypatch.setattr(dead.queue._app.job_manager, "update_heartbeat", no_heartbeat)
        maintaining = asyncio.create_task(alive.queue.maintain())
        async with working(alive, finishing(alive, seen)):
            await until(lambda: seen, 20)
        for task in (silent, maintaining):
            task.cancel()
        await asyncio.wait({silent, maintaining})


@pytest.mark.postgres
async def test_a_judging_whose_job_was_deleted_is_queued_again_once(postgres_url, settings_of) -> None:
    async with opened(settings_of(postgres_url)) as store:
        [judging_id] = await submit(store, 1)
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("DELETE FROM procrastinate_events")
            connection.execute("DELETE FROM procrastinate_jobs")
        async with store.transactions.writing() as tx:
            assert await store.queue.reconcile(tx.connection, 0.0) == 1
            assert await store.queue.reconcile(tx.connection, 0.0) == 0
        seen: list[str] = []
        async with working(store, finishing(store, seen)):
            await until(lambda: seen == [judging_id])


@pytest.mark.postgres
async def test_a_worker_goes_on_after_its_connections_were_cut(postgres_url, settings_of) -> None:
    async with opened(settings_of(postgres_url)) as store:
        seen: list[str] = []
        async with working(store, finishing(store, seen)):
            await submit(store, 1)
            await until(lambda: len(seen) == 1)
            with psycopg.connect(postgres_url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            await asyncio.sleep(0.5)
            await submit(store, 3)
            await until(lambda: len(set(seen)) == 4, 20)


async def test_two_processes_can_not_own_one_sqlite_file(tmp_path, sqlite_template, settings_of) -> None:
    settings = settings_of("")
    async with opened(settings):
        with pytest.raises(StoreFault, match="belongs to another judge process"):
            async with opened(settings):
                pass
    assert os.listdir(settings.data)


async def test_what_ran_when_a_sqlite_judge_was_killed_is_queued_again(sqlite_template, settings_of, tmp_path) -> None:
    settings = settings_of("")
    settings.data.mkdir()
    shutil.copy(sqlite_template, settings.data)
    async with opened(settings) as store:
        [judging_id] = await submit(store, 1)
        await store.judgings.claim(judging_id, "w")
    seen: list[str] = []
    async with opened(settings) as store, working(store, finishing(store, seen)):
        await until(lambda: seen == [judging_id])
        await asyncio.sleep(0.5)
        async with store.transactions.reading() as connection:
            attempts = await connection.execute(text("SELECT attempts FROM judgings"))
            assert attempts.scalar_one() == 2
