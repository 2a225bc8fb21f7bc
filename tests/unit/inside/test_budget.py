"""A box's claims: each kind at the edge of its budget, in the box and in what arrives."""

import json

import numpy as np
import pytest

from judge.evidence import Evidence, Observed
from judge.grading.checker.allowance import allowance
from judge.inside import budget, serialize, wire

MIB = 1 << 20


def decode(tree, arrays=(), body: bytes = b"", left: budget.Budget | None = None):
    header = json.dumps({"kind": "reply", "arrays": list(arrays), "tree": tree}).encode()
    return wire.decode(header, body, left or budget.Budget())[1]


def test_an_array_without_bytes_costs_its_rows() -> None:
    assert decode({"#": 0}, [["float32", [budget.ELEMENTS // 2, 0]]]).shape == (budget.ELEMENTS // 2, 0)
    with pytest.raises(budget.OverBudget, match="array entries"):
        decode({"#": 0}, [["float32", [budget.ELEMENTS + 1, 0]]])


def test_an_array_is_counted_each_time_it_is_named() -> None:
    size = budget.ELEMENTS // 4
    named = {"{": [[f"p{i}", {"#": 0}] for i in range(3)]}
    assert len(decode(named, [["int8", [size]]], bytes(size))) == 3
    with pytest.raises(budget.OverBudget, match="array entries"):
        decode({"{": [*named["{"], ["p3", {"#": 0}]]}, [["int8", [size]]], bytes(size))


def test_one_budget_holds_for_all_replies_of_a_job() -> None:
    left = budget.Budget(elements=10)
    decode({"#": 0}, [["int8", [4]]], bytes(4), left)  # its table and its one name
    with pytest.raises(budget.OverBudget):
        decode({"#": 0}, [["int8", [4]]], bytes(4), left)


@pytest.mark.parametrize(
    ("tree", "what"),
    [
        ([0] * budget.ENTRIES, "values"),
        ({"{": [[f"{i}", 0] for i in range(budget.NAMES + 1)]}, "names"),
        (["x" * wire.MAX_TEXT] * (budget.CHARACTERS // wire.MAX_TEXT + 1), "characters"),
        ({"{": [[f"{i}" + "x" * 200, 0] for i in range(budget.CHARACTERS // 200 + 1)]}, "characters"),
    ],
)
def test_more_than_a_budget_is_refused_with_what_it_was(tree, what: str) -> None:
    with pytest.raises(budget.OverBudget, match=what):
        decode(tree)


def test_depth_is_bounded_in_both_directions() -> None:
    deep = 0
    for _ in range(budget.DEPTH):
        deep = [deep]
    assert decode(deep) == deep
    with pytest.raises(budget.OverBudget, match="deep"):
        decode([deep])


def test_a_long_name_is_cut_and_not_refused() -> None:
    assert list(decode({"{": [["n" * 1000, 1]]})) == ["n" * budget.NAME_CHARACTERS]


@pytest.mark.parametrize("shape", [(1_000_000_000, 0), (0, 1 << 40), (3_000, 3_000)])
def test_a_result_with_too_many_rows_is_refused_in_the_box_with_a_sentence(shape: tuple[int, ...]) -> None:
    with pytest.raises(serialize.TooLarge, match="array entries"):
        serialize.to_tree(np.broadcast_to(np.int8(0), shape) if 0 not in shape else np.empty(shape, np.int8), 64 * MIB)


def test_a_problem_with_a_large_model_has_a_larger_allowance() -> None:
    leaves = {f"layer{i}.kernel": np.zeros((1000, 1000), np.float32) for i in range(4)}
    large = Evidence(value=1.0, observed=(Observed(before=leaves, after=leaves),))
    assert allowance([Evidence(value=1.0)]).elements == budget.ELEMENTS
    assert allowance([large]).elements == 4 * 8_000_000
