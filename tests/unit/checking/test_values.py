"""Checks of values: what passes, what does not, and what the failure says."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judge.checking import Symptom, close, dtype, gradient, identical, real_array
from judge.checking.phrases import names
from judge.evidence import Unencodable
from judge.jsonable import MAX_ENTRIES, to_json

FLOATS = hnp.arrays(np.float32, hnp.array_shapes(max_dims=2, max_side=4), elements=st.floats(-1e6, 1e6, width=32))


@pytest.mark.parametrize(
    "value", [[1.5, 2.5, 2.5], (1.5, 2.5, 2.5), np.array([1.5, 2.5, 2.5]), [np.float32(1.5), 2, 2]]
)
def test_three_numbers_in_any_container_are_an_array(value):
    check, array = real_array("shape", value, (3,))
    assert check.passed
    assert array is not None
    assert array.shape == (3,)


def test_a_float32_array_stays_float32():
    _, array = real_array("shape", np.array([1, 2, 3], dtype=np.float32), (3,))
    assert array is not None
    assert array.dtype == np.float32


@pytest.mark.parametrize(
    ("value", "symptom", "says"),
    [
        (None, Symptom.NOTHING_RETURNED, "return statement"),
        ("1 2 3", Symptom.NOT_NUMBERS, "returned str; expected an array of numbers"),
        (Unencodable(type_name="TwoLayer"), Symptom.NOT_NUMBERS, "TwoLayer"),
        ([True, False, True], Symptom.NOT_NUMBERS, "bool"),
        (np.array([1 + 2j, 0, 0]), Symptom.NOT_NUMBERS, "complex128"),
        ({"loss": 1.0}, Symptom.NOT_NUMBERS, "dict"),
        ([1.0, None, 2.0], Symptom.NOT_NUMBERS, "list"),
        ([1.0, 2.0], Symptom.WRONG_SHAPE, "(2,)"),
        ([[1.0], [2.0], [3.0]], Symptom.WRONG_SHAPE, "(3, 1)"),
        ([[1.0], [2.0, 3.0], []], Symptom.WRONG_SHAPE, "different shapes"),
        (3.0, Symptom.WRONG_SHAPE, "()"),
        ([1.0, math.nan, 2.0], Symptom.NOT_FINITE, "1 of 3"),
        ([math.inf, -math.inf, 2.0], Symptom.NOT_FINITE, "2 of 3"),
        ([10**400, 1, 2], Symptom.NOT_NUMBERS, "more than 64 bits"),
    ],
)
def test_anything_but_three_finite_real_numbers_is_refused_with_its_reason(value, symptom, says):
    check, array = real_array("shape", value, (3,), mistakes={symptom: "known"})
    assert array is None
    assert not check.passed
    assert check.mistake == "known"
    assert says in check.message
    json.dumps(check.actual, allow_nan=False)


def test_close_accepts_what_lies_within_both_tolerances():
    assert close("loss", 2.0 + 2e-5, 2.0, rtol=1e-5, atol=1e-6).passed is True
    assert close("loss", 2.0 + 2.2e-5, 2.0, rtol=1e-5, atol=1e-6).passed is False
    assert close("loss", np.float32(0.1), 0.1, rtol=1e-5).passed


def test_close_tells_how_far_off_and_where():
    check = close(
        "kernel", np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0, 2.0], [3.0, 4.0]]), rtol=1e-3, what="l2"
    )
    assert check.error == 1.0
    assert "1 of 4 entries" in check.message
    assert "(1, 1)" in check.message
    assert check.expected == [[1.0, 2.0], [3.0, 4.0]]
    assert check.actual == [[1.0, 2.0], [3.0, 5.0]]


@pytest.mark.parametrize("shape", [(3, 1), (1, 3), (1,), ()])
def test_close_never_broadcasts(shape):
    check = close("v", np.ones(shape), np.ones(3), rtol=1.0, mistakes={Symptom.WRONG_SHAPE: "shape"})
    assert not check.passed
    assert check.mistake == "shape"
    assert check.error is None


@pytest.mark.parametrize(
    ("got", "want"),
    [(math.nan, math.nan), (math.nan, 1.0), (1.0, math.nan), (math.inf, math.inf), (1.0, math.inf), (math.inf, 1.0)],
)
def test_nan_and_infinity_are_close_to_nothing(got, want):
    check = close("v", got, want, rtol=1.0, atol=1.0)
    assert not check.passed
    json.dumps([check.error, check.expected, check.actual], allow_nan=False)


@given(FLOATS)
def test_every_finite_array_is_close_and_identical_to_itself(array):
    assert close("v", array, array, rtol=0.0).passed
    assert identical("v", array, array.copy()).passed


@given(FLOATS, st.data())
def test_one_bit_of_difference_is_not_identical(array, data):
    changed = array.copy()
    index = data.draw(st.sampled_from(list(np.ndindex(array.shape))))
    changed[index] = np.nextafter(array[index], np.float32(np.inf))
    assert not identical("v", changed, array).passed


@given(FLOATS, st.floats(1e-6, 1e-2), st.floats(1.1, 100))
def test_close_has_its_border_at_the_tolerance(array, rtol, times):
    size = np.abs(array.astype(np.float64))
    inside = array + 0.9 * rtol * size
    outside = array + times * rtol * (size + 1e-3)
    assert close("v", inside, array, rtol=rtol).passed
    assert not close("v", outside, array, rtol=rtol).passed


def test_a_wrong_value_that_matches_a_lookalike_is_named():
    check = close("loss", 0.5, 1.0, rtol=1e-5, lookalikes={"other": 3.0, "half-mse": 0.5})
    assert check.mistake == "half-mse"


def test_a_lookalike_of_the_right_value_names_nothing():
    check = close("loss", 7.0, 1.0, rtol=1e-5, lookalikes={"same": 1.0}, mistakes={Symptom.DIFFERENT: "other-loss"})
    assert check.mistake == "other-loss"
    assert close("loss", 1.0, 1.0, rtol=1e-5, lookalikes={"same": 1.0}).mistake is None


@pytest.mark.parametrize(
    ("rtol", "atol", "says"),
    [(0.0, 0.0, "no difference"), (0.01, 0.0, "0.01 of the expected size"), (0.0, 0.5, "0.5"),
     (0.01, 0.5, "0.5 + 0.01 of the expected size")],
)  # fmt: skip
def test_what_is_allowed_is_said_without_terms_that_are_nothing(rtol: float, atol: float, says: str) -> None:
    check = close("counts", 3.0, 9.0, rtol=rtol, atol=atol)
    assert str(check.message).endswith(f"; allowed: {says}")


def test_a_lookalike_of_another_shape_is_not_broadcast():
    assert close("v", np.zeros(3), np.ones(3), rtol=1e-5, lookalikes={"zero": 0.0}).mistake is None


def test_negative_zero_and_other_dtypes_are_not_identical():
    assert not identical("v", -0.0, 0.0).passed
    assert not identical("v", np.float32(1), np.float64(1)).passed
    assert not identical("v", np.ones(2), np.ones((2, 1))).passed
    assert not identical("v", math.nan, math.nan).passed


def test_identical_says_by_how_much_it_is_not():
    check = identical("norms", np.float32(2.5), np.float32(2.0), mistakes={Symptom.DIFFERENT: "leak"})
    assert check.error == 0.5
    assert "bit for bit" in check.message
    assert check.mistake == "leak"


def test_dtype_names_both():
    check = dtype("dtype", np.ones(2, np.float16), np.ones(2, np.float32), mistakes={Symptom.WRONG_DTYPE: "half"})
    assert check.message == "the result has dtype float16, expected float32"
    assert check.mistake == "half"
    assert dtype("dtype", np.ones(2, np.float32), np.zeros(5, np.float32)).passed


def test_the_gradient_of_a_known_function_passes_and_twice_of_it_fails():
    at = np.array([[1.0, -2.0], [0.5, 3.0]])
    right = 3 * at**2
    assert gradient("gradient", right, lambda x: float((x**3).sum()), at).passed
    assert not gradient("gradient", 2 * right, lambda x: float((x**3).sum()), at).passed
    assert not gradient("gradient", right.T, lambda x: float((x**3).sum()), at).passed


def test_floats_keep_every_digit_in_json():
    value = np.float32(0.1)
    assert json.loads(json.dumps(to_json(np.array([value]))))[0] == float(value)
    assert to_json(1 / 3) == 1 / 3


def test_long_values_are_cut_and_say_so():
    shown = to_json(np.arange(1000.0).reshape(10, 100))
    assert shown["left_out"] == 1000 - MAX_ENTRIES
    assert shown["shape"] == [10, 100]
    assert to_json(list(range(1000)))[-1] == f"… {1000 - MAX_ENTRIES} more"
    assert len(to_json("x" * 10_000)) < 300


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=20))
def test_every_value_becomes_strict_json(value):
    json.dumps(to_json(value), allow_nan=False)


def test_a_bottomless_value_becomes_json():
    value = [1.0]
    for _ in range(100):
        value = [value]
    json.dumps(to_json(value))


def test_names_are_joined_for_a_sentence():
    assert names(["l1.bias"]) == "l1.bias"
    assert names(["a", "b", "c"]) == "a, b and c"
    assert names([str(i) for i in range(9)]).endswith("and 3 more")
