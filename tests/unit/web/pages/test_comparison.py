"""Values side by side: which entries are shown, which digits are marked, and arrays that can be pasted back."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judge.jsonable import to_json
from judge.web.pages.comparison import (
    MOST_GRIDS,
    MOST_ROWS,
    PYTHON_CHARACTERS,
    Comparison,
    array_text,
    as_html,
    compare,
    json_text,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


def test_digits_that_differ_are_marked_on_both_sides() -> None:
    (row,) = compare(1.1312975, 1.1314012).rows
    assert row.expected == "1.131<mark>3</mark>"
    assert row.actual == "1.131<mark>4</mark>"
    assert (row.difference, row.ratio) == ("+0.000104", "1")


def test_numbers_that_differ_after_six_digits_are_shown_whole() -> None:
    (row,) = compare(0.12345678, 0.12345679).rows
    assert row.expected == "0.1234567<mark>8</mark>"
    assert row.actual == "0.1234567<mark>9</mark>"


def test_numbers_of_another_size_share_no_digits() -> None:
    (row,) = compare(12.5, 1.25).rows
    assert row.actual == "<mark>1.25</mark>"
    (row,) = compare(1e-7, 1e-8).rows
    assert row.expected.startswith("<mark>")


def test_a_number_that_goes_on_longer_is_marked_where_it_does() -> None:
    (row,) = compare(0.5, 0.512).rows
    assert (row.expected, row.actual) == ("0.5", "0.5<mark>12</mark>")
    (row,) = compare(0.512, 0.5).rows
    assert (row.expected, row.actual) == ("0.5<mark>12</mark>", "<mark>0.5</mark>")  # what is wrong is never unmarked


def test_equal_numbers_have_no_mark() -> None:
    (row,) = compare(3.5, 3.5).rows
    assert row.same
    assert "<mark>" not in row.expected + row.actual


def test_only_differing_entries_of_a_long_list_are_shown_and_the_rest_counted() -> None:
    want = [float(number) for number in range(40)]
    got = [*want[:7], -1.0, *want[8:]]
    comparison = compare(want, got)
    assert [row.where for row in comparison.rows] == ["[7]"]
    assert (comparison.equal_rows, comparison.more_rows) == (39, 0)


def test_no_more_rows_than_fit() -> None:
    comparison = compare([0.0] * 60, [1.0] * 60)
    assert len(comparison.rows) == MOST_ROWS
    assert (comparison.equal_rows, comparison.more_rows) == (0, 60 - MOST_ROWS)


def test_entries_are_named_by_their_path_and_shapes_are_written_as_jax_does() -> None:
    comparison = compare({"l2": {"kernel": [1.0]}, "out": {"shape": [3, 1]}}, {"l2": {"kernel": [2.0]}, "out": [0.5]})
    assert [(row.where, row.same) for row in comparison.rows] == [("l2.kernel[0]", False), ("out", False)]
    assert comparison.rows[1].expected == "[3,1]"
    assert comparison.rows[1].actual == "<mark>float32[1]</mark>"
    assert [(grid.where, len(grid.faces)) for grid in comparison.grids] == [("out", 1)]
    (row,) = compare({"out": "float32[5, 2]"}, {"out": "float32[2]"}).rows
    assert (row.expected, row.actual) == ("float32[5,2]", "<mark>float32[2]</mark>")


def test_an_empty_list_beside_a_full_one_leaves_only_the_entries_and_their_container_is_named_once() -> None:
    comparison = compare({"moved": []}, {"moved": {"l1.bias": 0.25}})
    (row,) = comparison.rows
    assert (comparison.container, row.where) == ("moved", "l1.bias")
    assert row.expected == "—"


def test_names_are_in_natural_order() -> None:
    tree = {f"l{number}": float(number) for number in (1, 10, 2)}
    assert [row.where for row in compare(tree, tree).rows] == ["l1", "l2", "l10"]


def test_matrices_are_grids_the_wrong_ones_first_and_the_rest_counted() -> None:
    want = {f"l{number}": [[1.0, 2.0]] for number in range(9)}
    got = {name: [[1.0, 3.0]] if number > 1 else value for number, (name, value) in enumerate(want.items())}
    comparison = compare(want, got)
    assert [grid.where for grid in comparison.grids] == ["l2", "l3", "l4", "l5"]
    assert (comparison.equal_grids, comparison.more_grids) == (2, 7 - MOST_GRIDS)
    assert not comparison.rows


def test_what_all_arrays_and_entries_have_in_common_is_said_once() -> None:
    want = {"kernel": [[1.0, 2.0]], "bias": [3.0, 5.0], "lr": 0.5}
    assert compare(want, {"kernel": [[16.0, 32.0]], "bias": [48.0, 80.0], "lr": 8.0}).relation == (
        "every entry is 16 times the expected one"
    )
    assert compare(6.0, 96.0).relation == ""  # its ratio is beside it
    assert compare([[1.0, 2.0]], [[2.0, 4.0]]).relation == ""  # its grid says it
    assert compare([[1.0, 2.0]], [[2.0, 4.0]]).grids[0].relation


def test_both_values_can_be_pasted_back_with_all_their_digits() -> None:
    want, got = np.float32([[0.1, 1 / 3]]), np.float32([[0.1, 2 / 3]])
    names: dict[str, np.ndarray] = {}
    exec(compare(to_json(want), to_json(got)).python, {"np": np}, names)
    np.testing.assert_array_equal(names["expected"], want)
    np.testing.assert_array_equal(names["yours"], got)


def test_too_long_a_text_of_python_is_not_offered() -> None:
    longest = "x" * (PYTHON_CHARACTERS - len("expected = ''\nyours = None"))
    assert len(compare(longest, None).python) == PYTHON_CHARACTERS
    assert compare(longest + "x", None).python == ""


def test_missing_and_text_against_number_are_distinguished() -> None:
    rows = compare([1.0, 2.0], [1.0, "<b>"]).rows
    assert rows[1].actual == "<mark>&lt;b&gt;</mark>"


def cells(comparison: Comparison) -> list[str]:
    texts = [cell for row in comparison.rows for cell in (row.expected, row.actual)]
    return [*texts, *(row.difference for row in comparison.rows), *(row.ratio for row in comparison.rows)]


@settings(deadline=None)
@given(JSON, JSON)
def test_any_two_values_are_compared_without_markup_of_theirs_and_within_bounds(
    expected: object, actual: object
) -> None:
    comparison = compare(expected, actual)
    assert len(comparison.rows) <= MOST_ROWS
    assert len(comparison.grids) <= MOST_GRIDS
    assert len(comparison.python) <= PYTHON_CHARACTERS
    assert min(comparison.equal_rows, comparison.more_rows, comparison.equal_grids, comparison.more_grids) >= 0
    for cell in cells(comparison):
        bare = cell.replace("<mark>", "").replace("</mark>", "")
        assert "<script" not in bare
        assert bare.count("<") == bare.count('<span class="unseen"') + bare.count("</span>")


@given(JSON)
def test_any_value_is_the_same_as_itself(value: object) -> None:
    assert all(row.same for row in compare(value, value).rows if "nan" not in row.expected)


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


def test_json_of_a_dictionary_shows_what_is_inside_what() -> None:
    layers = {"l1": {"bias": [0.5]}, "l2": {"kernel": [[1.0], [2.0]]}}
    assert json_text({"state": layers, "loss": 1.5, "more": {}}) == (
        "state:\n  l1:\n    bias: [0.5]\n  l2:\n    kernel:\n      [[1.0],\n       [2.0]]\nloss: 1.5\nmore: "
    )


def test_text_in_a_value_is_escaped() -> None:
    assert as_html("<i>") == "&lt;i&gt;"
    assert as_html({"<k>": ["<v>"]}) == "&lt;k&gt;: [&lt;v&gt;]"
