"""Turns of warm-ups: one at a time, none that nobody asked for while jobs run, and the wanted one first."""

import threading

from judge.sandbox.fast_lane import PAUSE_SECONDS, Turns
from tests.helpers.waiting import until_sync


class WarmUps:
    """Warm-ups in threads, each of which ends when it is let go."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.begun: list[str] = []
        self._ends: dict[str, threading.Event] = {}
        self._threads: list[threading.Thread] = []

    def ask(self, package: str) -> None:
        self._ends[package] = threading.Event()
        thread = threading.Thread(target=self._run, args=(package,))
        thread.start()
        self._threads.append(thread)
        until_sync(lambda: package in self._turns._waiting or package in self.begun)

    def _run(self, package: str) -> None:
        with self._turns.warm_up(package):
            self.begun.append(package)
            self._ends[package].wait(20)

    def end(self, package: str) -> None:
        self._ends[package].set()

    def end_all(self) -> None:
        self._turns.end()
        for each in self._ends.values():
            each.set()
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()


def test_one_warms_up_at_a_time_in_the_order_asked_for() -> None:
    warm_ups = WarmUps(Turns(operations=False))
    for package in "abc":
        warm_ups.ask(package)
    assert warm_ups.begun == ["a"]
    for package in "ab":
        warm_ups.end(package)
    until_sync(lambda: warm_ups.begun == ["a", "b", "c"])
    warm_ups.end_all()


def test_the_one_that_a_job_wants_is_next_and_does_not_wait_for_jobs() -> None:
    turns = Turns(operations=False)
    warm_ups = WarmUps(turns)
    with turns.job():
        for package in "abc":
            warm_ups.ask(package)
        assert warm_ups.begun == []
        turns.hurry("c")
        until_sync(lambda: warm_ups.begun == ["c"])
        warm_ups.end("c")
        turns.hurry("unknown")
        threading.Event().wait(0.05)
        assert warm_ups.begun == ["c"]
    threading.Event().wait(0.1)
    assert warm_ups.begun == ["c"]  # the next job may be about to come
    with turns.job():
        threading.Event().wait(PAUSE_SECONDS)
        assert warm_ups.begun == ["c"]
    until_sync(lambda: warm_ups.begun == ["c", "a"])  # nothing runs any more
    warm_ups.end_all()


def test_the_one_that_a_job_wants_begins_beside_one_that_nobody_asked_for() -> None:
    turns = Turns(operations=False)
    warm_ups = WarmUps(turns)
    for package in "abcd":
        warm_ups.ask(package)
    assert warm_ups.begun == ["a"]
    turns.hurry("d")
    turns.hurry("c")
    until_sync(lambda: warm_ups.begun == ["a", "c"])
    threading.Event().wait(0.05)
    assert warm_ups.begun == ["a", "c"]  # the other one that is wanted waits for it
    warm_ups.end("c")
    until_sync(lambda: warm_ups.begun == ["a", "c", "d"])
    warm_ups.end("a")
    threading.Event().wait(0.05)
    assert warm_ups.begun == ["a", "c", "d"]
    warm_ups.end("d")
    until_sync(lambda: warm_ups.begun == ["a", "c", "d", "b"])
    warm_ups.end_all()


def test_at_the_end_all_go_on() -> None:
    turns = Turns(operations=True)
    assert turns.operations is not None
    warm_ups = WarmUps(turns)
    with turns.job():
        warm_ups.ask("a")
        warm_ups.ask("b")
        warm_ups.end_all()
    assert sorted(warm_ups.begun) == ["a", "b"]
