"""Models whose attributes may be called anything: their leaves go by the paths of the reference's, shape by shape."""

from dataclasses import replace

import numpy as np
import pytest

from judge.checking import (
    Seen,
    Symptom,
    frozen,
    moments_close,
    moments_zero,
    parameters,
    seen_models,
    steps_taken,
    trained,
)
from judge.errors import PackageFault
from judge.evidence import Evidence, Observed

OTHER_NAMES = {"l1.kernel": "w", "l1.bias": "deep.w", "l2.kernel": "head.weights", "l2.bias": "head.offset"}
START = {
    "l1.kernel": np.array([[1.0, 2.0]], np.float32),
    "l1.bias": np.array([0.0, 0.0], np.float32),
    "l2.kernel": np.array([[0.5], [-0.5]], np.float32),
    "l2.bias": np.array([0.0], np.float32),
}


def trained_by(change: dict[str, float], names: dict[str, str] | None = None) -> Observed:
    """START, of which some leaves moved by so much, and whose moments are as large; under other names."""
    name = names or {path: path for path in START}
    end = {path: leaf + np.float32(change.get(path, 0.0)) for path, leaf in START.items()}
    moments = {f"0.mu.{name[path]}": end[path] - leaf for path, leaf in START.items()}
    return Observed(
        before={name[path]: leaf for path, leaf in START.items()},
        after={name[path]: leaf for path, leaf in end.items()},
        state_before={"step": np.uint32(0)},
        state_after={"step": np.uint32(1), **moments},
    )


def by_shape(got: Observed, want: Observed | None = None) -> Seen:
    want = want or trained_by({"l2.kernel": 0.1, "l2.bias": 0.2})
    return seen_models(Evidence(observed=(want,)), Evidence(observed=(got,)), by_shape=True)


def test_by_shape_a_right_model_passes_whatever_its_attributes_are_called():
    found = by_shape(trained_by({"l2.kernel": 0.1, "l2.bias": 0.2}, OTHER_NAMES))
    for check in (
        parameters("p", found),
        frozen("f", found, "l1"),
        trained("t", found, "l2", rtol=1e-5),
        moments_zero("z", found, "mu", "l1"),
        moments_close("m", found, "mu", "l2", rtol=1e-5),
        steps_taken("s", found),
    ):
        assert check.passed, check
    assert set(found.got.state_after) == {"step", *(f"0.mu.{path}" for path in START)}


def test_by_shape_a_leak_is_told_by_the_references_name():
    found = by_shape(trained_by({"l1.bias": 0.1, "l2.kernel": 0.1, "l2.bias": 0.2}, OTHER_NAMES))
    assert frozen("f", found, "l1", only={"bias": "bias-leaks"}).mistake == "bias-leaks"
    assert trained("t", found, "l2", rtol=1e-5).passed


def test_by_shape_models_of_other_shapes_are_other_trees():
    one = trained_by({}, OTHER_NAMES)
    wide = Observed(before={**one.before, "w": np.zeros((3, 5))}, after={**one.after, "w": np.zeros((3, 5))})
    twice = Observed(before={**one.before, "v": np.zeros(1)}, after={**one.after, "v": np.zeros(1)})
    for got in (wide, twice):
        assert parameters("p", by_shape(got), mistakes={Symptom.OTHER_TREE: "other-model"}).mistake == "other-model"


def test_by_shape_a_reference_whose_shapes_do_not_tell_is_the_authors_fault():
    want = Observed(before={"a": np.zeros(2), "b": np.zeros(2)}, after={})
    with pytest.raises(PackageFault, match="has the shape of another leaf; choose other sizes"):
        by_shape(trained_by({}), want)


def test_by_shape_a_parameter_comes_before_a_variable_of_its_shape():
    one = trained_by({"l2.kernel": 0.1, "l2.bias": 0.2}, OTHER_NAMES)
    seen = np.zeros(2, np.float32)  # as large as l1.bias
    more = replace(
        one, before={"seen": seen, **one.before}, after={"seen": seen + 1, **one.after}, aside=frozenset(["seen"])
    )
    found = by_shape(more)
    assert parameters("p", found).passed
    assert frozen("f", found, "l1").passed
