"""The tags of the fair queue, computed by hand."""

from judge.store.fair_queue import NETWORK_SUBMITTERS, STEP, next_tag


def tags(present: int, last: int | None, count: int) -> list[int]:
    """The tags of so many judgings of one submitter, sent one after another."""
    found: list[int] = []
    for _ in range(count):
        last = next_tag(present, last)
        found.append(last)
    return found


def test_a_first_judging_gets_the_present_tag() -> None:
    assert next_tag(40, None) == 40
    assert next_tag(0, None) == 0


def test_further_judgings_of_a_submitter_are_a_step_apart() -> None:
    assert tags(40, None, 4) == [40, 40 + STEP, 40 + 2 * STEP, 40 + 3 * STEP]


def test_a_last_tag_that_the_queue_has_passed_gives_no_credit() -> None:
    assert next_tag(1_000, 40) == 1_000
    assert next_tag(40 + STEP - 1, 40) == 40 + STEP


def test_a_submitter_with_one_judging_goes_before_the_second_of_one_with_a_thousand() -> None:
    flood = tags(0, None, 1_000)
    assert flood[0] <= next_tag(flood[0], None) < flood[1]


def test_names_of_one_network_are_served_like_eight_submitters() -> None:
    names = [next_tag(0, None, network_waits) for network_waits in range(3 * NETWORK_SUBMITTERS)]
    within_a_step = [tag for tag in names if tag < STEP]
    assert len(within_a_step) == NETWORK_SUBMITTERS
    assert names[-1] < 3 * STEP


def test_the_network_never_gives_an_earlier_tag_than_the_submitter_s_own_queue() -> None:
    assert next_tag(0, 5 * STEP, 3) == 6 * STEP
    assert next_tag(0, STEP, 4 * NETWORK_SUBMITTERS) == 4 * STEP
