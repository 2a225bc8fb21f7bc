import pytest

from judge.web.estimate import Estimate, Waiting
from judge.web.pages.waiting_words import waiting_sentence, waiting_title


def waiting(position: int | None, low: float | None = None, high: float = 0.0, *, starting: bool = False) -> Waiting:
    found = None if low is None else Estimate(low=low, high=high)
    return Waiting(position=position, starting=starting, estimate=found)


@pytest.mark.parametrize(
    ("wait", "sentence"),
    [
        (None, "waiting for a free slot"),
        (waiting(None), "waiting for a free slot"),
        (waiting(1), "next in the queue"),
        (waiting(1, 0.2, 0.4), "next in the queue, up to 1 s"),
        (waiting(3, 4.4, 8.1), "third in the queue, 4 to 9 s"),
        (waiting(12, 4.0, 9.0), "12th in the queue, 4 to 9 s"),
        (waiting(2, 40.0, 150.0), "second in the queue, up to 3 min"),
        (waiting(2, 70.0, 150.0), "second in the queue, 1 to 3 min"),
        (waiting(1, 10.0, 28.0, starting=True), "Starting: first verdict in about 20 s"),
        (waiting(2, 0.1, 0.9, starting=True), "Starting: first verdict in about 1 s, second in the queue"),
        (waiting(1, 100.0, 150.0, starting=True), "Starting: first verdict in about 2 min"),
    ],
)
def test_a_wait_in_words(wait: Waiting | None, sentence: str) -> None:
    assert waiting_sentence(wait) == sentence


def test_a_judge_that_starts_is_warming_up() -> None:
    assert waiting_title(waiting(1, starting=True)) == "Warming up"
    assert waiting_title(waiting(1)) == waiting_title(None) == "Queued"
