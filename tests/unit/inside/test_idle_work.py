"""Work that nobody waits for: it lets orders pass, and goes on under steady load all the same."""

from judge.inside.idle_work import MOST_SECONDS, PAUSE_SECONDS, IdleWork


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def pieces(done: list[str], *names: str):
    for name in names:
        done.append(name)
        yield True


def test_without_work_there_is_no_time_to_wait_for() -> None:
    work = IdleWork(Clock())
    work.put_off()
    assert work.milliseconds() is None
    work.go_on()
    assert work.milliseconds() is None


def test_it_begins_after_a_pause_and_then_goes_on_until_the_next_order() -> None:
    clock, done = Clock(), []
    work = IdleWork(clock)
    work.add(pieces(done, "a", "b"))
    work.add(pieces(done, "c"))
    assert work.milliseconds() == PAUSE_SECONDS * 1e3
    clock.seconds += PAUSE_SECONDS
    assert work.milliseconds() == 0
    work.go_on()
    assert (done, work.milliseconds()) == (["a"], 0)
    work.put_off()
    assert work.milliseconds() == PAUSE_SECONDS * 1e3
    clock.seconds += PAUSE_SECONDS
    while work.milliseconds() is not None:
        work.go_on()
    assert done == ["a", "b", "c"]


def test_orders_without_a_pause_put_it_off_for_some_seconds_only() -> None:
    clock, done = Clock(), []
    work = IdleWork(clock)
    work.add(pieces(done, "a", "b"))
    waits = []
    while work.milliseconds() != 0:
        clock.seconds += PAUSE_SECONDS / 2
        work.put_off()
        waits.append(clock.seconds)
    assert MOST_SECONDS - PAUSE_SECONDS <= waits[-1] - 100.0 <= MOST_SECONDS
    work.go_on()
    work.put_off()
    assert done == ["a"]
    assert work.milliseconds() == PAUSE_SECONDS * 1e3
