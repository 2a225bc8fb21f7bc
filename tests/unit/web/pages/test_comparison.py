"""Values side by side: which entries are shown, which digits are marked, and arrays that can be pasted back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judge.web.pages.comparison import MOST_ROWS, array_text, as_html, compare, json_text, number_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def test_digits_that_differ_are_marked_on_both_sides() -> None:
    (row,) = compare(1.1312975, 1.1314012).rows
    assert row.expected == "1.131<mark>2975</mark>"
    assert row.actual == "1.131<mark>4012</mark>"


def test_numbers_of_another_size_share_no_digits() -> None:
    (row,) = compare(12.5, 1.25).rows
    assert row.actual == "<mark>1.25</mark>"
    (row,) = compare(1e-7, 1e-8).rows
    assert row.expected.startswith("<mark>")


def test_a_number_that_goes_on_longer_is_marked_where_it_does() -> None:
    (row,) = compare(0.5, 0.512).rows
    assert (row.expected, row.actual) == ("0.5", "0.5<mark>12</mark>")


def test_equal_numbers_have_no_mark() -> None:
    (row,) = compare(3.5, 3.5).rows
    assert row.same
    assert "<mark>" not in row.expected + row.actual


def test_only_differing_entries_of_a_long_list_are_shown_and_the_rest_counted() -> None:
    want = [float(number) for number in range(40)]
    got = [*want[:7], -1.0, *want[8:]]
    comparison = compare(want, got)
    assert [row.where for row in comparison.rows] == ["[7]"]
    assert comparison.left_out == 39


def test_no_more_rows_than_fit() -> None:
    comparison = compare([0.0] * 60, [1.0] * 60)
    assert len(comparison.rows) == MOST_ROWS
    assert comparison.left_out == 60 - MOST_ROWS


def test_entries_are_named_by_their_path_and_shapes_stay_whole() -> None:
    rows = compare({"l2": {"kernel": [1.0]}, "shape": [3, 1]}, {"l2": {"kernel": [2.0]}, "shape": [3]}).rows
    assert [(row.where, row.same) for row in rows] == [("l2.kernel[0]", False), ("shape", False)]
    assert "(3, 1)" in rows[1].expected
    assert "(3,)" in rows[1].actual


def test_an_empty_list_beside_a_full_one_leaves_only_the_entries() -> None:
    (row,) = compare({"moved": []}, {"moved": {"l1.bias": 0.25}}).rows
    assert row.where == "moved.l1.bias"
    assert row.expected == "—"


def test_missing_and_text_against_number_are_distinguished() -> None:
    rows = compare([1.0, 2.0], [1.0, "<b>"]).rows
    assert rows[1].actual == "<mark>&lt;b&gt;</mark>"


@given(JSON, JSON)
def test_any_two_values_are_compared_without_markup_of_theirs(expected: object, actual: object) -> None:
    for row in compare(expected, actual).rows:
        for cell in (row.expected, row.actual):
            bare = cell.replace("<mark>", "").replace("</mark>", "")
            assert "<script" not in bare
            assert bare.count("<") == bare.count('<span class="unseen"') + bare.count("</span>")


@given(JSON)
def test_any_value_is_the_same_as_itself(value: object) -> None:
    assert all(row.same for row in compare(value, value).rows if "nan" not in row.expected)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_keeps_its_value_in_the_fewest_digits(value: float) -> None:
    assert np.float32(number_text(value)) == np.float32(value)
    assert len(number_text(value)) <= 16


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_float_keeps_its_value(value: float) -> None:
    text = number_text(value)
    assert float(text) == value or np.float32(text) == np.float32(value)


@given(
    hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int32]),
        hnp.array_shapes(max_dims=3, max_side=6),
        elements=st.integers(-1000, 1000),
    )
)
def test_an_array_pasted_back_is_the_same_array(array: np.ndarray) -> None:
    again = eval(array_text(array), {"np": np})
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)


@pytest.mark.parametrize(("value", "text"), [(4524.0, "4524.0"), (3, "3"), (np.float32(0.1), "0.10000000149011612")])
def test_a_number_pasted_back_is_a_plain_number(value: object, text: str) -> None:
    assert array_text(value) == text


def test_a_huge_array_is_named_not_printed() -> None:
    assert array_text(np.zeros((100, 100))).startswith("# float64 array of shape (100, 100)")


def test_json_of_a_report_reads_like_arrays() -> None:
    assert json_text([[0.10000000149011612, 2.0], [3.0, 4.0]]) == "[[0.1, 2.0],\n [3.0, 4.0]]"
    assert "left" not in json_text({"shape": [70], "dtype": "float32", "first": [1.0], "left_out": 69})
    assert math.isnan(float(json_text("nan")))


def test_text_in_a_value_is_escaped() -> None:
    assert as_html("<i>") == "&lt;i&gt;"
    assert as_html({"<k>": ["<v>"]}) == "&lt;k&gt;: [&lt;v&gt;]"
