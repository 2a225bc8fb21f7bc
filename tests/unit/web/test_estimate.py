import random

import pytest

from judge.web.estimate import MOST_TIMES, Estimate, ServiceTime, Waiting, estimate


def times(*seconds: float, problem: str = "twice", samples_only: bool = False) -> list[ServiceTime]:
    return [ServiceTime(problem=problem, samples_only=samples_only, seconds=each) for each in seconds]


def of(known: list[ServiceTime], ahead: int = 0, running: int = 0, slots: int = 2) -> Estimate:
    found = estimate("twice", samples_only=False, ahead=ahead, running=running, slots=slots, times=known)
    assert found is not None
    return found


def test_nothing_is_said_without_a_known_time_or_a_slot() -> None:
    assert estimate("twice", samples_only=False, ahead=0, running=0, slots=2, times=[]) is None
    assert estimate("twice", samples_only=False, ahead=0, running=0, slots=0, times=times(1.0)) is None


def test_with_a_free_slot_it_is_the_problems_own_time() -> None:
    found = of([*times(1.0, 1.0, 1.0), *times(50.0, 50.0, 50.0, problem="slow")])
    assert found.low == pytest.approx(1.0)
    assert found.high == pytest.approx(1.0, abs=0.1)


def test_a_problem_that_was_hardly_judged_takes_what_all_take() -> None:
    assert of([*times(1.0, 1.0), *times(9.0, 9.0, 9.0, problem="slow")]).high > 8.0


def test_samples_alone_are_not_the_time_of_all_cases() -> None:
    assert of([*times(4.0, 4.0, 4.0), *times(0.1, 0.1, 0.1, samples_only=True)]).low == pytest.approx(4.0)


def test_more_ahead_is_later_and_more_slots_are_sooner() -> None:
    known = times(*[1.0] * 10)
    waits = [of(known, ahead=ahead, running=2).high for ahead in range(6)]
    assert waits == sorted(waits)
    assert waits[5] > waits[0] + 2
    assert of(known, ahead=5, running=8, slots=8).high < of(known, ahead=5, running=2).high


def test_only_the_last_times_count() -> None:
    assert of(times(*[1.0] * MOST_TIMES, *[100.0] * MOST_TIMES)).high < 2.0


@pytest.mark.parametrize("ahead", [0, 1, 3, 8, 30])
@pytest.mark.parametrize("slots", [1, 2, 8])
def test_four_of_five_verdicts_of_a_simulated_queue_come_within_the_interval(ahead: int, slots: int) -> None:
    drawn = random.Random(f"{ahead} {slots}")

    def seconds() -> float:
        return drawn.choice([0.25, 0.3, 0.5]) if drawn.random() < 0.8 else drawn.uniform(1.0, 3.0)

    within = 0
    for _ in range(400):
        free_at = [drawn.random() * seconds() for _ in range(slots)]  # what runs now began at any time
        for _ in range(ahead):
            free_at[free_at.index(min(free_at))] += seconds()
        took = min(free_at) + seconds()
        found = of(times(*(seconds() for _ in range(MOST_TIMES))), ahead=ahead, running=slots, slots=slots)
        within += found.low <= took <= found.high
    assert within / 400 >= 0.8


def test_a_wait_in_json_has_a_digit_of_a_second() -> None:
    assert Waiting(position=1).estimate_json() is None
    assert Waiting(position=3, estimate=Estimate(low=4.04, high=9.16)).estimate_json() == {"low": 4.0, "high": 9.2}
