"""Values survive being written as Python text, or are refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from judge.evidence import Unencodable
from judge.reproduction.literals import NoLiteral, literal

DTYPES = st.sampled_from(["bool", "int8", "int32", "uint64", "float16", "float32", "float64", "complex64"])
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text()
VALUES = st.recursive(
    SCALARS | arrays.arrays(DTYPES, SHAPES),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(one, other) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return (one.dtype, one.shape) == (other.dtype, other.shape) and np.array_equal(one, other, equal_nan=True)
    return one == other or (one != one and other != other)


@given(VALUES)
def test_a_value_is_read_again_as_it_was(value) -> None:
    names = {"array": np.array, "inf": np.inf, "nan": np.nan}
    assert same(eval(literal(value, 100_000), names), value)


def test_half_precision_of_jax_is_written_in_its_own_digits() -> None:
    import ml_dtypes

    assert literal(np.array([0.1], ml_dtypes.bfloat16), 100) == "array([0.100098], 'bfloat16')"
    assert literal(np.float32(0.1) * np.ones(2, np.float32), 100) == "array([0.1, 0.1], 'float32')"


@pytest.mark.parametrize("value", [np.zeros(1_000_000), "x" * 101, [0] * 60, np.zeros((40,)), {"a": [1] * 51}])
def test_what_is_too_long_is_refused_before_it_is_written(value) -> None:
    with pytest.raises(NoLiteral):
        literal(value, 100)


def test_the_longest_text_is_taken() -> None:
    assert literal([1] * 33, 99) == "[" + "1, " * 32 + "1]"
    with pytest.raises(NoLiteral):
        literal([1] * 33, 98)


def test_what_no_text_can_make_is_refused() -> None:
    with pytest.raises(NoLiteral, match="Unencodable"):
        literal([Unencodable(type_name="Module")], 100)
