"""The token buckets of client networks."""

from judge.web import rate_limit as module
from judge.web.rate_limit import Rates


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_network_may_send_two_minutes_worth_at_once_and_then_as_fast_as_tokens_come() -> None:
    clock = Clock()
    rates = Rates(60, clock)
    assert rates.take("a", 100) == 100
    assert rates.take("a", 100) == 20
    assert rates.take("a") == 0
    refusal = rates.refusal("a")
    assert (refusal.status, refusal.headers["Retry-After"]) == (429, "1")
    assert rates.take("b") == 1  # somebody else's bucket is full
    clock.now += 1.0
    assert (rates.take("a"), rates.take("a")) == (1, 0)
    clock.now += 1e9
    assert rates.take("a", 1000) == 120


def test_zero_means_no_limit() -> None:
    assert Rates(0).take("a", 10**9) == 10**9


def test_the_memory_of_networks_is_bounded_and_the_busy_ones_stay(monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST_NETWORKS", 10)
    rates = Rates(1, Clock())
    rates.take("busy", 2)
    for number in range(100):
        rates.take(f"2001:db8:0:{number:x}::/64")
        assert rates.take("busy") == 0
    assert len(rates._buckets) == 10
