"""Stopping: what a stopped submission leaves behind in the store, the worker and the API, on both databases."""

import asyncio
import time

import pytest

from judge.errors import UnknownSubmission
from judge.store import retries
from judge.store.faults import AlreadyJudged
from judge.store.notifications import Notification
from judge.store.records import Filter, NewWebhook, Status
from judge.worker import stop_watch
from tests.helpers.waiting import until
from tests.integration.conftest import opened
from tests.integration.test_api import ADMIN, MINE, api, events_of, post, problem_of
from tests.integration.test_store_conformance import new, report
from tests.integration.test_worker import at_work, running, submit

__all__ = ["api"]
SOON = 2.0  # seconds; a stop takes a few milliseconds on a quiet machine
LONG = "seconds: 60"


# --- the store


async def test_what_runs_is_stopped_and_no_verdict_release_or_loss_of_its_worker_brings_it_back(store) -> None:
    taken = await store.submissions.submit(new())
    await store.judgings.claim(taken.judging_id, "w")
    assert (await store.submissions.stop(taken.submission_id)).status is Status.CANCELLED
    assert await store.judgings.is_stopped(taken.judging_id)
    assert not await store.judgings.release(taken.judging_id, "w", "why", counted=True)
    async with store.transactions.writing() as tx:
        assert await retries.requeue_all(tx.connection) == 0
    assert await store.judgings.claim(taken.judging_id, "other") is None
    assert not await store.judgings.finish(taken.judging_id, report())
    stored = await store.submissions.get(taken.submission_id)
    assert (stored.status, stored.verdict, stored.report) == (Status.CANCELLED, None, None)
    assert await store.stats.verdict_counts("twice") == {}


async def test_stopping_again_changes_nothing_and_a_verdict_can_t_be_stopped(store) -> None:
    one, two = [await store.submissions.submit(new(each)) for each in "12"]
    for _ in range(2):
        assert (await store.submissions.stop(one.submission_id)).status is Status.CANCELLED
    await store.judgings.claim(two.judging_id, "w")
    await store.judgings.finish(two.judging_id, report())
    with pytest.raises(AlreadyJudged):
        await store.submissions.stop(two.submission_id)
    assert (await store.submissions.get(two.submission_id)).status is Status.DONE
    with pytest.raises(UnknownSubmission):
        await store.submissions.stop("0192f000-0000-7000-8000-000000000000")


async def test_of_two_that_share_a_running_judging_the_other_gets_its_verdict_and_the_last_ends_it(store) -> None:
    one, two, three = await store.submissions.submit_many([new(reuse=True, submitter=each) for each in "abc"])
    await store.judgings.claim(one.judging_id, "w")
    for each in (one, two):  # the first is the one whose source runs
        await store.submissions.stop(each.submission_id)
        assert not await store.judgings.is_stopped(one.judging_id)
    assert (await store.submissions.get(three.submission_id)).status is Status.RUNNING
    await store.judgings.finish(one.judging_id, report())
    found = [(await store.submissions.get(each.submission_id)).status for each in (one, two, three)]
    assert found == [Status.CANCELLED, Status.CANCELLED, Status.DONE]

    alone = await store.submissions.submit_many([new("2", reuse=True, submitter=each) for each in "ab"])
    for each in alone:
        await store.submissions.stop(each.submission_id)
    assert await store.judgings.is_stopped(alone[0].judging_id)


async def test_who_begins_to_share_a_judging_while_it_is_stopped_is_not_stopped_too(store) -> None:
    for number in range(25):
        one = await store.submissions.submit(new(str(number), reuse=True))
        stopping = store.submissions.stop(one.submission_id)
        sharing = store.submissions.submit(new(str(number), reuse=True, submitter="bob"))
        _, two = await asyncio.gather(stopping, sharing)
        assert (await store.submissions.get(two.submission_id)).status is Status.QUEUED


async def test_whoever_waits_for_a_stopped_submission_is_answered_at_once(store) -> None:
    taken = await store.submissions.submit(new())
    await store.judgings.claim(taken.judging_id, "w")
    waiting = asyncio.create_task(store.submissions.wait(taken.submission_id, 60))
    await asyncio.sleep(0.2)
    await store.submissions.stop(taken.submission_id)
    async with asyncio.timeout(SOON):
        assert (await waiting).status is Status.CANCELLED


async def test_the_webhook_of_a_stopped_submission_is_never_called(store) -> None:
    hook = NewWebhook(url="http://198.51.100.1/", secret="a secret of some length")
    taken = await store.submissions.submit(new(webhook=hook))
    await store.judgings.claim(taken.judging_id, "w")
    await store.submissions.stop(taken.submission_id)
    await store.judgings.finish(taken.judging_id, report())
    assert await store.webhooks.take_due(10) == []


# --- the worker


async def test_a_run_is_ended_within_a_second_and_its_slot_judges_the_next(store, settings, catalog) -> None:
    one_slot = settings.model_copy(update={"workers": 1})
    async with at_work(store, one_slot, catalog):
        stopped = await submit(store, LONG)
        await running(store, stopped)
        began = time.monotonic()
        await store.submissions.stop(stopped)
        after = await store.submissions.wait(await submit(store, "next"), 20)
        assert time.monotonic() - began < SOON
    assert after.verdict == "accepted"
    assert (await store.submissions.get(stopped)).status is Status.CANCELLED


async def test_a_worker_of_another_process_ends_it_too(settings, catalog, database) -> None:
    if not database:
        pytest.skip("with SQLite there is one process")
    async with opened(settings) as there, opened(settings) as here, at_work(there, settings, catalog) as worker:
        stopped = await submit(here, LONG)
        await running(here, stopped)
        await here.submissions.stop(stopped)
        async with asyncio.timeout(SOON):
            await until(lambda: not worker._slots.busy)


async def test_where_the_notification_is_lost_the_worker_looks_for_itself(
    store, settings, catalog, monkeypatch
) -> None:
    monkeypatch.setattr(stop_watch, "CHECK_SECONDS", 0.3)
    async with at_work(store, settings, catalog) as worker:
        stopped = await submit(store, LONG)
        await running(store, stopped)
        monkeypatch.setattr(store.notifications, "deliver", lambda notification: None)
        await store.submissions.stop(stopped)
        async with asyncio.timeout(SOON):
            await until(lambda: not worker._slots.busy)


async def test_a_notification_without_a_stop_ends_nothing(store, settings, catalog) -> None:
    async with at_work(store, settings, catalog):
        goes_on = await submit(store, "seconds: 1")
        await running(store, goes_on)
        judging_id = (await store.submissions.get(goes_on)).judging_id
        store.notifications.deliver(Notification(kind="cancelled", judging_id=judging_id))
        assert (await store.submissions.wait(goes_on, 20)).verdict == "accepted"


async def test_a_shared_run_goes_on_for_the_other(store, settings, catalog) -> None:
    async with at_work(store, settings, catalog):
        ids = [await submit(store, "seconds: 1", reuse=True, package="p") for _ in range(2)]
        await running(store, ids[0])
        await store.submissions.stop(ids[0])
        assert (await store.submissions.wait(ids[1], 20)).verdict == "accepted"
    assert (await store.submissions.get(ids[0])).status is Status.CANCELLED


# --- the API


async def test_stop_ends_a_run_its_events_and_every_wait(api) -> None:
    location = (await post(api, f"# {LONG}\n")).headers["location"]
    following = asyncio.create_task(api.get(f"{location}/events"))
    waiting = asyncio.create_task(api.get(location, params={"wait": 60}))

    async def is_running() -> bool:
        return (await api.get(location)).json()["status"] == "running"

    await until(is_running)
    answer = await api.post(f"{location}/stop")
    assert (answer.status_code, answer.json()["status"], answer.json()["verdict"]) == (200, "cancelled", None)
    async with asyncio.timeout(SOON):
        assert (await waiting).json()["status"] == "cancelled"
        assert [kind for kind, _, _ in events_of((await following).text)][-1] == "end"
    assert (await api.post(f"{location}/stop?detail=summary")).json()["status"] == "cancelled"
    page = await api.get(location.removeprefix("/api"))
    assert "Stopped" in page.text


async def test_only_the_sender_and_the_operator_can_stop_and_nothing_that_is_judged(api) -> None:
    mine = (await post(api, f"# {LONG}\n")).headers["location"]
    other = {"Authorization": "Bearer another-clients-own-token"}
    for path in (mine, mine.removeprefix("/api")):
        answer = await api.post(f"{path}/stop", headers=other | {"Accept": "application/json"})
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:judge:not-yours")
    assert (await api.post(f"{mine}/stop", headers=ADMIN)).json()["status"] == "cancelled"
    done = (await post(api, wait=30)).headers["location"]
    problem_of(await api.post(f"{done}/stop"), 409, "already-judged")
    problem_of(await api.post("/api/submissions/nope/stop"), 404, "unknown-submission")


async def test_the_form_leads_back_to_the_page_whichever_came_first(api) -> None:
    long, done = [(await post(api, each, wait=w)).json()["url"] for each, w in ((f"# {LONG}\n", 0), ("x = 1\n", 30))]
    assert f'action="{long}/stop"' in (await api.get(long)).text
    for page, status in ((long, "cancelled"), (done, "done")):
        answer = await api.post(f"{page}/stop")
        assert (answer.status_code, answer.headers["location"]) == (303, page)
        assert (await api.get(f"/api{page}")).json()["status"] == status
        assert "/stop" not in (await api.get(page)).text


async def test_a_stopped_attempt_is_none_in_lists_of_verdicts_and_stays_in_the_history(api) -> None:
    location = (await post(api, f"# {LONG}\n")).headers["location"]
    await api.post(f"{location}/stop")
    listed = (await api.get("/api/submissions", params={"status": "cancelled"}, headers=MINE)).json()["items"]
    assert [each["url"] for each in listed] == [location.removeprefix("/api")]
    assert (await api.get("/api/problems/twice/figures")).json() == {"verdicts": {}, "accepted_times_ms": []}
    store = api.app.state.service.store
    mine = (await store.submissions.find(Filter(), None, 1))[0].owner
    assert await store.stats.attempts([mine]) == {}
