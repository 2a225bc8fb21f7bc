"""Pictures as numbers: what is said of each leaf, how long its bar is, and where a time falls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.verdict import Leaf
from judge.web.pages.charts import HISTOGRAM_HEIGHT, HISTOGRAM_WIDTH, histogram, leaf_rows


def leaf(change: float | None, expected: float | None) -> Leaf:
    return Leaf(path="l1.bias", shape=(4,), norm_before=0.0, norm_after=change, change=change, expected_change=expected)


@pytest.mark.parametrize(
    ("change", "expected", "words", "right"),
    [
        (0.0, 0.0, "frozen (correct)", True),
        (0.1, 0.0, "moved, but should be frozen", False),
        (1e-12, 0.0, "moved, but should be frozen", False),  # frozen is frozen to the last bit
        (0.0, 0.1, "frozen, but should move", False),
        (0.1, 0.1, "moved (correct)", True),
        (0.1000001, 0.1, "moved (correct)", True),
        (0.2, 0.1, "wrong step", False),
        (0.2, None, "moved", None),
        (0.0, None, "frozen", None),
        (None, 0.1, "not measured", None),
    ],
)
def test_what_is_said_of_a_leaf(change: float | None, expected: float | None, words: str, right: bool | None) -> None:
    (row,) = leaf_rows([leaf(change, expected)])
    assert row.words == words
    assert row.right is right


def test_the_largest_change_has_the_longest_bar_and_no_change_has_none() -> None:
    rows = leaf_rows([leaf(0.5, 0.0), leaf(0.0, 1.0), leaf(1e-9, 0.0)])
    assert [row.bar for row in rows] == [50.0, 0.0, 1.5]  # a change that is there is seen
    assert rows[1].expected_bar == 100.0


def test_numbers_that_are_none_draw_nothing() -> None:
    (row,) = leaf_rows([leaf(None, None)])
    assert (row.bar, row.expected_bar, row.change) == (0.0, 0.0, None)
    assert leaf_rows([]) == ()


def test_fewer_than_three_times_are_no_distribution() -> None:
    assert histogram([20.0, 21.0]) is None
    assert histogram([0.0, 0.0, 0.0, 0.0]) is None


@given(st.lists(st.floats(0.01, 1e6), min_size=3, max_size=60), st.floats(0.01, 1e6))
def test_every_time_falls_into_a_bin_inside_the_drawing(times: list[float], mine: float) -> None:
    drawn = histogram(times, mine)
    assert drawn is not None
    assert sum(each.count for each in drawn.bins) == len(times)
    assert max(each.height for each in drawn.bins) == HISTOGRAM_HEIGHT
    assert sum(each.mine for each in drawn.bins) == 1
    assert drawn.mine is not None
    assert 0 <= drawn.mine <= HISTOGRAM_WIDTH
    assert all(0 <= tick.x <= HISTOGRAM_WIDTH for tick in drawn.ticks)
    assert 1 <= len(drawn.ticks) <= 6


def test_share_of_the_slower_ones() -> None:
    drawn = histogram([10.0, 20.0, 30.0, 40.0], 20.0)
    assert drawn is not None
    assert drawn.faster_than == 0.5


def test_equal_times_stand_in_the_middle() -> None:
    drawn = histogram([20.0] * 5)
    assert drawn is not None
    (full,) = [each for each in drawn.bins if each.count]
    assert abs(full.x + full.width / 2 - HISTOGRAM_WIDTH / 2) < HISTOGRAM_WIDTH / 10
