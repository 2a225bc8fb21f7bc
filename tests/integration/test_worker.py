"""A worker in this process, with a grader that obeys comments: from a queued submission to its verdict."""

import asyncio
import contextlib

import pytest
import sqlalchemy as sa

from judge.problems.hidden_seed import HiddenSeed
from judge.store import retries
from judge.store.records import NewSubmission, Status, SubmissionRecord, WorkerRow
from judge.store.schema import judgings
from judge.worker import judging
from judge.worker import worker as worker_module
from judge.worker.hidden_seed import settle_hidden_seed
from judge.worker.worker import Worker
from tests.helpers.doubles import SICK, ObedientGrader
from tests.helpers.waiting import until
from tests.integration.conftest import opened


@pytest.fixture(autouse=True)
def _short_times(monkeypatch):
    monkeypatch.setattr(judging, "RETRY_SECONDS", 0.2)
    monkeypatch.setattr(judging, "ALONE_SECONDS", 0.1)
    monkeypatch.setattr(retries, "FIRST_SECONDS", 0.1)
    monkeypatch.setattr(retries, "LONGEST_SECONDS", 0.4)
    monkeypatch.setattr(worker_module, "SICK_SECONDS", 0.3)
    monkeypatch.setattr(worker_module, "CHECKUP_PAUSE_SECONDS", 0.05)


@contextlib.asynccontextmanager
async def at_work(store, settings, catalog):
    worker = Worker(store, settings, catalog, ObedientGrader, settings.workers)
    task = asyncio.create_task(worker.run())
    maintaining = asyncio.create_task(store.queue.maintain())
    try:
        yield worker
    finally:
        task.cancel()
        maintaining.cancel()
        await asyncio.wait({task, maintaining}, timeout=20)
        assert task.done()


async def submit(store, *lines: str, **more) -> str:
    source = "\n".join(f"# {line}" for line in lines) or "pass"
    new = NewSubmission(problem="twice", source=source, submitter="ann", **more)
    return (await store.submissions.submit(new)).submission_id


async def running(store, submission: str) -> None:
    async def is_running() -> bool:
        return (await store.submissions.get(submission)).status is Status.RUNNING

    await until(is_running)


async def in_state(store, state: str) -> WorkerRow:
    """The only worker, once it is in that state."""

    async def row() -> WorkerRow | None:
        return next((row for row in await store.workers.all() if row.state == state), None)

    return await until(row)


async def test_a_submission_gets_its_verdict_and_says_who_judged_it(store, settings, catalog) -> None:
    async with at_work(store, settings, catalog) as worker:
        stored = await store.submissions.wait(await submit(store, "verdict: wrong_answer", seed=7), 20)
    assert (stored.verdict, stored.lane, stored.attempts) == ("wrong_answer", "fast", 1)
    assert stored.report["provenance"]["worker"] == stored.worker == worker.row.id
    assert stored.report["provenance"]["seed"] == 7
    assert stored.report["provenance"]["package"] == catalog.get("twice").digest


@pytest.mark.parametrize("fault", ["judge-errors", "raises"])
async def test_the_judges_own_fault_is_tried_again_and_the_verdict_is_the_submissions(
    store, settings, catalog, fault, tmp_path
) -> None:
    async with at_work(store, settings, catalog):
        stored = await store.submissions.wait(await submit(store, fault, f"{fault}: 2", f"log: {tmp_path / 'log'}"), 30)
    assert (stored.verdict, stored.attempts) == ("accepted", 3)


@pytest.mark.parametrize(("fault", "why"), [("judge-errors", "the box broke"), ("raises", "the grader itself fails")])
async def test_after_three_attempts_the_verdict_is_a_judge_error_with_its_reason(
    store, settings, catalog, fault, why, tmp_path
) -> None:
    async with at_work(store, settings, catalog):
        stored = await store.submissions.wait(await submit(store, fault, f"{fault}: 9", f"log: {tmp_path / 'log'}"), 30)
    assert (stored.verdict, stored.attempts) == ("judge_error", 3)
    assert why in stored.report["message"]
    assert len((tmp_path / "log").read_text().splitlines()) == 3


async def test_faults_of_box_and_host_are_tried_again_beyond_all_attempts_and_counted_apart(
    store, settings, catalog, tmp_path
) -> None:
    faults = ("box-faults", "host-faults", "box-kills")
    async with at_work(store, settings, catalog):
        ids = [await submit(store, fault, f"{fault}: 4", f"log: {tmp_path / 'log'}") for fault in faults]
        judged = [await store.submissions.wait(each, 60) for each in ids]
    assert [(each.verdict, each.attempts, each.faults) for each in judged] == [("accepted", 5, 4)] * 3


async def test_what_waits_after_a_fault_says_why_and_until_when(
    store, settings, catalog, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(retries, "FIRST_SECONDS", 30.0)
    monkeypatch.setattr(retries, "LONGEST_SECONDS", 30.0)
    async with at_work(store, settings, catalog):
        submission = await submit(store, "short", "host-faults: 9", f"log: {tmp_path / 'log'}")

        async def failed() -> SubmissionRecord | None:
            stored = await store.submissions.get(submission)
            return stored if stored.faults else None

        stored = await until(failed)
        assert (stored.status, stored.reason) == (Status.QUEUED, "host-faults in attempt 1")
        assert 15 < (stored.retry_at - stored.created).total_seconds() < 50
        another = await store.submissions.wait(await submit(store, "another"), 20)
        assert another.verdict == "accepted"  # nobody is held up
        assert (await store.stats.depth()).delayed == 1


async def suspect(store, *submissions: str) -> None:
    async with store.transactions.writing() as tx:
        ids = [(await store.submissions.get(each)).judging_id for each in submissions]
        await tx.connection.execute(sa.update(judgings).where(judgings.c.id.in_(ids)).values(suspect=True))


async def test_what_may_have_ended_its_worker_runs_alone_and_the_others_go_on_afterwards(
    store, settings, catalog, tmp_path
) -> None:
    log = tmp_path / "log"
    names = [f"plain-{number}" for number in range(6)] + ["suspect-0", "suspect-1"]
    ids = [await submit(store, name, "seconds: 0.3", f"log: {log}") for name in names]
    await suspect(store, *ids[-2:])
    async with at_work(store, settings, catalog):
        times = [await store.submissions.wait(each, 60) for each in ids]
        after = await store.submissions.wait(await submit(store, "after"), 20)
    assert {each.verdict for each in (*times, after)} == {"accepted"}
    for alone in times[-2:]:
        assert alone.attempts == 1
        others = [each for each in times if each is not alone]
        assert all(each.finished <= alone.started or each.started >= alone.finished for each in others)


async def test_a_worker_that_stops_hands_back_what_waits_to_run_alone(store, settings, catalog) -> None:
    short = settings.model_copy(update={"stop_seconds": 0.2})
    slow, waiting = await submit(store, "slow", "seconds: 15"), await submit(store, "waiting")
    await suspect(store, waiting)  # before a slot of a worker can have it
    async with at_work(store, short, catalog):
        await running(store, slow)
        await asyncio.sleep(0.5)
    assert [(await store.submissions.get(each)).status for each in (slow, waiting)] == [Status.QUEUED] * 2
    assert (await store.submissions.get(waiting)).attempts == 0


async def test_a_worker_that_fails_again_and_again_tests_itself_and_accepts_no_more(
    store, settings, catalog, tmp_path
) -> None:
    async with at_work(store, settings, catalog):
        await store.submissions.wait(await submit(store), 20)
        (settings.data / "cache" / SICK).touch()
        for number in range(judging.DOUBTS):
            await submit(store, f"{number}", "box-faults: 99", f"log: {tmp_path / 'log'}")
        row = await in_state(store, "sick")
        assert "SandboxFault" in row.reason or "sick" in row.reason


async def test_a_worker_whose_self_test_fails_accepts_nothing_and_says_so(store, settings, catalog) -> None:
    (settings.data / "cache").mkdir(parents=True)
    (settings.data / "cache" / SICK).touch()
    submission = await submit(store)
    async with at_work(store, settings, catalog):
        row = await in_state(store, "sick")
        assert row.reason.partition(":")[0] == "thrice"
        assert "judge_error: sick" in row.reason
        assert (await store.submissions.get(submission)).status is Status.QUEUED
        (settings.data / "cache" / SICK).unlink()
        assert (await store.submissions.wait(submission, 20)).verdict == "accepted"
        assert (await in_state(store, "healthy")).reason == ""


async def test_a_self_test_that_fails_later_stops_the_work(settings, catalog, store) -> None:
    settings = settings.model_copy(update={"canary_seconds": 0.3})
    async with at_work(store, settings, catalog):
        await store.submissions.wait(await submit(store), 20)
        (settings.data / "cache" / SICK).touch()
        await in_state(store, "sick")
        submission = await submit(store)
        await asyncio.sleep(1.0)
        assert (await store.submissions.get(submission)).status is Status.QUEUED
        await in_state(store, "sick")


async def test_who_waits_for_a_reference_leaves_the_slot_and_loses_no_attempt(store, settings, catalog) -> None:
    settings = settings.model_copy(update={"workers": 1})
    async with at_work(store, settings, catalog):
        waiting = await submit(store, "reference-pending: 1.5", f"log: {settings.data / 'log'}")
        await asyncio.sleep(0.5)
        assert (await store.submissions.get(waiting)).status is Status.QUEUED
        quick = await store.submissions.wait(await submit(store, "quick"), 10)
        assert quick.verdict == "accepted"
        assert (await store.submissions.get(waiting)).status is Status.QUEUED
        done = await store.submissions.wait(waiting, 20)
    assert (done.verdict, done.attempts) == ("accepted", 1)


async def test_stopping_lets_what_runs_finish(store, settings, catalog) -> None:
    async with at_work(store, settings, catalog):
        submission = await submit(store, "seconds: 1.5")
        await running(store, submission)
    stored = await store.submissions.get(submission)
    assert (stored.verdict, stored.attempts) == ("accepted", 1)
    assert await store.workers.all() == []


async def test_what_takes_too_long_at_the_stop_is_handed_back_and_judged_by_the_next(
    store, settings, catalog, tmp_path
) -> None:
    short = settings.model_copy(update={"stop_seconds": 0.2})
    async with at_work(store, short, catalog):
        submission = await submit(store, "slow", "seconds: 3", f"log: {tmp_path / 'log'}")
        await running(store, submission)
    stored = await store.submissions.get(submission)
    assert (stored.status, stored.attempts) == (Status.QUEUED, 0)
    async with at_work(store, settings, catalog):
        stored = await store.submissions.wait(submission, 30)
    assert (stored.verdict, stored.attempts) == ("accepted", 1)


async def test_cases_are_published_while_a_submission_is_judged(store, settings, catalog) -> None:
    submission = await submit(store, "cases: 5", "seconds: 2")
    judging_id = (await store.submissions.get(submission)).judging_id
    with store.notifications.listen(judging_id) as inbox:
        async with at_work(store, settings, catalog):
            notes = [await asyncio.wait_for(inbox.get(), 20)]
            while notes[-1].kind != "done":
                notes.append(await asyncio.wait_for(inbox.get(), 20))
    numbers = [case["number"] for note in notes if note.kind == "cases" for case in note.data["cases"]]
    assert numbers[:3] == [1, 2, 3]
    assert notes[0].kind == "started"


async def test_verdicts_are_kept_while_the_database_is_away(store, settings, catalog, monkeypatch) -> None:
    from judge.errors import StoreFault

    real, failures = store.judgings.finish, 3

    async def flaky(*args):
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise StoreFault("the database is restarting")
        return await real(*args)

    monkeypatch.setattr(store.judgings, "finish", flaky)
    async with at_work(store, settings, catalog):
        stored = await store.submissions.wait(await submit(store), 20)
    assert (stored.verdict, stored.attempts) == ("accepted", 1)


@pytest.mark.postgres
async def test_two_workers_share_the_queue(postgres_url, settings_of, catalog) -> None:
    settings = settings_of(postgres_url)
    async with opened(settings) as one, opened(settings) as two:
        async with at_work(one, settings, catalog), at_work(two, settings, catalog):
            ids = [await submit(one, f"{number}", "seconds: 0.2") for number in range(16)]
            judged = [await two.submissions.wait(each, 30) for each in ids]
        assert len({each.worker for each in judged}) == 2
        assert {each.verdict for each in judged} == {"accepted"}


async def test_the_secret_of_the_hidden_cases_is_made_once_for_all_machines_of_one_database(
    store, settings, settings_of, monkeypatch, tmp_path
) -> None:
    monkeypatch.delenv("JUDGE_HIDDEN_SEED")
    settings = settings.model_copy(update={"hidden_seed": ""})
    first = await settle_hidden_seed(settings, store)
    again = await settle_hidden_seed(settings, store)
    assert first is not None
    assert first == again
    assert store.hidden_seed == first.fingerprint
    assert (settings.data / "hidden-seed").exists() == settings.embedded
    set_by_the_operator = await settle_hidden_seed(settings.model_copy(update={"hidden_seed": "mine"}), store)
    assert set_by_the_operator == HiddenSeed("mine")
    assert await settle_hidden_seed(settings.model_copy(update={"hidden_seed": "package"}), store) is None
    assert store.hidden_seed == ""
