"""Every block of `judge.checking` on evidence that no program would send: a bounded Check, and no exception."""

import json
import math

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judge.checking import (
    Symptom,
    close,
    dtype,
    frozen,
    gradient,
    identical,
    inputs_unchanged,
    jit_compatible,
    leaf_changes,
    leaf_dtypes,
    moments_close,
    moments_zero,
    moved,
    no_retrace,
    parameters,
    real_array,
    rng_streams,
    seen_models,
    steps_taken,
    structure,
    trained,
    tree_close,
)
from judge.evidence import Evidence, Observed, Unencodable
from judge.inside import wire
from judge.verdict import Check

MOST_BYTES = 200_000  # of one check's JSON; a report of a dozen cases is cut from there
ODD = [math.nan, math.inf, -math.inf, 1e308, -0.0, 5e-324]
DTYPES = sorted(wire.DTYPES)


def odd_array(name: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """An array of any dtype that the wire takes, of random bytes."""
    dtype = np.dtype(getattr(ml_dtypes, name)) if hasattr(ml_dtypes, name) else np.dtype(name)
    size = math.prod(shape) * dtype.itemsize
    data = np.random.default_rng(seed).integers(0, 2 if name == "bool" else 256, size, np.uint8)
    return np.frombuffer(data.tobytes(), dtype).reshape(shape)


SHAPES = st.sampled_from([(), (0,), (1,), (3,), (2, 3), (0, 7), (7, 0), (1, 1, 1), (4, 0, 2), (100_000, 0)])
ARRAYS = st.builds(odd_array, st.sampled_from(DTYPES), SHAPES, st.integers(0, 99)) | hnp.arrays(
    np.float64, SHAPES.filter(lambda shape: math.prod(shape) < 10), elements=st.sampled_from([*ODD, 0.0, 1.0])
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.sampled_from(ODD)
    | st.complex_numbers()
    | st.text(max_size=300)
    | st.builds(Unencodable, type_name=st.text(max_size=3000), reason=st.text(max_size=10))
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(
            st.sampled_from(["", ".", "l1", "l1.kernel", "kernel", "a" * 200, "\ufffd"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)
PATHS = st.sampled_from(["l1.kernel", "l1.bias", "l2.kernel", "step", "0.mu.l1.kernel", "0.mu.l2.kernel", "", "." * 99])
LEAVES = st.dictionaries(PATHS, ARRAYS, max_size=6)
OBSERVED = st.builds(Observed, before=LEAVES, after=LEAVES, state_before=LEAVES, state_after=LEAVES)
FACTS = st.dictionaries(st.sampled_from(["inputs_changed", "rng_streams", "traces", "jit"]), VALUES, max_size=4)
EVIDENCE = st.builds(Evidence, value=VALUES, observed=st.lists(OBSERVED, max_size=3).map(tuple), facts=FACTS)

KERNEL = np.arange(6, dtype=np.float32).reshape(2, 3)
BEFORE = {"l1.kernel": KERNEL, "l1.bias": KERNEL[0], "l2.kernel": KERNEL + 1}
AFTER = {**BEFORE, "l2.kernel": KERNEL + 2}
STATE = {"step": np.uint32(0).reshape(()), "0.mu.l1.kernel": KERNEL * 0, "0.mu.l2.kernel": KERNEL}
WANTED = Evidence(
    value={"a": KERNEL, "b": [1.0, KERNEL]},
    observed=(
        Observed(
            before=BEFORE, after=AFTER, state_before=STATE, state_after={**STATE, "step": np.uint32(1).reshape(())}
        ),
    ),
    facts={"inputs_changed": [], "rng_streams": {"params": 1}, "traces": 0, "jit": True},
)
LIKES = {"like": {"l2.kernel": KERNEL + 3}, "odd": {"l2.kernel": 1.0}}


def all_checks(actual: Evidence):
    """One check of every block."""
    value = actual.value
    yield real_array("shape", value, (3,))[0]
    yield close("close", value, KERNEL, rtol=1e-5, lookalikes={"a": 1.0, "b": KERNEL})
    yield identical("identical", value, KERNEL)
    yield dtype("dtype", value, KERNEL)
    yield gradient("gradient", value, lambda point: float(point.sum()), np.ones(3))
    yield structure("structure", value, WANTED.value)
    yield tree_close("tree", value, WANTED.value, rtol=1e-5, lookalikes={"like": {"a": 1.0}})
    for by_shape in (False, True):
        wanted = WANTED if not by_shape else Evidence(observed=(Observed(before={"k": KERNEL}, after={"k": KERNEL}),))
        seen = seen_models(wanted, actual, by_shape=by_shape)
        under = "k" if by_shape else "l1"
        yield frozen("frozen", seen, under, only={"bias": "leak"})
        yield trained("trained", seen, "k" if by_shape else "l2", rtol=1e-4, lookalikes=LIKES)
        yield moved("moved", seen)
        yield parameters("parameters", seen)
        yield leaf_dtypes("dtypes", seen)
        yield steps_taken("steps", seen, mistakes={Symptom.NO_STEP: "none"})
    seen = seen_models(WANTED, actual)
    yield moments_zero("zero", seen, "mu", "l1")
    yield moments_close("moments", seen, "mu", rtol=1e-4, lookalikes=LIKES)
    yield inputs_unchanged("inputs", WANTED, actual)
    yield rng_streams("streams", WANTED, actual)
    yield no_retrace("traces", WANTED, actual)
    yield jit_compatible("jit", WANTED, actual)


def assert_bounded(check: Check) -> None:
    text = json.dumps([check.message, check.expected, check.actual, check.error], allow_nan=False)
    assert len(text) < MOST_BYTES
    assert len(check.message) < 4_000


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(EVIDENCE)
def test_no_evidence_makes_a_block_raise(actual: Evidence) -> None:
    for check in all_checks(actual):
        assert_bounded(check)
    assert len(json.dumps(list(map(vars, leaf_changes(WANTED, actual))), allow_nan=False)) < MOST_BYTES


def test_the_reference_s_own_evidence_passes_every_block_that_compares() -> None:
    passed = {check.id for check in all_checks(WANTED) if check.passed}
    assert {"structure", "tree", "frozen", "trained", "moved", "parameters", "dtypes", "steps"} <= passed
    assert {"zero", "moments", "inputs", "streams", "traces", "jit"} <= passed


@pytest.mark.parametrize("step", [math.nan, math.inf, 1.5, 1j, "one", None])
def test_a_step_counter_that_is_no_count_is_a_wrong_answer(step: object) -> None:
    state = {**STATE, "step": np.asarray(step)} if not isinstance(step, str) else {**STATE, "step": np.zeros((2, 2))}
    actual = Evidence(observed=(Observed(before=BEFORE, after=BEFORE, state_before=STATE, state_after=state),))
    check = steps_taken("steps", seen_models(WANTED, actual))
    assert not check.passed


@pytest.mark.parametrize("name", [name for name in DTYPES if name != "bool" and "complex" not in name])
def test_every_real_dtype_is_compared_by_its_numbers(name: str) -> None:
    array = np.ones(3).astype(odd_array(name, (1,), 0).dtype)
    assert close("close", array, array.astype(np.float64), rtol=1e-6).passed
    assert identical("identical", array, array.copy()).passed


def test_thousands_of_leaves_cost_no_more_than_their_number() -> None:
    """20,000 leaves with moments: a search of each among all would take minutes."""
    leaves = {f"block.{i}.kernel": KERNEL for i in range(20_000)}
    state = {f"0.mu.{path}": leaf for path, leaf in leaves.items()}
    many = Evidence(observed=(Observed(before=leaves, after=leaves, state_before=state, state_after=state),))
    seen = seen_models(many, many)
    assert moments_close("moments", seen, "mu", rtol=1e-4).passed


@pytest.mark.parametrize("texts", [["a"] * 20_000 + ["b" * 8192], [["a"], "b" * 8192], "b" * 8192])
def test_texts_never_become_an_array(texts: object) -> None:
    check, array = real_array("shape", texts, (3,))
    assert array is None
    assert not check.passed
    assert "expected an array of numbers" in check.message
