"""The fate of judgings whose worker is lost, and of submissions that end it; on SQLite and on PostgreSQL."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from judge.report import Report
from judge.store import retries
from judge.store.records import NewSubmission, Priority, Status, WorkerRow
from judge.store.schema import judgings, workers
from judge.verdict import Verdict


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch) -> None:
    monkeypatch.setattr(retries, "FIRST_SECONDS", 0.0)


async def submit(store, source: str = "pass"):
    return await store.submissions.submit(NewSubmission(problem="twice", source=source, submitter="ann"))


async def begin(store, worker: str) -> None:
    row = WorkerRow(
        id=worker, host="h", pid=1, concurrency=2, busy=0, state="healthy", reason="", started=datetime.now(UTC)
    )
    await store.workers.describe(row)


async def lose(store, *ids: str, lived: float = 0.0) -> None:
    """Let workers be silent for an hour, and be found."""
    then = datetime.now(UTC) - timedelta(seconds=3_600 - lived)
    async with store.transactions.writing() as tx:
        await tx.connection.execute(sa.update(workers).where(workers.c.id.in_(ids)).values(heartbeat=then))
        await retries.requeue_silent(tx.connection, 1_800)


async def run(store, taken, worker: str) -> None:
    """Claim a judging, as the worker of that name does, which begins with it."""
    await begin(store, worker)
    work = await store.judgings.claim(taken.judging_id, worker)
    if work.alone:
        assert await store.judgings.start_alone(taken.judging_id, worker)


async def finish(store, taken) -> None:
    assert await store.judgings.finish(taken.judging_id, Report(problem="twice", verdict=Verdict.ACCEPTED).to_json())


async def charged(store, taken) -> int:
    async with store.transactions.reading() as connection:
        query = sa.select(judgings.c.lost_alone).where(judgings.c.id == taken.judging_id)
        return (await connection.execute(query)).scalar_one()


async def test_what_was_lost_with_its_worker_waits_a_little_and_then_runs_alone(store, monkeypatch) -> None:
    monkeypatch.setattr(retries, "FIRST_SECONDS", 8.0)
    one, two = await submit(store, "1"), await submit(store, "2")
    await begin(store, "w1")
    assert not (await store.judgings.claim(one.judging_id, "w1")).alone
    await store.judgings.claim(two.judging_id, "w1")
    await lose(store, "w1")
    for taken in (one, two):
        stored = await store.submissions.get(taken.submission_id)
        assert (stored.status, stored.attempts, stored.faults) == (Status.QUEUED, 1, 1)
        assert stored.reason == "the worker that ran it was lost"
        assert 5.0 < (stored.retry_at - datetime.now(UTC)).total_seconds() <= 8.0
        assert (await store.judgings.claim(taken.judging_id, "w2")).alone
    assert (await store.submissions.get(one.submission_id)).retry_at is None  # it runs


async def test_fifty_losses_that_may_be_anybodys_end_nothing(store) -> None:
    taken = await submit(store)
    for number in range(50):
        await begin(store, f"w{number}")
        work = await store.judgings.claim(taken.judging_id, f"w{number}")  # lost before it has the worker to itself
        assert work.attempt == number + 1
        await lose(store, f"w{number}")
    await run(store, taken, "last")
    await finish(store, taken)
    stored = await store.submissions.get(taken.submission_id)
    assert (stored.verdict, stored.attempts, stored.faults) == ("accepted", 51, 50)


async def test_whoever_is_lost_alone_five_times_is_given_up_and_logged(store, caplog) -> None:
    kinds: list[str] = []
    store.judgings.on_fault = kinds.append
    poison, other = await submit(store, "poison"), await submit(store, "other")
    for number in range(1 + retries.LOST_ALONE):
        assert await store.judgings.claim(poison.judging_id, "nobody") is not None
        await store.judgings.release(poison.judging_id, "nobody", "", counted=False)
        await run(store, poison, f"w{number}")
        await lose(store, f"w{number}")
        assert (await store.submissions.get(poison.submission_id)).status is Status.QUEUED
    assert await store.judgings.claim(poison.judging_id, "w9") is None
    stored = await store.submissions.get(poison.submission_id)
    assert stored.verdict == "judge_error"
    assert "5 times this program had a worker to itself, the worker was lost each time" in stored.report["message"]
    assert kinds == ["poison"]
    assert "is given up" in caplog.text
    await run(store, other, "w9")
    await finish(store, other)


async def test_a_worker_lost_while_it_ran_nothing_clears_whoever_was_charged(store) -> None:
    taken = await submit(store)
    await run(store, taken, "w")
    await lose(store, "w")
    for number in range(retries.LOST_ALONE - 1):
        await run(store, taken, f"w{number}")
        await lose(store, f"w{number}")
    assert await charged(store, taken) == retries.LOST_ALONE - 1
    await begin(store, "idle")
    await lose(store, "idle")
    assert await charged(store, taken) == 0


async def test_a_suspect_that_is_judged_after_all_clears_the_others_but_none_that_are_condemned(store) -> None:
    innocent, suspect, poison = [await submit(store, each) for each in ("innocent", "suspect", "poison")]
    for taken, times in ((innocent, 1), (suspect, 2), (poison, retries.LOST_ALONE)):
        for number in range(1 + times):
            await run(store, taken, f"{taken.judging_id}-{number}")
            await lose(store, f"{taken.judging_id}-{number}")
    await run(store, innocent, "w")
    await finish(store, innocent)
    assert [await charged(store, each) for each in (suspect, poison)] == [0, retries.LOST_ALONE]


async def test_a_neighbour_of_a_poison_that_is_judged_clears_nobody(store) -> None:
    neighbour, poison = await submit(store, "neighbour"), await submit(store, "poison")
    await begin(store, "w")
    for taken in (neighbour, poison):
        await store.judgings.claim(taken.judging_id, "w")
    await lose(store, "w")
    await run(store, poison, "w1")
    await lose(store, "w1")
    await run(store, neighbour, "w2")
    await finish(store, neighbour)
    assert await charged(store, poison) == 1


async def test_the_pause_after_a_loss_alone_is_three_times_as_long_as_the_run(store) -> None:
    taken = await submit(store)
    await run(store, taken, "w")
    await lose(store, "w")
    await run(store, taken, "w2")
    then = datetime.now(UTC) - timedelta(seconds=3_600)
    async with store.transactions.writing() as tx:
        await tx.connection.execute(sa.update(judgings).values(started=then))
    await lose(store, "w2", lived=20.0)
    stored = await store.submissions.get(taken.submission_id)
    assert 55.0 < (stored.retry_at - datetime.now(UTC)).total_seconds() < 62.0


async def test_a_worker_killed_while_it_stops_accuses_nobody(store) -> None:
    taken = await submit(store)
    await begin(store, "w")
    await store.judgings.claim(taken.judging_id, "w")
    async with store.transactions.writing() as tx:
        await tx.connection.execute(sa.update(workers).values(state="stopping"))
    await lose(store, "w")
    work = await store.judgings.claim(taken.judging_id, "w2")
    assert (work.alone, work.faults) == (False, 1)


async def test_a_worker_that_was_only_frozen_is_noticed_again_when_it_is_lost(store) -> None:
    first, second = await submit(store, "1"), await submit(store, "2")
    await run(store, first, "w")
    await lose(store, "w")
    await run(store, second, "w")  # it is back
    await lose(store, "w")
    assert (await store.submissions.get(second.submission_id)).status is Status.QUEUED


async def test_faults_use_up_no_attempt_and_reports_do(store) -> None:
    taken = await submit(store)
    for number in range(20):
        work = await store.judgings.claim(taken.judging_id, "w")
        assert (work.attempt, work.faults) == (number + 1, number)
        await store.judgings.release(taken.judging_id, "w", "the zygote died", counted=False, fault=True)
    for _ in range(3):
        assert await store.judgings.claim(taken.judging_id, "w") is not None
        await store.judgings.release(taken.judging_id, "w", "the check is wrong", counted=True)
    assert await store.judgings.claim(taken.judging_id, "w") is None
    stored = await store.submissions.get(taken.submission_id)
    assert stored.report["message"] == "the judge gave up after 3 attempts: the check is wrong"
    assert (stored.attempts, stored.faults) == (23, 20)


async def test_what_waits_for_a_time_is_counted_and_holds_up_nobody(store) -> None:
    first, second = await submit(store, "1"), await submit(store, "2")
    await store.judgings.claim(first.judging_id, "w")
    await store.judgings.release(first.judging_id, "w", "no memory", counted=False, fault=True, after=60.0)
    depth = await store.stats.depth()
    assert (depth.queued, depth.delayed) == (2, 1)
    assert await store.submissions.position(await store.submissions.get(second.submission_id)) == 1
    stored = await store.submissions.get(first.submission_id)
    assert (stored.status, stored.reason) == (Status.QUEUED, "no memory")
    assert (await store.submissions.cancel(first.submission_id)).retry_at is None
    assert (await store.stats.depth()).delayed == 0


async def test_a_rejudge_of_what_ended_workers_has_one_to_itself_from_the_start(store) -> None:
    taken = await submit(store)
    for number in range(1 + retries.LOST_ALONE):
        await run(store, taken, f"w{number}")
        await lose(store, f"w{number}")
    await store.judgings.claim(taken.judging_id, "w")
    rejudge = await store.rejudges.begin("twice", "sha256:one", ["judge_error"])
    async with store.transactions.reading() as connection:
        query = sa.select(judgings.c.id, judgings.c.priority).where(judgings.c.rejudge_id == rejudge.id)
        [row] = (await connection.execute(query)).all()
    assert row.priority == Priority.BATCH
    work = await store.judgings.claim(row.id, "w")
    assert (work.alone, work.attempt, work.faults) == (True, 1, 0)
