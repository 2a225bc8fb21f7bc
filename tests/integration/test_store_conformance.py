"""What every store promises; each test runs on SQLite and on PostgreSQL."""

import asyncio
import contextlib
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from judge.errors import StoreFault, UnknownSubmission
from judge.provenance import Provenance
from judge.report import Report
from judge.store import postgres_database, submissions
from judge.store.faults import KeyReused, NotQueued, QueueFull, SeedsFull, SubmitterFull
from judge.store.open_database import open_database
from judge.store.records import Filter, NewSubmission, NewWebhook, Priority, Status, WorkerRow
from judge.verdict import Verdict
from tests.helpers.waiting import until

PACKAGE = "sha256:one"


def new(source: str = "pass", submitter: str = "ann", **more) -> NewSubmission:
    return NewSubmission(**{"problem": "twice", "source": source, "submitter": submitter, "package": PACKAGE, **more})


def report(verdict: Verdict = Verdict.ACCEPTED, **more) -> dict:
    made = Provenance(package=PACKAGE)
    return Report(**{"problem": "twice", "verdict": verdict, "score": 1.0, "provenance": made, **more}).to_json()


async def order_of_queue(store) -> list[str]:
    """Judging ids in the order in which they would be taken."""
    queued = await store.submissions.find(Filter(status="queued"), None, 1000)
    return [each.id for each in sorted(queued, key=lambda each: (-each.priority, each.tag, each.judging_id))]


async def test_what_was_sent_comes_back_as_it_was(store) -> None:
    source = "x = 'é\u2028\U0001f600'\r\n"
    taken = await store.submissions.submit(new(source, seed=2**53 - 1, samples_only=True))
    stored = await store.submissions.get(taken.submission_id)
    assert (stored.source, stored.seed, stored.samples_only) == (source, 2**53 - 1, True)
    assert stored.status is Status.QUEUED
    assert stored.report is None
    assert stored.created.tzinfo is UTC
    assert abs((datetime.now(UTC) - stored.created).total_seconds()) < 60


async def test_an_unknown_submission_raises(store) -> None:
    with pytest.raises(UnknownSubmission):
        await store.submissions.get("0192f000-0000-7000-8000-000000000000")


async def test_a_verdict_is_stored_once_the_first_of_three_writers_wins(store) -> None:
    taken = await store.submissions.submit(new())
    work = await store.judgings.claim(taken.judging_id, "w1")
    assert (work.attempt, work.submission.source) == (1, "pass")
    verdicts = (Verdict.ACCEPTED, Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR)
    won = await asyncio.gather(*(store.judgings.finish(taken.judging_id, report(each)) for each in verdicts))
    assert sorted(won) == [False, False, True]
    stored = await store.submissions.get(taken.submission_id)
    assert stored.status is Status.DONE
    assert stored.verdict == stored.report["verdict"] == verdicts[won.index(True)]
    assert await store.judgings.claim(taken.judging_id, "w2") is None


async def test_numbers_that_json_has_no_word_for_are_stored_as_text(store) -> None:
    taken = await store.submissions.submit(new())
    await store.judgings.claim(taken.judging_id, "w1")
    odd = report(message="\ud800 half a pair", stdout="nul \0 too", score=float("nan"))
    await store.judgings.finish(taken.judging_id, odd)
    stored = await store.submissions.get(taken.submission_id)
    assert stored.report["score"] == "nan"
    assert stored.report["message"] == "? half a pair"


async def test_the_fourth_claim_finds_three_attempts_used_up_and_gives_a_judge_error(store) -> None:
    taken = await store.submissions.submit(new())
    for attempt in (1, 2, 3):
        work = await store.judgings.claim(taken.judging_id, f"w{attempt}")
        assert work.attempt == attempt
        assert await store.judgings.release(taken.judging_id, f"w{attempt}", f"reason {attempt}", counted=True)
    assert await store.judgings.claim(taken.judging_id, "w4") is None
    stored = await store.submissions.get(taken.submission_id)
    assert stored.verdict == Verdict.JUDGE_ERROR
    assert stored.report["message"] == "the judge gave up after 3 attempts: reason 3"


async def test_a_worker_that_stops_hands_back_without_using_up_an_attempt(store) -> None:
    taken = await store.submissions.submit(new())
    for _ in range(5):
        assert (await store.judgings.claim(taken.judging_id, "w1")).attempt == 1
        await store.judgings.release(taken.judging_id, "w1", "stopped", counted=False)


async def test_a_worker_can_release_only_what_is_its_own(store) -> None:
    taken = await store.submissions.submit(new())
    await store.judgings.claim(taken.judging_id, "w1")
    await store.judgings.claim(taken.judging_id, "w2")  # w1 was taken for dead
    assert not await store.judgings.release(taken.judging_id, "w1", "late", counted=True)
    assert (await store.submissions.get(taken.submission_id)).status is Status.RUNNING


async def test_one_who_sends_sixty_does_not_starve_two_who_send_five(store) -> None:
    flood = [(await store.submissions.submit(new(f"a{number}", "ann"))).submission_id for number in range(60)]
    few = {}
    for number in range(5):
        for who in ("bob", "cyd"):
            few[(await store.submissions.submit(new(f"{who}{number}", who))).submission_id] = who
    order = await order_of_queue(store)
    assert order[0] == flood[0]
    assert set(order[:15]) == {*flood[:5], *few}
    assert order[15:] == flood[5:]


async def test_interactive_goes_before_batch_whoever_came_first(store) -> None:
    batch = [(await store.submissions.submit(new(str(n), priority=Priority.BATCH))).submission_id for n in range(3)]
    urgent = (await store.submissions.submit(new("now", "bob"))).submission_id
    assert await order_of_queue(store) == [urgent, *batch]


async def test_the_place_in_the_queue_counts_what_goes_first(store) -> None:
    first, second = await store.submissions.submit(new("1")), await store.submissions.submit(new("2"))
    stored = [await store.submissions.get(taken.submission_id) for taken in (first, second)]
    assert [await store.submissions.position(each) for each in stored] == [1, 2]
    await store.judgings.claim(first.judging_id, "w")
    assert await store.submissions.position(await store.submissions.get(first.submission_id)) is None
    assert await store.submissions.position(stored[1]) == 1


async def test_a_full_queue_refuses_and_says_when_to_come_back(store) -> None:
    store.submissions.limits = type(store.submissions.limits)(total=3, submitter=2)
    for who in ("ann", "ann", "bob"):
        await store.submissions.submit(new(submitter=who))
    with pytest.raises(QueueFull) as full:
        await store.submissions.submit(new(submitter="cyd"))
    assert not isinstance(full.value, SubmitterFull)
    assert 1 <= full.value.retry_after <= 60


async def test_one_submitter_may_not_fill_the_queue_alone(store) -> None:
    store.submissions.limits = type(store.submissions.limits)(total=10, submitter=2)
    results = await store.submissions.submit_many([new(str(number)) for number in range(3)])
    assert [type(each).__name__ for each in results] == ["Receipt", "Receipt", "SubmitterFull"]
    await store.submissions.submit(new(submitter="bob"))


async def test_the_same_idempotency_key_brings_the_same_submission(store) -> None:
    first = await store.submissions.submit(new(idempotency_key="k"))
    again = await store.submissions.submit(new(idempotency_key="k"))
    assert (again.submission_id, again.replayed, first.replayed) == (first.submission_id, True, False)
    other = await store.submissions.submit(new(idempotency_key="k", submitter="bob"))
    assert other.submission_id != first.submission_id
    with pytest.raises(KeyReused):
        await store.submissions.submit(new("other", idempotency_key="k"))


async def test_ten_requests_at_once_with_one_new_key_make_one_submission(store) -> None:
    taken = await asyncio.gather(*(store.submissions.submit(new(idempotency_key="k")) for _ in range(10)))
    assert len({each.submission_id for each in taken}) == 1
    assert len(await store.submissions.find(Filter(), None, 100)) == 1


async def test_equal_sources_that_may_share_are_judged_once(store) -> None:
    equal = [new("same", submitter=who, reuse=True) for who in ("ann", "bob", "bob")]
    taken = await store.submissions.submit_many([*equal, new("same", reuse=True, seed=1), new("same")])
    assert len({each.judging_id for each in taken[:3]}) == 1
    assert len({each.judging_id for each in taken}) == 3  # another seed, and one that does not want to share
    await store.judgings.claim(taken[0].judging_id, "w")
    await store.judgings.finish(taken[0].judging_id, report(Verdict.WRONG_ANSWER))
    for each in taken[:3]:
        assert (await store.submissions.get(each.submission_id)).verdict == Verdict.WRONG_ANSWER
    late = await store.submissions.submit(new("same", reuse=True, submitter="dee"))
    assert (await store.submissions.get(late.submission_id)).status is Status.DONE


async def test_a_judging_with_another_secret_s_hidden_cases_is_never_shared(store) -> None:
    first = await store.submissions.submit(new(reuse=True))  # with the package's own seed
    store.hidden_seed = "0123456789abcdef"
    second = await store.submissions.submit(new(reuse=True))
    assert second.judging_id != first.judging_id
    await store.judgings.claim(first.judging_id, "w")
    await store.judgings.finish(first.judging_id, report())  # judged with the secret, which is what counts
    store.hidden_seed = ""
    third = await store.submissions.submit(new(reuse=True))
    assert third.judging_id not in {first.judging_id, second.judging_id}
    store.hidden_seed = "0123456789abcdef"
    assert (await store.submissions.submit(new(reuse=True))).judging_id == first.judging_id


async def test_chosen_seeds_that_wait_are_bounded_and_those_that_wait_already_go_on(store) -> None:
    seeds = [new(f"{seed}", submitter=f"s{seed}", seed=seed) for seed in range(1, 80)]
    taken = await store.submissions.submit_many(seeds)
    refused = [each for each in taken if isinstance(each, SeedsFull)]
    assert len(refused) == 79 - 64
    assert refused[0].retry_after > 0
    await store.submissions.submit(new("another", seed=1))
    await store.submissions.submit(new("everyone's"))
    await store.submissions.submit(new("samples", seed=1000, samples_only=True))
    with pytest.raises(SeedsFull):
        await store.submissions.submit(new("another", seed=1000))


async def test_a_secret_is_made_once_however_many_start_at_once(store) -> None:
    made = await asyncio.gather(*(store.secrets.get_or_keep("hidden-seed", f"text {number}") for number in range(8)))
    assert len(set(made)) == 1
    assert await store.secrets.get_or_keep("hidden-seed", "late") == made[0]
    assert await store.secrets.get_or_keep("other", "late") == "late"


async def test_another_package_or_a_judge_error_is_never_shared(store) -> None:
    first = await store.submissions.submit(new(reuse=True))
    other = await store.submissions.submit(new(reuse=True, package="sha256:two"))
    await store.judgings.claim(first.judging_id, "w")
    await store.judgings.finish(first.judging_id, report(Verdict.JUDGE_ERROR))
    again = await store.submissions.submit(new(reuse=True))
    assert len({first.judging_id, other.judging_id, again.judging_id}) == 3


async def test_what_waits_can_be_cancelled_what_runs_can_not(store) -> None:
    waiting, running = await store.submissions.submit(new("1")), await store.submissions.submit(new("2"))
    await store.judgings.claim(running.judging_id, "w")
    assert (await store.submissions.cancel(waiting.submission_id)).status is Status.CANCELLED
    assert (await store.submissions.cancel(waiting.submission_id)).status is Status.CANCELLED
    assert await store.judgings.claim(waiting.judging_id, "w") is None
    with pytest.raises(NotQueued):
        await store.submissions.cancel(running.submission_id)
    with pytest.raises(UnknownSubmission):
        await store.submissions.cancel("0192f000-0000-7000-8000-000000000000")


async def test_cancelling_one_of_two_that_share_a_judging_leaves_the_other(store) -> None:
    one, two = await store.submissions.submit_many([new(reuse=True), new(reuse=True, submitter="bob")])
    assert (await store.submissions.cancel(one.submission_id)).status is Status.CANCELLED
    assert await store.judgings.claim(one.judging_id, "w") is not None
    await store.judgings.finish(one.judging_id, report())
    assert (await store.submissions.get(two.submission_id)).verdict == Verdict.ACCEPTED
    assert (await store.submissions.get(one.submission_id)).status is Status.CANCELLED


async def test_pages_go_through_every_submission_once_newest_first(store) -> None:
    taken = [await store.submissions.submit(new(str(number))) for number in range(7)]
    seen, before = [], None
    while page := await store.submissions.find(Filter(), before, 3):
        seen += [each.id for each in page]
        before = page[-1].id
    assert seen == [each.submission_id for each in reversed(taken)]


async def test_a_list_can_be_narrowed(store) -> None:
    done = await store.submissions.submit(new(submitter="bob"))
    await store.judgings.claim(done.judging_id, "w")
    await store.judgings.finish(done.judging_id, report(Verdict.WRONG_ANSWER))
    await store.submissions.submit(new(problem="thrice"))

    async def found(**chosen) -> int:
        return len(await store.submissions.find(Filter(**chosen), None, 10))

    assert [await found(problem="thrice"), await found(submitter="bob"), await found(verdict="wrong_answer")] == [1] * 3
    assert [await found(status="queued"), await found(status="done"), await found(problem="no")] == [1, 1, 0]


async def test_a_waiting_client_gets_the_verdict_by_its_notification(store, monkeypatch) -> None:
    monkeypatch.setattr(submissions, "REREAD_SECONDS", 3_600.0)
    taken = await store.submissions.submit(new())
    await store.judgings.claim(taken.judging_id, "w")
    waiting = [asyncio.create_task(store.submissions.wait(taken.submission_id, 3_600)) for _ in range(3)]
    await asyncio.sleep(0.3)
    await store.judgings.finish(taken.judging_id, report())
    async with asyncio.timeout(20):
        assert {each.verdict for each in await asyncio.gather(*waiting)} == {Verdict.ACCEPTED}


async def test_a_lost_notification_costs_a_re_read_never_the_verdict(store, monkeypatch) -> None:
    taken = await store.submissions.submit(new())
    await store.judgings.claim(taken.judging_id, "w")
    waiting = asyncio.create_task(store.submissions.wait(taken.submission_id, 20))
    await asyncio.sleep(0.3)
    monkeypatch.setattr(store.notifications, "deliver", lambda notification: None)
    await store.judgings.finish(taken.judging_id, report())
    assert (await waiting).verdict == Verdict.ACCEPTED


async def test_waiting_ends_when_its_time_is_over(store) -> None:
    taken = await store.submissions.submit(new())
    assert (await store.submissions.wait(taken.submission_id, 0.2)).status is Status.QUEUED


async def test_following_yields_the_present_state_every_change_and_the_end(store) -> None:
    taken = await store.submissions.submit(new())
    seen = []

    async def follow() -> None:
        async for stored in store.submissions.follow(taken.submission_id, taken.judging_id, 60):
            seen.append(stored.status)

    following = asyncio.create_task(follow())
    await until(lambda: seen == [Status.QUEUED] * len(seen) and seen)
    await store.judgings.claim(taken.judging_id, "w")
    await until(lambda: seen[-1] is Status.RUNNING)
    await store.judgings.finish(taken.judging_id, report())
    await following
    assert list(dict.fromkeys(seen)) == [Status.QUEUED, Status.RUNNING, Status.DONE]
    assert seen.count(Status.DONE) == 1


async def test_following_ends_when_its_time_is_over_or_the_judge_stops(store) -> None:
    taken = await store.submissions.submit(new())
    states = [each.status async for each in store.submissions.follow(taken.submission_id, taken.judging_id, 0.2)]
    assert states == [Status.QUEUED] * 2  # with a last look when its time is over
    following = asyncio.create_task(store.submissions.wait(taken.submission_id, 3_600))
    await asyncio.sleep(0.2)
    store.notifications.close()
    async with asyncio.timeout(20):
        assert (await following).status is Status.QUEUED


async def test_who_waits_for_the_end_goes_on_while_the_database_is_away_and_who_follows_gets_the_fault(
    store, monkeypatch
) -> None:
    monkeypatch.setattr(submissions, "REREAD_SECONDS", 0.1)
    taken = await store.submissions.submit(new())
    get, away = store.submissions.get, asyncio.Event()

    async def flaky(submission_id: str):
        if away.is_set():
            raise StoreFault("the database is restarting")
        return await get(submission_id)

    monkeypatch.setattr(store.submissions, "get", flaky)
    waiting = asyncio.create_task(store.submissions.wait(taken.submission_id, 60))
    await asyncio.sleep(0.3)
    away.set()
    with pytest.raises(StoreFault):
        async for _ in store.submissions.follow(taken.submission_id, taken.judging_id, 60):
            pass
    assert await store.submissions.wait_for_end(taken.submission_id, taken.judging_id, 0.3) is None
    await store.judgings.claim(taken.judging_id, "w")
    await store.judgings.finish(taken.judging_id, report())
    assert not waiting.done()
    away.clear()
    assert (await waiting).verdict == Verdict.ACCEPTED


async def test_a_rejudge_changes_nothing_before_it_is_applied(store) -> None:
    taken = []
    for number, verdict in enumerate((Verdict.ACCEPTED, Verdict.WRONG_ANSWER, Verdict.WRONG_ANSWER)):
        taken.append(await store.submissions.submit(new(str(number))))
        await store.judgings.claim(taken[-1].judging_id, "w")
        await store.judgings.finish(taken[-1].judging_id, report(verdict))
    rejudge = await store.rejudges.begin("twice", "sha256:two", ["wrong_answer"])
    assert (rejudge.state, rejudge.total, rejudge.done) == ("running", 2, 0)
    await judge_again(store, rejudge.id, [Verdict.ACCEPTED, Verdict.WRONG_ANSWER])
    rejudge = await store.rejudges.get(rejudge.id)
    assert (rejudge.state, rejudge.done) == ("ready", 2)
    assert set(rejudge.moves) == {("wrong_answer", "accepted", 1), ("wrong_answer", "wrong_answer", 1)}
    assert [(each.submission_id, each.before, each.after) for each in rejudge.changes] == [
        (taken[1].submission_id, "wrong_answer", "accepted")
    ]
    assert (await store.submissions.get(taken[1].submission_id)).verdict == "wrong_answer"
    assert (await store.rejudges.apply(rejudge.id)).state == "applied"
    stored = await store.submissions.get(taken[1].submission_id)
    assert stored.verdict == "accepted"
    assert [each["verdict"] for each in await store.submissions.history(stored)] == ["accepted", "wrong_answer"]


async def test_a_rejudge_says_how_many_were_judged_on_other_hidden_cases_before(store) -> None:
    for number, samples_only in enumerate((False, False, True)):
        taken = await store.submissions.submit(new(str(number), samples_only=samples_only))
        await store.judgings.claim(taken.judging_id, "w")
        await store.judgings.finish(taken.judging_id, report())
        store.hidden_seed = "0123456789abcdef"
    rejudge = await store.rejudges.begin("twice", "sha256:two", [])
    await judge_again(store, rejudge.id, [Verdict.ACCEPTED] * 3)
    rejudge = await store.rejudges.get(rejudge.id)
    assert rejudge.redrawn == 1  # the second had the secret already, the third needs none


async def test_a_cancelled_rejudge_leaves_every_verdict(store) -> None:
    taken = await store.submissions.submit(new())
    await store.judgings.claim(taken.judging_id, "w")
    await store.judgings.finish(taken.judging_id, report())
    rejudge = await store.rejudges.begin("twice", "sha256:two", [])
    assert (await store.rejudges.cancel(rejudge.id)).state == "cancelled"
    assert (await store.submissions.get(taken.submission_id)).judging_id == taken.judging_id
    assert (await store.stats.depth()).queued == 0


async def judge_again(store, rejudge_id: str, verdicts: list[Verdict]) -> None:
    from sqlalchemy import select

    from judge.store.schema import judgings

    async with store.transactions.reading() as connection:
        chosen = select(judgings.c.id).where(judgings.c.rejudge_id == rejudge_id).order_by(judgings.c.tag)
        ids = (await connection.execute(chosen)).scalars().all()
    for judging_id, verdict in zip(ids, verdicts, strict=True):
        await store.judgings.claim(judging_id, "w")
        await store.judgings.finish(judging_id, report(verdict))


async def test_a_webhook_is_due_once_its_verdict_is_stored_and_then_for_one_caller(store) -> None:
    hook = NewWebhook(url="http://example.org/", secret="x" * 16)
    taken = await store.submissions.submit(new(webhook=hook))
    assert await store.webhooks.take_due(10) == []
    await store.judgings.claim(taken.judging_id, "w")
    await store.judgings.finish(taken.judging_id, report())
    [due] = await store.webhooks.take_due(10)
    assert (due.submission_id, due.attempt) == (taken.submission_id, 1)
    assert await store.webhooks.take_due(10) == []
    await store.webhooks.settle(due.id, "answered 500", 0.0)
    [due] = await store.webhooks.take_due(10)
    assert due.attempt == 2
    await store.webhooks.settle(due.id, "", None)
    assert await store.webhooks.take_due(10) == []


async def test_a_worker_is_listed_as_it_describes_itself_until_it_is_silent(store) -> None:
    row = WorkerRow(
        id="w1", host="h", pid=1, concurrency=2, busy=1, state="healthy", started=datetime.now(UTC), about={"jax": "1"}
    )
    await store.workers.describe(row)
    [listed] = await store.workers.all()
    assert (listed.id, listed.busy, listed.about, listed.fresh) == ("w1", 1, {"jax": "1"}, True)
    await until(lambda: _is_silent(store))
    await store.workers.forget("w1")
    assert await store.workers.all() == []


async def _is_silent(store) -> bool:
    [listed] = await store.workers.all()
    return not listed.fresh


async def test_figures_count_verdicts_and_list_the_times_of_accepted_ones(store) -> None:
    for verdict, time_ms in ((Verdict.ACCEPTED, 10.0), (Verdict.ACCEPTED, 20.0), (Verdict.WRONG_ANSWER, 5.0)):
        taken = await store.submissions.submit(new())
        await store.judgings.claim(taken.judging_id, "w")
        await store.judgings.finish(taken.judging_id, report(verdict, time_ms=time_ms))
    assert await store.stats.verdict_counts("twice") == {"accepted": 2, "wrong_answer": 1}
    assert await store.stats.accepted_times("twice", 10) == [20.0, 10.0]
    assert (await store.stats.depth()).queued == 0


async def test_sample_values_are_kept_as_the_first_worker_stores_them(store) -> None:
    assert await store.sample_values.get("sha256:1") is None
    await store.sample_values.keep("sha256:1", {"sample-1": [1.5, 2.0]})
    await store.sample_values.keep("sha256:1", {"sample-1": [9.0]})
    assert await store.sample_values.get("sha256:1") == {"sample-1": [1.5, 2.0]}


async def test_five_workers_that_store_sample_values_at_once_raise_nothing(store) -> None:
    await asyncio.gather(*(store.sample_values.keep("sha256:2", {"sample-1": number}) for number in range(5)))
    assert set(await store.sample_values.get("sha256:2")) == {"sample-1"}


@pytest.mark.postgres
async def test_a_process_that_freezes_in_a_transaction_gives_its_locks_back(postgres_url, monkeypatch) -> None:
    monkeypatch.setattr(postgres_database, "IDLE_TRANSACTION_SECONDS", 1)
    frozen, other = open_database(postgres_url), open_database(postgres_url)
    take = sa.select(sa.func.pg_try_advisory_xact_lock(4711))
    held: list[bool] = []

    async def is_free() -> bool:
        async with other.writing() as connection:
            return bool((await connection.execute(take)).scalar_one())

    with contextlib.suppress(sa.exc.DBAPIError):
        async with frozen.writing() as connection:
            assert (await connection.execute(take)).scalar_one()
            held.append(not await is_free())
            await until(is_free)
    assert held == [True]
    await frozen.close()
    await other.close()
