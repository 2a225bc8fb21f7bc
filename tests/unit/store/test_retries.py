"""The delay of a judging after a fault of the judge, and the judge's certainty about a submission that ends workers."""

import math
import random

from judge.store import retries


def test_pauses_double_from_a_second_to_five_minutes_and_never_agree() -> None:
    pauses = [retries.pause(faults) for faults in range(1, 40)]
    for faults, seconds in enumerate(pauses, 1):
        longest = min(2.0 ** (faults - 1), 300.0)
        assert 0.75 * longest <= seconds <= longest
    assert len(set(pauses)) == len(pauses)
    assert retries.pause(10_000) <= 300.0


def test_the_stated_chance_holds_for_every_rate_of_kills() -> None:
    """Lost in each of its runs alone, and never in the pauses: the rates are kills in the length of one run."""
    rates = [10 ** (exponent / 100) for exponent in range(-400, 200)]
    chances = [((1 - math.exp(-rate)) * math.exp(-rate * retries.CONTROL)) ** retries.LOST_ALONE for rate in rates]
    assert 1.2e-5 < max(chances) < 1.4e-5


def test_kills_at_random_times_condemn_no_program_of_any_length() -> None:
    """Simulate one worker: 4,000 suspects, runs of 0.1 to 100 s, killed about every 1 to 300 s."""
    draw = random.Random(3)
    condemned = sum(_condemned(draw, 10 ** draw.uniform(-1, 2), 10 ** draw.uniform(0, 2.5)) for _ in range(4_000))
    assert condemned <= 1


def _condemned(draw: random.Random, seconds: float, mean_between: float) -> bool:
    charged, faults = 0, 1
    while charged < retries.LOST_ALONE:
        lived = draw.expovariate(1 / mean_between)
        if lived > seconds:
            return False
        charged, faults = charged + 1, faults + 1
        if draw.expovariate(1 / mean_between) < max(retries.pause(faults), retries.CONTROL * lived):
            charged = 0  # a worker was lost that ran nothing
        if faults > 40:
            return False
    return True
