"""What differs between two calls, aspect by aspect; no value that a box may send breaks it."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given

from judge.reproduction.compare import differences
from tests.unit.reproduction.test_literals import VALUES

BEFORE = {"l1.kernel": np.ones((2, 2), np.float32), "l2.kernel": np.ones(2, np.float32)}
AFTER = {"l1.kernel": np.ones((2, 2), np.float32), "l2.kernel": np.array([0.5, 0.75], np.float32)}
STATE = {"step": np.array(1), "0.mu.l2.kernel": np.array([0.1, 0.2]), "0.mu.l1.kernel": np.zeros((2, 2))}
MODEL = {"before": BEFORE, "after": AFTER, "state": STATE}
EXPECTED = {"value": np.array([0.5, 2.0]), "model": MODEL}


def call(value=(0.5, 2.0), models=(MODEL,)) -> dict:
    return {"value": np.array(value), "models": list(models)}


def model(**parts) -> dict:
    return {name: {**MODEL[name], **parts.get(name, {})} for name in MODEL}


def test_an_equal_call_does_not_differ() -> None:
    assert differences(call(), EXPECTED) == {}
    assert differences(call((0.5 + 1e-7, 2.0)), EXPECTED) == {}
    assert differences(call(models=[]), {**EXPECTED, "model": None}) == {}


@pytest.mark.parametrize(
    ("actual", "aspect", "words"),
    [
        (call((0.5, 2.1)), "result", "the result is 2.1 at [1]; expected 2"),
        (call((0.5, 2.0, 1.0)), "result", "the result has the shape (3,); expected (2,)"),
        (call(models=[]), "model", "the parameters l1.kernel, l2.kernel"),
        (call(models=[model(before={"l1.kernel": np.ones(3)})]), "model", "l1.kernel"),
        (call(models=[model(after={"l1.kernel": np.full((2, 2), 1.0000001)})]), "frozen", "l1.kernel is frozen"),
        (call(models=[model(after={"l2.kernel": np.array([0.5, 0.7])})]), "trained", "l2.kernel did not move"),
        (call(models=[model(after={"l2.kernel": np.ones(3)})]), "trained", "another shape"),
        (call(models=[model(state={"step": np.array(2)})]), "steps", "took 2 steps; expected 1"),
        (call(models=[model(state={"0.mu.l1.kernel": np.full((2, 2), 1e-9)})]), "memory", "mu.l1.kernel"),
        (call(models=[model(state={"trace.l1.kernel": np.full((2, 2), 1e-9)})]), "memory", "should be zero"),
    ],
)
def test_each_aspect_is_named_with_its_numbers(actual, aspect: str, words: str) -> None:
    found = differences(actual, EXPECTED)
    assert list(found) == [aspect]
    assert words in found[aspect]


def test_a_model_that_starts_elsewhere_differs_in_its_start() -> None:
    other = {**BEFORE, "l2.kernel": np.zeros(2)}
    moved = {**AFTER, "l2.kernel": np.array([-0.5, -0.25])}
    assert list(differences(call(models=[model(before=other, after=moved)]), EXPECTED)) == ["start"]


def test_the_model_that_starts_like_the_expected_one_is_compared() -> None:
    other = model(before={"l2.kernel": np.zeros(2)})
    assert differences(call(models=[MODEL, other]), EXPECTED) == {}


def test_texts_are_never_made_an_array_of() -> None:
    value = ["a"] * 24_000 + ["b" * 8192]  # NumPy would take 786 MB
    tracemalloc.start()
    found = differences({"value": [value], "models": []}, EXPECTED | {"model": None})
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()
    assert found == {"result": "the result is not made of numbers"}


def test_a_memory_that_is_left_out_for_what_is_frozen_is_no_difference() -> None:
    state = {"step": np.array(1), "inner_states.l2.0.mu.l2.kernel": np.array([0.1, 0.2])}
    assert differences(call(models=[{**MODEL, "state": state}]), EXPECTED) == {}


@given(VALUES, VALUES)
def test_any_value_is_compared_with_any_other(one, other) -> None:
    found = differences({"value": one, "models": []}, {"value": other, "model": None})
    assert set(found) <= {"result"}


@given(VALUES)
def test_a_value_does_not_differ_from_itself(value) -> None:
    assert differences({"value": value, "models": []}, {"value": value, "model": None}) == {}
