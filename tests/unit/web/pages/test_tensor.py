"""Arrays in a report's JSON: what counts as one, JAX's notation of it, and Python that makes it again."""

import math

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judge.jsonable import to_json
from judge.web.pages.tensor import MOST_AXES, MOST_ENTRIES, python_text, tensor_of

ARRAYS = hnp.arrays(
    st.sampled_from([np.float32, np.int32, np.bool_, np.float16, np.uint8]),
    hnp.array_shapes(max_dims=4, max_side=4).filter(lambda shape: math.prod(shape) <= 64),
)


@pytest.mark.parametrize(
    ("value", "notation"),
    [
        ([0.5, 1.5], "float32[2]"),
        ([[1, 2, 3]], "int32[1,3]"),
        ([[True], [False]], "bool[2,1]"),
        ([0.1, 0.30000000000000004], "float64[2]"),
        ([2**40], "int64[1]"),
        (["nan", 1.0, "-inf"], "float32[3]"),
        (["(1+2j)", "0j"], "complex64[2]"),
        ([1, 2.5], "float32[2]"),
        ({"shape": [16, 8], "dtype": "bfloat16", "first": [0.5], "left_out": 127}, "bfloat16[16,8]"),
        ({"shape": [3]}, "[3]"),
    ],
)
def test_shape_and_dtype_as_jax_writes_them(value: object, notation: str) -> None:
    tensor = tensor_of(value)
    assert tensor is not None
    assert tensor.notation == notation


@pytest.mark.parametrize(
    "value",
    [
        None, 1.5, "text", [], [[]], [[1.0], [1.0, 2.0]], [1.0, "text"], [1.0, None], [True, 1.5], [[1.0], 2.0],
        {"a": [1.0]}, {"shape": ["x"]}, {"shape": [-1]}, {"shape": [2], "dtype": "<b>", "first": [1.0]},
        {"shape": [2], "dtype": "float32", "first": [None]}, {"shape": [1] * (MOST_AXES + 1)},
    ],
)  # fmt: skip
def test_what_is_no_array(value: object) -> None:
    assert tensor_of(value) is None


def test_more_axes_than_are_drawn_are_no_array() -> None:
    value: object = 1.5
    for _ in range(MOST_AXES):
        value = [value]
    assert tensor_of(value) is not None
    assert tensor_of([value]) is None


def test_of_a_long_list_only_so_many_entries_are_read() -> None:
    tensor = tensor_of([0.5] * (MOST_ENTRIES + 1))
    assert tensor is not None
    assert (len(tensor.entries), tensor.size, tensor.is_whole) == (MOST_ENTRIES, MOST_ENTRIES + 1, False)
    assert python_text([0.5] * (MOST_ENTRIES + 1)).endswith("# the first 1,024 of 1,025 entries\n")


@settings(deadline=None)
@given(ARRAYS)
def test_an_array_of_a_report_pasted_back_is_the_same_array(array: np.ndarray) -> None:
    text = python_text(to_json(array))
    again = eval(text, {"np": np})
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)


def test_numbers_that_are_not_finite_and_trees_can_be_pasted_back() -> None:
    tree = {"l1": {"kernel": to_json(np.array([[np.nan, np.inf], [-np.inf, 0.1]], np.float32))}, "lr": 0.1, "n": [{}]}
    text = python_text(tree)
    again = eval(text, {"np": np})
    np.testing.assert_array_equal(again["l1"]["kernel"], np.array([[np.nan, np.inf], [-np.inf, 0.1]], np.float32))
    assert (again["lr"], again["n"]) == (0.1, [{}])


def test_a_dtype_that_numpy_lacks_is_named_and_made_by_jax() -> None:
    array = np.asarray(jnp.array([[0.5, 1.0]], dtype=jnp.bfloat16))
    tensor = tensor_of(to_json(array))
    assert tensor is not None
    assert tensor.notation == "bfloat16[1,2]"
    again = eval(python_text(to_json(array)), {"jnp": jnp})
    assert (again.dtype, again.tolist()) == (jnp.bfloat16, [[0.5, 1.0]])


def test_a_lone_number_of_any_dtype_is_a_number() -> None:
    assert to_json(np.float16(0.5)) == 0.5
    assert to_json(np.asarray(jnp.bfloat16(0.5))) == 0.5


def test_of_an_array_that_was_cut_the_first_entries_are_offered_and_counted() -> None:
    array = np.arange(128, dtype=np.float32).reshape(16, 8)
    for value in (to_json(array), {"a": to_json(array), "b": 1}, [[to_json(array)], 1]):
        text = python_text(value)
        assert "# the first 64 of 128 entries" in text
        again = eval(text, {"np": np})
        first = again["a"] if isinstance(again, dict) else again[0][0] if isinstance(again, list) else again
        np.testing.assert_array_equal(first, array.ravel()[:64])


def test_a_bare_shape_stays_as_it_is() -> None:
    assert eval(python_text({"shape": [3]})) == {"shape": [3]}
