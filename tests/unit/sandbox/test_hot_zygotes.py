"""Which problems have a hot zygote: by memory, by use, and without taking turns when there are too many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.sandbox import hot_zygotes
from judge.sandbox.box import WarmUp
from judge.sandbox.counts import Event, counted
from judge.sandbox.hot_zygotes import STAY_SECONDS, HotZygotes, most_by_memory


class Fake:
    """As much of a hot zygote as its place needs."""

    def __init__(self, warm_up, *_) -> None:
        self.warm_up = warm_up
        self.needs_replacement = self.closed = False

    def close(self) -> None:
        self.closed = True


@pytest.fixture(autouse=True)
def fake(monkeypatch) -> None:
    monkeypatch.setattr(hot_zygotes, "HotZygote", Fake)


def made(most: int, clock: list[float]) -> HotZygotes:
    return HotZygotes(lambda _: None, None, None, most, now=lambda: clock[0])  # type: ignore[arg-type, return-value]


def warm(zygotes: HotZygotes, package: str):
    return zygotes.warm(WarmUp(package=package, source="", entry="warmup", calls=()))


def test_the_one_that_was_used_longest_ago_goes_once_it_was_not_used_for_long() -> None:
    before = [counted(event) for event in (Event.STARTED, Event.EVICTED, Event.REFUSED)]
    clock = [0.0]
    zygotes = made(2, clock)
    first, second = warm(zygotes, "a"), warm(zygotes, "b")
    clock[0] = 10.0
    assert zygotes.of("a") is first
    assert warm(zygotes, "c") is None
    clock[0] = STAY_SECONDS + 1
    assert zygotes.of("b") is second
    clock[0] = 2 * STAY_SECONDS + 1
    assert zygotes.of("b") is second
    assert zygotes.of("c") is None  # asked for once
    third = zygotes.of("c")
    assert (third is not None, first.closed, second.closed) == (True, True, False)
    assert zygotes.of("a") is None  # now it is a that finds no place
    events = (Event.STARTED, Event.EVICTED, Event.REFUSED)
    assert [counted(event) - was for event, was in zip(events, before, strict=True)] == [3, 1, 3]


def test_a_dead_or_old_one_is_replaced_in_its_place() -> None:
    zygotes = made(1, [0.0])
    first = warm(zygotes, "a")
    first.needs_replacement = True
    second = zygotes.of("a")
    assert second is not first
    assert first.closed


def test_a_package_that_nobody_warmed_up_has_none_and_nothing_starts_after_the_end() -> None:
    zygotes = made(1, [0.0])
    assert zygotes.of("a") is None
    first = warm(zygotes, "a")
    zygotes.close()
    assert first.closed
    assert warm(zygotes, "b") is None


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 40)), max_size=80), st.integers(1, 4))
def test_there_are_never_more_than_allowed_and_a_hot_one_is_found_again(uses, most) -> None:
    clock = [0.0]
    zygotes = made(most, clock)
    for package in range(10):
        warm(zygotes, str(package))
    for package, seconds in uses:
        clock[0] += seconds
        found = zygotes.of(str(package))
        assert found is None or (found.warm_up.package == str(package) and not found.closed)
        assert len(zygotes._hot) <= most
        if found is not None:
            assert zygotes.of(str(package)) is found


def test_memory_allows_for_some_everywhere() -> None:
    assert hot_zygotes.LEAST <= most_by_memory() <= hot_zygotes.MOST
