"""Batches: what the judge has no room for is sent again, until the client's patience is over."""

from judge.client.batch_sender import BatchSender
from judge.client.faults import Refused
from judge.client.records import Answer, Item

FULL = Refused(429, "too-many-waiting", "", retry_after=0.0)
WRONG = Refused(422, "source-refused", "")
ACCEPTED = Answer(id="1", problem="p", status="queued", position=None, verdict=None, report=None)


def results(*each: Answer | Refused) -> list[Item]:
    return [
        Item(index=index, refused=one) if isinstance(one, Refused) else Item(index=index, answer=one)
        for index, one in enumerate(each)
    ]


def test_only_temporary_refusals_are_sent_again() -> None:
    sender = BatchSender(4, patience=30.0)
    assert sender.next_places() == [0, 1, 2, 3]
    sender.pause_after([0, 1, 2, 3], results(ACCEPTED, FULL, WRONG, FULL))
    assert sender.next_places() == [1, 3]
    sender.pause_after([1, 3], results(ACCEPTED, FULL))
    assert sender.next_places() == [3]
    sender.pause_after([3], results(ACCEPTED))
    assert sender.next_places() == []
    assert [sender.items[place].refused for place in range(4)] == [None, None, WRONG, None]
    assert [sender.items[place].index for place in range(4)] == [0, 1, 2, 3]


def test_what_is_refused_when_patience_is_over_stays_refused() -> None:
    slow = Refused(503, "queue-full", "", retry_after=5.0)
    sender = BatchSender(2, patience=1.0)
    assert sender.pause_after([0, 1], results(ACCEPTED, slow)) == 0.0
    assert sender.next_places() == []
    assert sender.items[1].refused is slow


def test_the_pause_is_the_one_that_the_judge_asks_for() -> None:
    busy = Refused(503, "queue-full", "", retry_after=5.0)
    assert 5.0 <= BatchSender(1, patience=30.0).pause_after([0], results(busy)) <= 6.0
