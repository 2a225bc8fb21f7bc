"""Checks of a model before and after: frozen, trained, moved, moments, and the mistakes that they recognise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.checking import (
    Seen,
    Symptom,
    frozen,
    is_under,
    leaf_changes,
    leaf_dtypes,
    leaves_under,
    lookalikes,
    moments,
    moments_close,
    moments_zero,
    moved,
    parameters,
    seen_models,
    steps_taken,
    trained,
)
from judge.errors import PackageFault
from judge.evidence import Evidence, Observed

ALL_SYMPTOMS = {symptom: f"mistake-{symptom.value}" for symptom in Symptom}
GRADIENT = {
    "l1.kernel": np.array([[0.3, -0.2]], np.float32),
    "l1.bias": np.array([0.5, -0.1], np.float32),
    "l2.kernel": np.array([[1.0], [-3.0]], np.float32),
    "l2.bias": np.array([2.0], np.float32),
}
START = {
    "l1.kernel": np.array([[1.0, 2.0]], np.float32),
    "l1.bias": np.array([0.0, 0.0], np.float32),
    "l2.kernel": np.array([[0.5], [-0.5]], np.float32),
    "l2.bias": np.array([0.0], np.float32),
}


def after(l1=0.0, l2=0.1, start=None):
    """START moved by -l1 * gradient in l1 and -l2 * gradient in l2."""
    start = start or START
    return {
        path: (leaf - (l1 if path < "l2" else l2) * GRADIENT[path]).astype(np.float32) for path, leaf in start.items()
    }


def observed(end, start=None, steps=1, moments_after=None):
    state = {} if steps is None else {"step": np.uint32(0)}
    done = {} if steps is None else {"step": np.uint32(steps)}
    return Observed(before=start or START, after=end, state_before=state, state_after={**done, **(moments_after or {})})


def seen(end, start=None, steps=1):
    return Seen(want=observed(after()), got=observed(end, start, steps))


def l2_trained(end, start=None, steps=1, **keywords):
    return trained("trained", seen(end, start, steps), "l2", rtol=1e-4, atol=1e-6, mistakes=ALL_SYMPTOMS, **keywords)


def test_a_prefix_holds_itself_and_what_lies_below_it_only():
    assert is_under("l1", "l1")
    assert is_under("l1.kernel", "l1")
    assert not is_under("l11.kernel", "l1")
    assert not is_under("l", "l1")
    assert not is_under("head.l1.kernel", "l1")
    assert is_under("anything.at.all", "")


@given(st.lists(st.sampled_from(["l1", "l11", "l", "kernel"]), min_size=1, max_size=4), st.data())
def test_a_path_lies_under_each_of_its_own_beginnings_and_under_no_other_name(parts, data):
    path = ".".join(parts)
    end = data.draw(st.integers(1, len(parts)))
    prefix = ".".join(parts[:end])
    assert is_under(path, prefix)
    assert not is_under(path, prefix + "1")
    assert not is_under(path, "x" + prefix)


def test_leaves_under_several_prefixes_come_in_order():
    assert list(leaves_under(START, "l2", "l1.bias")) == ["l1.bias", "l2.bias", "l2.kernel"]


def test_the_right_step_passes_everything():
    right = seen(after())
    assert frozen("frozen", right, "l1").passed
    assert trained("trained", right, "l2", rtol=1e-4).passed
    assert moved("moved", right, "l2").passed
    assert parameters("parameters", right).passed
    assert leaf_dtypes("dtypes", right).passed
    assert steps_taken("steps", right).passed


def test_the_least_bit_of_a_frozen_leaf_counts():
    end = after()
    end["l1.kernel"] = np.nextafter(end["l1.kernel"], np.float32(9))
    check = frozen("frozen", seen(end), "l1")
    assert not check.passed
    assert check.error is not None
    assert 0 < check.error < 1e-6


@pytest.mark.parametrize(
    ("end", "mistake"),
    [
        (after(l1=0.1), "mistake-everything_moved"),
        (after(l1=0.1, l2=0.0), "mistake-only_frozen_moved"),
        ({**after(), "l1.bias": after(l1=0.1)["l1.bias"]}, "bias-leaks"),
        ({**after(), "l1.kernel": after(l1=0.1)["l1.kernel"]}, "mistake-some_frozen_moved"),
    ],
)
def test_a_leak_is_named_by_what_moved(end, mistake):
    check = frozen("frozen", seen(end), "l1", mistakes=ALL_SYMPTOMS, only={"bias": "bias-leaks"})
    assert not check.passed
    assert check.mistake == mistake


def test_a_leak_lists_exactly_the_leaves_that_moved():
    check = frozen("frozen", seen({**after(), "l1.bias": after(l1=0.1)["l1.bias"]}), "l1")
    assert check.actual == {"moved": {"l1.bias": pytest.approx(0.05)}}
    assert "l1.bias" in check.message
    assert "l1.kernel" not in check.message


def test_a_leaf_that_became_nan_is_not_frozen_and_not_trained():
    end = {path: np.full_like(leaf, np.nan) for path, leaf in START.items()}
    assert not frozen("frozen", seen(end), "l1").passed
    check = l2_trained(end)
    assert check.mistake == "mistake-not_finite"
    assert check.error is None


@pytest.mark.parametrize(
    ("end", "steps", "symptom"),
    [
        (START, 0, Symptom.NO_STEP),
        (START, 1, Symptom.NOTHING_MOVED),
        (START, None, Symptom.NOTHING_MOVED),
        (after(l1=0.1, l2=0.0), 1, Symptom.PARTLY_MOVED),
        ({**after(), "l2.bias": START["l2.bias"]}, 1, Symptom.PARTLY_MOVED),
        (after(l2=0.3), 2, Symptom.MORE_STEPS),
        (after(l2=0.03), 1, Symptom.SCALED),
        (after(l2=-0.1), 1, Symptom.REVERSED),
        ({p: START[p] - np.float32(0.1) * np.sign(GRADIENT[p]) for p in START}, 1, Symptom.SIGN_LIKE),
        ({p: START[p] + np.float32(0.1) * GRADIENT[p] ** 2 for p in START}, 1, Symptom.OTHER_CHANGE),
    ],
)
def test_a_wrong_step_is_recognised(end, steps, symptom):
    check = l2_trained(end, steps=steps)
    assert not check.passed
    assert check.mistake == f"mistake-{symptom.value}"


def test_another_learning_rate_is_told_with_its_ratio():
    assert "0.5 times as far" in l2_trained(after(l2=0.05)).message


def test_another_start_is_told_apart_from_another_step():
    start = {path: leaf + np.float32(0.25) for path, leaf in START.items()}
    assert l2_trained(after(start=start), start=start).mistake == "mistake-other_start"


def test_leaves_of_a_lookalike_are_named():
    known = {"other": after(l2=0.7), "two-steps": after(l2=0.19)}
    assert l2_trained(after(l2=0.19), lookalikes=known).mistake == "two-steps"
    assert l2_trained(after(l2=0.19), lookalikes={"part": {"l2.bias": START["l2.bias"]}}).mistake == "mistake-scaled"


def test_a_model_that_never_moved_is_told_before_any_likeness():
    assert l2_trained(START, steps=0, lookalikes={"wrong-layer": START}).mistake == "mistake-no_step"


def test_a_lookalike_of_the_reference_names_nothing():
    assert l2_trained(after(l2=0.19), lookalikes={"same": after()}).mistake == "mistake-scaled"


def test_a_count_of_steps_is_surer_than_a_likeness():
    assert l2_trained(after(l2=0.19), steps=2, lookalikes={"sum": after(l2=0.19)}).mistake == "mistake-more_steps"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({path: leaf for path, leaf in START.items() if path != "l2.bias"}, "no parameter l2.bias"),
        ({**START, "l2.bias": np.zeros((1, 1), np.float32)}, "shape (1, 1)"),
        ({**START, "l2.bias": np.array([1j])}, "complex128"),
    ],
)
def test_another_tree_is_told_by_every_check(broken, says):
    other = seen(broken, start=broken)
    for check in (
        trained("t", other, "l2", rtol=1e-4, mistakes=ALL_SYMPTOMS),
        frozen("f", other, "l2", mistakes=ALL_SYMPTOMS),
        moved("m", other, "l2", mistakes=ALL_SYMPTOMS),
        parameters("p", other, mistakes=ALL_SYMPTOMS),
        leaf_dtypes("d", other, mistakes=ALL_SYMPTOMS),
    ):
        assert not check.passed
        assert says in check.message
        assert check.mistake == "mistake-other_tree"


def test_a_leaf_that_vanished_during_the_call_is_told():
    end = {path: leaf for path, leaf in after().items() if path != "l1.bias"}
    assert "no parameter l1.bias afterwards" in frozen("f", seen(end), "l1").message


def test_a_parameter_too_many_is_counted():
    more = {**START, "l3.kernel": np.ones((2, 2), np.float32)}
    check = parameters("p", seen(more, start=more), mistakes=ALL_SYMPTOMS)
    assert (check.expected, check.actual, check.error) == (7, 11, 4.0)
    assert "l3.kernel" in check.message


def test_a_leaf_that_did_not_move_is_named():
    end = {**after(l2=0.7), "l2.bias": START["l2.bias"]}
    check = moved("moved", seen(end), "l2", mistakes=ALL_SYMPTOMS)
    assert "l2.bias did not move" in check.message
    assert check.mistake == "mistake-partly_moved"
    assert moved("moved", seen(START, steps=0), "l2", mistakes=ALL_SYMPTOMS).mistake == "mistake-no_step"


def test_a_change_of_dtype_is_told():
    end = {path: leaf.astype(np.float16) for path, leaf in after().items()}
    check = leaf_dtypes("dtypes", seen(end), "l2", mistakes=ALL_SYMPTOMS)
    assert "float16, expected float32" in check.message
    assert check.mistake == "mistake-wrong_dtype"


def test_without_an_optimizer_every_check_says_so():
    unseen = Seen(want=observed(after()), got=None)
    for check in (
        frozen("f", unseen, "l1", mistakes=ALL_SYMPTOMS),
        trained("t", unseen, "l2", rtol=1e-4, mistakes=ALL_SYMPTOMS),
        moved("m", unseen, "l2", mistakes=ALL_SYMPTOMS),
        moments_zero("z", unseen, "mu", "l1", mistakes=ALL_SYMPTOMS),
        moments_close("c", unseen, "mu", "l2", rtol=1e-4, mistakes=ALL_SYMPTOMS),
        steps_taken("s", unseen, mistakes=ALL_SYMPTOMS),
    ):
        assert "no nnx.Optimizer was seen" in check.message
        assert check.mistake == "mistake-not_seen"


def test_of_several_models_the_last_that_starts_like_the_references_is_taken():
    other = {path: leaf + 1 for path, leaf in START.items()}
    alien = {"w": np.ones(3, np.float32)}
    first, second = observed(after(l2=0.3)), observed(after())
    expected = Evidence(observed=(observed(after()),))
    actual = Evidence(observed=(first, second, observed(other, other), observed(alien, alien)))
    assert seen_models(expected, actual).got is second
    assert (
        seen_models(expected, Evidence(observed=(observed(other, other), observed(alien, alien)))).got.before is other
    )
    assert seen_models(expected, Evidence(observed=(observed(alien, alien),))).got.before is alien
    assert seen_models(expected, Evidence()).got is None


def test_a_reference_without_an_optimizer_is_the_packages_fault():
    with pytest.raises(PackageFault, match=r"reference\.py"):
        seen_models(Evidence(), Evidence())


def test_lookalikes_are_sorted_by_aspect():
    given = {"two-steps": {"leaves": {}}, "half": {"loss": 0.5, "norm": 1.0}, "not a mapping": 3.0}
    expected = Evidence(also={"lookalikes": given})
    assert lookalikes(expected, "loss") == {"half": 0.5}
    assert lookalikes(expected, "leaves") == {"two-steps": {}}
    assert lookalikes(Evidence(), "loss") == {}


def with_moments(kept, steps=3):
    state = {f"inner.0.mu.{path}": leaf for path, leaf in kept.items()}
    return observed(after(), steps=steps, moments_after=state)


def test_moments_are_found_by_how_their_path_ends():
    state = {"0.mu.l1.kernel": np.ones(1), "0.nu.l1.kernel": np.zeros(1), "0.mu.l11.kernel": np.zeros(1), "step": 1}
    assert list(moments(state, "mu", {"l1.kernel": 0})) == ["l1.kernel"]
    assert list(moments({"mu.l1.bias": np.ones(1)}, "mu", {"l1.bias": 0, "bias": 0})) == ["l1.bias"]


def test_moments_of_a_frozen_layer_are_zero_or_not_kept():
    zero = {path: np.zeros_like(leaf) for path, leaf in GRADIENT.items()}
    want = with_moments(GRADIENT)
    assert moments_zero("m", Seen(want=want, got=with_moments(zero)), "mu", "l1").passed
    assert moments_zero("m", Seen(want=want, got=with_moments({})), "mu", "l1").passed
    check = moments_zero("m", Seen(want=want, got=want), "mu", "l1", mistakes=ALL_SYMPTOMS)
    assert check.mistake == "mistake-different"
    assert check.error == 0.5
    assert "mu of l1.bias and l1.kernel is not zero" in check.message


def test_moments_are_compared_with_the_references():
    want = with_moments(GRADIENT)
    double = {path: 2 * leaf for path, leaf in GRADIENT.items()}
    assert moments_close("m", Seen(want=want, got=want), "mu", "l2", rtol=1e-5).passed
    off = Seen(want=want, got=with_moments(double))
    check = moments_close("m", off, "mu", "l2", rtol=1e-5, lookalikes={"double": double}, mistakes=ALL_SYMPTOMS)
    assert (check.mistake, check.error) == ("double", 3.0)
    assert moments_close("m", off, "mu", "l2", rtol=1e-5, mistakes=ALL_SYMPTOMS).mistake == "mistake-different"
    lacking = moments_close("m", Seen(want=want, got=with_moments({})), "mu", "l2", rtol=1e-5, mistakes=ALL_SYMPTOMS)
    assert lacking.mistake == "mistake-other_tree"


@pytest.mark.parametrize(
    ("steps", "symptom"), [(0, Symptom.NO_STEP), (2, Symptom.FEWER_STEPS), (4, Symptom.MORE_STEPS)]
)
def test_steps_are_counted(steps, symptom):
    check = steps_taken("s", Seen(want=with_moments({}, 3), got=with_moments({}, steps)), mistakes=ALL_SYMPTOMS)
    assert check.mistake == f"mistake-{symptom.value}"
    assert check.error == abs(steps - 3)


def test_an_optimizer_without_a_count_is_told():
    assert not steps_taken("s", Seen(want=observed(after()), got=observed(after(), steps=None))).passed


def test_the_rows_of_the_picture_hold_norms_and_both_changes():
    expected = Evidence(observed=(observed(after()),))
    rows = leaf_changes(expected, Evidence(observed=(observed(after(l2=0.2)),)))
    row = {each.path: each for each in rows}["l2.kernel"]
    assert row.shape == (2, 1)
    assert row.norm_before == pytest.approx(np.sqrt(0.5))
    assert row.change == pytest.approx(0.2 * np.sqrt(10), rel=1e-5)
    assert row.expected_change == pytest.approx(0.1 * np.sqrt(10), rel=1e-5)
    assert [each.path for each in rows] == sorted(START)


def test_rows_are_empty_where_nothing_was_seen_and_none_where_nothing_is_finite():
    expected = Evidence(observed=(observed(after()),))
    assert leaf_changes(expected, Evidence()) == ()
    assert leaf_changes(Evidence(), Evidence()) == ()
    nan = {path: np.full_like(leaf, np.nan) for path, leaf in START.items()}
    rows = leaf_changes(expected, Evidence(observed=(observed(nan),)))
    assert all(row.norm_after is None and row.change is None for row in rows)


def test_a_check_that_could_only_pass_is_the_packages_fault():
    right = seen(after())
    for block in (
        lambda: frozen("f", right, "l3"),
        lambda: trained("t", right, "l", rtol=1e-4),
        lambda: moved("m", right, "l2.weight"),
        lambda: moments_zero("z", right, "mu", "l1"),
        lambda: moments_close("c", right, "mu", "l2", rtol=1e-4),
    ):
        with pytest.raises(PackageFault):
            block()


def test_without_a_prefix_all_leaves_are_meant():
    assert not frozen("f", seen(after())).passed
    assert trained("t", seen(after()), rtol=1e-4).passed
    assert not trained("t", seen(after(l1=0.1)), rtol=1e-4).passed


def with_variable(path, value, moved=0.0):
    """START and its end, with one more leaf, of a variable that is not a parameter."""
    more = {path: np.array(value, np.float32)}
    return Observed(
        before={**START, **more},
        after={**after(), path: more[path] + np.float32(moved)},
        state_before={"step": np.uint32(0)},
        state_after={"step": np.uint32(1)},
        aside=frozenset([path]),
    )


def test_a_variable_that_is_no_parameter_counts_where_the_reference_has_a_leaf_and_nowhere_else():
    def found(got):
        return seen_models(Evidence(observed=(observed(after()),)), Evidence(observed=(got,)))

    counter = found(with_variable("calls", 0.0, moved=1.0))
    assert parameters("p", counter).passed
    assert frozen("f", counter, "l1").passed
    assert "calls" not in counter.got.after
    still, moving = (found(with_variable("l1.bias", [0.0, 0.0], moved=by)) for by in (0.0, 1.0))
    assert parameters("p", still).passed
    assert frozen("f", still, "l1").passed
    assert not frozen("f", moving, "l1").passed
