"""What two arrays have in common is found, and nothing is claimed of arrays that have nothing."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from judge.web.pages.relation import differing, relation, reshaped

ENTRIES = st.lists(st.floats(0.5, 100, width=32).map(lambda x: float(np.float32(x))), min_size=3, max_size=40).filter(
    lambda entries: len({round(entry, 2) for entry in entries}) > 2
)
ANY = st.lists(st.tuples(st.floats(), st.floats()), max_size=40)


def as_float32(numbers: list[float]) -> list[float]:
    return [float(np.float32(number)) for number in numbers]


@given(ENTRIES, st.integers(2, 1000))
def test_a_whole_factor_is_found(want: list[float], factor: int) -> None:
    assert relation(want, as_float32([factor * entry for entry in want])) == (
        f"every entry is {factor} times the expected one"
    )
    assert relation(want, as_float32([entry / factor for entry in want])) == (
        f"every entry is 1/{factor} of the expected one"
    )


@given(ENTRIES, st.floats(0.01, 100))
def test_any_factor_is_found_to_four_digits(want: list[float], factor: float) -> None:
    assume(abs(factor - 1) > 0.01)
    found = relation(want, as_float32([factor * entry for entry in want]))
    said = found.removeprefix("every entry is ").split()[0]
    number = 1 / float(said[2:]) if said.startswith("1/") else float(said)
    assert number == pytest.approx(factor, rel=1e-3)


@given(ENTRIES)
def test_a_flipped_sign_is_found(want: list[float]) -> None:
    assert relation(want, [-entry for entry in want]) == "the sign of every entry is flipped"


@given(ENTRIES, st.sampled_from([0.5, 2.0, 100.0, -3.0]))
def test_a_distance_is_found(want: list[float], distance: float) -> None:
    found = relation(want, [entry + distance for entry in want])
    assert found == f"every entry is {'larger' if distance > 0 else 'smaller'} by {abs(distance):g}"


@settings(deadline=None)
@given(ENTRIES, st.randoms(use_true_random=False))
def test_another_order_is_found(want: list[float], random) -> None:
    got = list(want)
    random.shuffle(got)
    assume(max(abs(a - b) for a, b in zip(want, got, strict=True)) > 0.1)
    assert relation(want, got) in {
        "the entries are right, and in another order",
        "the entries are in reverse order",
        "every entry is 1/2 of the expected one",
    }


def test_a_transposed_square_and_a_transposed_matrix() -> None:
    square = np.arange(1.0, 10.0).reshape(3, 3)
    assert relation(square.ravel(), square.T.ravel(), (3, 3)) == "it is the expected array, transposed"
    matrix = np.arange(1.0, 7.0).reshape(2, 3)
    assert reshaped(matrix.ravel(), matrix.T.ravel(), (2, 3), (3, 2)) == "it is the expected array, transposed"
    assert reshaped(matrix.ravel(), matrix.ravel(), (2, 3), (6,)) == "the entries are right, and only the shape is not"
    assert reshaped(matrix.ravel(), matrix.ravel() + 1, (2, 3), (6,)) == ""


@pytest.mark.parametrize(
    ("want", "got", "words"),
    [
        ([1.0, 2.0], [0.0, 0.0], "every entry is 0"),
        ([1.0, 2.0], [math.nan, math.nan], "every entry is NaN"),
        ([1.0, 2.0], [math.nan, 2.0], ""),
        ([math.inf, 2.0], [1.0, 2.0], ""),
        ([1.0, 2.0], [1.0, 2.0], ""),
        ([1.0, 2.0], [1.0, 2.00001], ""),  # rounding
        ([1.0, 2.0, 3.0], [2.0, 4.0, 7.0], ""),
        ([0.0, 2.0, 4.0], [0.0, 4.0, 8.0], "every entry is 2 times the expected one"),
        ([0.0, 2.0, 4.0], [1.0, 4.0, 8.0], ""),
        ([1.7e308], [-1.7e308], "the sign is flipped"),
        ([1.7e308, -1.7e308], [-1.7e308, 1e292], ""),
        ([3.0], [48.0], "it is 16 times the expected one"),
        ([3.0], [-3.0], "the sign is flipped"),
        ([3.0], [4.1], ""),  # any two numbers have some factor
        ([0.0, 0.0], [0.5, 0.5], "every entry is larger by 0.5"),
        ([1.0, 2.0, 4.0], [4.0, 2.0, 1.0], "the entries are in reverse order"),
        ([], [], ""),
    ],
)
def test_what_is_said(want: list[float], got: list[float], words: str) -> None:
    assert relation(want, got) == words


@settings(deadline=None)
@given(ANY)
def test_any_numbers_are_compared_without_an_exception(pairs: list[tuple[float, float]]) -> None:
    want, got = [a for a, _ in pairs], [b for _, b in pairs]
    assert len(relation(want, got, (len(pairs),))) < 80
    marks = differing(want, got)
    assert len(marks) == len(pairs)
    for (a, b), mark in zip(pairs, marks, strict=True):
        same = a == b or (math.isnan(a) and math.isnan(b))
        assert not (same and mark)
        assert mark or same or math.isfinite(a - b)  # only rounding is not marked


def test_rounding_is_marked_only_where_there_is_nothing_else() -> None:
    assert differing([1.0, 2.0], [1.5, 2.0000001]) == (True, False)
    assert differing([1.0, 2.0], [1.0, 2.0000001]) == (False, True)
    assert differing([1.0, 1.0], [1e9, 2.0]) == (True, True)
