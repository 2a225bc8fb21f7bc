"""A right program in a worker whose grader fails: each fault is stored as one, and is no attempt of the submission."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from judge.errors import HostShortage, StoreFault
from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.report import Report
from judge.store import retries
from judge.store.records import MAX_ATTEMPTS, NewSubmission, SubmissionRecord
from judge.worker import judging
from judge.worker.worker import Worker
from tests.helpers import faults
from tests.helpers.fates import JUDGES, RIGHT, heals, sound, write_plain

MARK = "# faults are planted\n"


class Planted:
    """A real grader: the submissions that are marked meet the faults of `plan`, one a time."""

    def __init__(self, grader: Grader) -> None:
        self._grader, self.sample_answers, self.first = grader, grader.sample_answers, grader.first
        self.plan: list[Callable[[pytest.MonkeyPatch], contextlib.AbstractContextManager[None]]] = []

    def grade(self, submission, **options) -> Report:
        with contextlib.ExitStack() as stack:
            if submission.source.startswith(MARK) and self.plan:
                patch = stack.enter_context(pytest.MonkeyPatch.context())
                stack.enter_context(self.plan.pop(0)(patch))
            return self._grader.grade(submission, **options)

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    folder = tmp_path_factory.mktemp("stored")
    write_plain(folder / "problems")
    grader = Grader(Catalog([folder / "problems"]), folder / "cache", fast=False)
    heals(grader, "plain")
    yield Planted(grader)
    grader.close()


@pytest.fixture(autouse=True)
def _short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(retries, "FIRST_SECONDS", 0.02)
    monkeypatch.setattr(retries, "LONGEST_SECONDS", 0.1)
    monkeypatch.setattr(judging, "DOUBTS", 99)


@contextlib.asynccontextmanager
async def at_work(store, settings, planted: Planted) -> AsyncIterator[None]:
    def make(_catalog: Catalog, _cache: Path, _slots: int) -> Planted:
        return planted

    task = asyncio.create_task(Worker(store, settings, planted._grader.catalog, make, 1).run())
    maintaining = asyncio.create_task(store.queue.maintain())
    try:
        yield
    finally:
        task.cancel()
        maintaining.cancel()
        await asyncio.wait({task, maintaining}, timeout=20)


async def judged(store, settings, planted: Planted) -> SubmissionRecord:
    async with at_work(store, settings, planted):
        new = NewSubmission(problem="plain", source=MARK + RIGHT, submitter="ann")
        return await store.submissions.wait((await store.submissions.submit(new)).submission_id, 60)


def sent(grader: Grader, component: str, name: str, step: str):
    def plant(_patch: pytest.MonkeyPatch):
        return faults.planted(faults.send_signal(grader, component, signal.Signals[name], ""), step)

    return plant


def refused(grader: Grader, call: str, error: str):
    def plant(patch: pytest.MonkeyPatch):
        grader.pool.box(0).close()
        grader._checkers[0].restart()
        return faults.planted(faults.fail_call(patch, call, error, times=99), "before")

    return plant


def raising(error: Exception):
    def plant(patch: pytest.MonkeyPatch):
        def fail(*_arguments, **_more):
            raise error

        patch.setattr(Grader, "_grade", fail)
        return contextlib.nullcontext()

    return plant


async def test_faults_are_tried_again_and_counted_apart_from_attempts(store, settings, planted: Planted) -> None:
    grader = planted._grader
    planted.plan = [
        refused(grader, "pipe", "EMFILE"),
        refused(grader, "socketpair", "ENOMEM"),
        refused(grader, "popen", "EAGAIN"),
        raising(OSError(28, "No space left on device")),
        raising(MemoryError()),
        raising(HostShortage()),
        sent(grader, "box", "SIGKILL", "reply"),  # this one is run again at once
    ]
    stored = await judged(store, settings, planted)
    assert planted.plan == []
    assert (stored.verdict, stored.attempts, stored.faults) == ("accepted", 7, 6)
    assert sound(Report.from_json(stored.report)) == "accepted"


async def test_an_error_of_the_judge_that_stays_is_final_and_says_so(store, settings, planted: Planted) -> None:
    planted.plan = [raising(HostShortage()), *(raising(ValueError("a bug of ours")) for _ in range(MAX_ATTEMPTS))]
    stored = await judged(store, settings, planted)
    assert (stored.verdict, stored.attempts, stored.faults) == ("judge_error", MAX_ATTEMPTS + 1, 1)
    assert sound(Report.from_json(stored.report)) == "judge_error"
    assert "a bug of ours" in stored.report["message"]
    assert stored.report["score"] is None
    assert stored.report["outcome"] == {**vars(JUDGES), "fault": "judge"}


async def test_a_store_that_is_away_costs_no_attempt(store, settings, planted: Planted, monkeypatch) -> None:
    monkeypatch.setattr(judging, "STORE_RETRY_SECONDS", 0.02)
    planted.plan = [raising(HostShortage())]
    for name in ("claim", "release", "finish"):
        monkeypatch.setattr(store.judgings, name, twice_away(getattr(store.judgings, name)))
    stored = await judged(store, settings, planted)
    assert (stored.verdict, stored.attempts, stored.faults) == ("accepted", 2, 1)


def twice_away(call):
    left = [2]

    async def flaky(*arguments, **more):
        left[0] -= 1
        if left[0] >= 0:
            raise StoreFault("the database is restarting")
        return await call(*arguments, **more)

    return flaky
