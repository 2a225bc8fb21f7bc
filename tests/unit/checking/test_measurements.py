"""Checks of facts that a box measured, and of nested results."""

import numpy as np
import pytest

from judge.checking import (
    Symptom,
    flat_leaves,
    inputs_unchanged,
    jit_compatible,
    no_retrace,
    rng_streams,
    structure,
    tree_close,
)
from judge.errors import PackageFault
from judge.evidence import Evidence, Unencodable

SYMPTOMS = {symptom: symptom.value for symptom in Symptom}


def facts(**named):
    return Evidence(facts=named)


@pytest.mark.parametrize(
    ("block", "name", "good", "bad", "says"),
    [
        (inputs_unchanged, "inputs_changed", [], ["x"], "changed its input x"),
        (
            rng_streams,
            "rng_streams",
            {"params": 2},
            {"params": 1, "dropout": 1},
            "stream params: 1 keys drawn, expected 2",
        ),
        (no_retrace, "traces", 0, 3, "traced 3 times"),
        (jit_compatible, "jit", True, "ConcretizationTypeError", "ConcretizationTypeError"),
    ],
)
def test_a_fact_passes_or_says_what_is_wrong(block, name, good, bad, says):
    expected = facts(**{name: good})
    assert block("fact", expected, facts(**{name: good}), mistake="known").passed
    assert block("fact", expected, facts(**{name: good}), mistake="known").mistake is None
    check = block("fact", expected, facts(**{name: bad}), mistake="known")
    assert not check.passed
    assert says in check.message
    assert check.mistake == "known"


@pytest.mark.parametrize("block", [inputs_unchanged, rng_streams, no_retrace, jit_compatible])
def test_a_fact_that_the_problem_did_not_ask_for_is_the_packages_fault(block):
    with pytest.raises(PackageFault, match=r"\[runtime\] facts"):
        block("fact", Evidence(), Evidence())


@pytest.mark.parametrize(
    ("block", "name", "good"),
    [
        (inputs_unchanged, "inputs_changed", []),
        (rng_streams, "rng_streams", {}),
        (no_retrace, "traces", 0),
        (jit_compatible, "jit", True),
    ],
)
@pytest.mark.parametrize("claim", [None, "yes", 1.5])
def test_a_submission_that_hides_or_garbles_a_fact_fails(block, name, good, claim):
    assert not block("fact", facts(**{name: good}), Evidence()).passed
    assert not block("fact", facts(**{name: good}), facts(**{name: claim})).passed


def test_at_most_as_many_traces_as_the_problem_allows():
    assert no_retrace("r", facts(traces=0), facts(traces=1), at_most=1).passed
    assert no_retrace("r", facts(traces=0), facts(traces=3), at_most=1).error == 2.0


TREE = {"l1": {"kernel": np.ones((2, 3)), "bias": np.zeros(3)}, "scales": [1.0, 2.0]}


def test_nested_leaves_have_dotted_paths():
    assert {path: leaf.shape for path, leaf in flat_leaves(TREE).items()} == {
        "l1.kernel": (2, 3),
        "l1.bias": (3,),
        "scales.0": (),
        "scales.1": (),
    }
    assert flat_leaves("text") == {}
    assert list(flat_leaves(np.ones(2))) == [""]


def test_the_same_structure_passes_whatever_its_containers_and_values():
    assert structure("s", {**TREE, "scales": (5, 6)}, TREE).passed


@pytest.mark.parametrize(
    ("actual", "symptom", "says"),
    [
        (None, Symptom.NOTHING_RETURNED, "return"),
        ({"l1": TREE["l1"]}, Symptom.OTHER_TREE, "lacks scales.0 and scales.1"),
        ({**TREE, "l2": 1.0}, Symptom.OTHER_TREE, "has l2"),
        (np.ones(3), Symptom.OTHER_TREE, "a single array"),
        ({**TREE, "scales": [1.0, [2.0]]}, Symptom.OTHER_TREE, "scales.1.0"),
        (flat_leaves(TREE), Symptom.OTHER_TREE, r"l1\.kernel"),  # a dot in a name does not nest
        ({"l1.kernel": 1.0, "l1": {"kernel": 1.0}}, Symptom.OTHER_TREE, r"l1\.kernel"),
        ({**TREE, "scales": [1.0, "two"]}, Symptom.NOT_NUMBERS, "scales.1 is str"),
        ({**TREE, "scales": [1.0, Unencodable(type_name="State")]}, Symptom.NOT_NUMBERS, "State"),
        (
            {**TREE, "l1": {"kernel": np.ones((3, 2)), "bias": np.zeros(3)}},
            Symptom.WRONG_SHAPE,
            "(3, 2), expected (2, 3)",
        ),
    ],
)
def test_another_structure_is_distinguished(actual, symptom, says):
    check = structure("s", actual, TREE, mistakes=SYMPTOMS)
    assert not check.passed
    assert says in check.message
    assert check.mistake == symptom.value


def kernels(path):
    return path.endswith("kernel")


def test_a_tree_is_close_leaf_by_leaf_and_only_where_it_is_selected():
    other = {"l1": {"kernel": np.ones((2, 3)), "bias": np.ones(3)}, "scales": (1.0, 2.0)}
    assert tree_close("t", TREE, TREE, rtol=0.0).passed
    assert tree_close("t", other, TREE, rtol=1e-5, select=kernels).passed
    check = tree_close("t", other, TREE, rtol=1e-5, mistakes=SYMPTOMS)
    assert check.message == "l1.bias is off by up to 1"
    assert (check.error, check.mistake) == (1.0, "different")


def test_a_tree_that_is_a_lookalikes_is_named():
    double = {"l1": {"kernel": 2 * np.ones((2, 3)), "bias": np.zeros(3)}, "scales": [1.0, 2.0]}
    known = {"same": TREE, "other": {"l1": 3.0}, "double": double}
    assert tree_close("t", double, TREE, rtol=1e-5, select=kernels, lookalikes=known).mistake == "double"
    assert tree_close("t", {**double, "l1": 5.0}, TREE, rtol=1e-5, mistakes=SYMPTOMS).mistake == "other_tree"


def test_a_tree_with_nan_is_close_to_nothing():
    broken = {**TREE, "scales": [1.0, float("nan")]}
    check = tree_close("t", broken, TREE, rtol=1.0)
    assert not check.passed
    assert check.error is None
    assert not tree_close("t", TREE, broken, rtol=1.0).passed


def test_a_selection_of_nothing_is_the_packages_fault():
    with pytest.raises(PackageFault):
        tree_close("t", TREE, TREE, rtol=1.0, select=lambda path: path == "l3.kernel")
