"""Numbers as text: every digit, six of them, and what is marked where two of them differ."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.web.pages.digits import (
    as_float,
    difference_text,
    natural_key,
    number_text,
    pair_texts,
    ratio_text,
    short_text,
)

FLOATS = st.floats(allow_nan=False, allow_infinity=False)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_keeps_its_value_in_the_fewest_digits(value: float) -> None:
    assert np.float32(number_text(value)) == np.float32(value)
    assert len(number_text(value)) <= 16


@given(FLOATS)
def test_any_float_keeps_its_value(value: float) -> None:
    text = number_text(value)
    assert float(text) == value or np.float32(text) == np.float32(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.54912345, "0.549123"), (16.0, "16.0"), (16, "16"), (1e-7, "1e-07"), (1234567.0, "1.23457e06"), (-0.0, "-0.0")],
)
def test_six_digits(value: float, text: str) -> None:
    assert short_text(value) == text


@given(FLOATS, FLOATS)
def test_two_numbers_that_differ_never_look_alike(want: float, got: float) -> None:
    left, right = pair_texts(want, got)
    assert (left == right) == (want == got) or {want, got} == {0.0}  # 0.0 and -0.0 are equal, and look as they are


def test_six_digits_that_are_alike_become_all() -> None:
    assert pair_texts(1.0000001, 1.0000002) == ("1.0000001", "1.0000002")


@pytest.mark.parametrize(
    ("want", "got", "difference", "ratio"),
    [
        (2.0, 3.0, "+1", "1.5"),
        (2.0, -2.0, "-4", "-1"),
        (2.0, 2.0, "0", "1"),
        (0.0, 2.0, "+2", ""),
        (math.nan, 2.0, "", ""),
        (2.0, math.inf, "", ""),
        (5e-324, 1e308, "+1e308", ""),
    ],
)
def test_difference_and_ratio(want: float, got: float, difference: str, ratio: str) -> None:
    assert difference_text(want, got) == difference
    assert ratio_text(want, got) == ratio


@pytest.mark.parametrize(("value", "number"), [(10**400, math.inf), (-(10**400), -math.inf), (True, 1.0), (3, 3.0)])
def test_whole_numbers_of_any_size_are_floats(value: int, number: float) -> None:
    assert as_float(value) == number


def test_names_sort_as_people_count() -> None:
    paths = ["l10.bias", "l2.bias", "l1.kernel", "head.l1", "l1.bias", "[10]", "[9]"]
    assert sorted(paths, key=natural_key) == ["[9]", "[10]", "head.l1", "l1.bias", "l1.kernel", "l2.bias", "l10.bias"]


@given(st.lists(st.text(max_size=8)))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert len(sorted(names, key=natural_key)) == len(names)
