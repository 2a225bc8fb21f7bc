"""The lookalike that names a mistake: the first that the answer matches and the reference does not."""

import numpy as np
import pytest

from judge.checking.lookalikes import named_by_lookalike

RIGHT = {"l1.bias": np.zeros(2), "l1.kernel": np.ones((2, 2))}
HALF = {**RIGHT, "l1.kernel": np.full((2, 2), 0.5)}
TWICE = {**RIGHT, "l1.kernel": np.full((2, 2), 2.0)}


def named(got, candidates):
    return named_by_lookalike(got, RIGHT, candidates, rtol=1e-5, atol=1e-8)


def test_of_several_that_match_the_first_is_named():
    assert named(HALF, {"twice": TWICE, "half": HALF, "halved": HALF}) == "half"


def test_an_answer_like_none_of_them_has_no_name():
    assert named(HALF, {"twice": TWICE}) is None


@pytest.mark.parametrize("candidates", [None, {}])
def test_without_candidates_nothing_has_a_name(candidates):
    assert named(HALF, candidates) is None


def test_a_lookalike_that_the_reference_matches_too_names_nothing():
    assert named(RIGHT, {"right": RIGHT, "twice": TWICE}) is None


@pytest.mark.parametrize(
    "candidate",
    [
        {"l1.kernel": HALF["l1.kernel"]},  # lacks the bias
        {**HALF, "l1.kernel": np.full((2, 1), 0.5)},  # would broadcast
        {**HALF, "l1.kernel": np.full((2, 2), 0.5 + 0j)},
        {**HALF, "l1.kernel": np.full((2, 2), np.nan)},
    ],
    ids=["path-missing", "other-shape", "complex", "nan"],
)
def test_a_lookalike_that_cannot_be_compared_names_nothing(candidate):
    assert named(HALF, {"half": candidate}) is None


def test_further_paths_of_a_lookalike_are_ignored():
    assert named(HALF, {"half": {**HALF, "l2.bias": np.ones(3)}}) == "half"


def test_an_answer_of_another_shape_than_the_reference_is_compared_with_lookalikes_of_its_own_shape():
    got, want = {"": np.array([1.0, 2.0])}, {"": np.array(3.0)}
    assert named_by_lookalike(got, want, {"not-summed": got}, rtol=1e-5, atol=0.0) == "not-summed"
