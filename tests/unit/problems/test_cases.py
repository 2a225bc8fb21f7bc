"""The public cases, from which counterexamples are chosen: they depend on the package alone, the small ones first."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from judge.problems.cases import PUBLIC, PUBLIC_DRAWS, digest_of
from judge.problems.catalog import Catalog
from judge.problems.hidden_seed import HiddenSeed

PROBLEMS = Path(__file__).parents[3] / "problems"
SURGERY = Catalog([PROBLEMS]).get("nnx-surgery-freeze")


def shapes(cases) -> list[tuple[int, ...]]:
    return [case.inputs["x"].shape + case.inputs["y"].shape[1:] for case in cases]


def test_what_no_sample_has_comes_first_in_as_few_cases_as_have_it_all() -> None:
    adam = Catalog([PROBLEMS]).get("nnx-freeze-with-adam")
    samples, public = adam.cases()[:3], adam.cases(PUBLIC)
    assert {(case.inputs["x"].shape, case.inputs["steps"]) for case in samples} == {
        ((8, 3), 3),
        ((6, 5), 2),
        ((16, 1), 5),
    }
    assert [case.inputs["x"].shape for case in public[:4]] == [(6, 5), (8, 3), (32, 6), (16, 1)]
    assert [case.inputs["steps"] for case in public[:2]] == [6, 4]
    assert public[3].inputs["steps"] == 2  # each of the two is known by now, but not together


def test_small_ones_come_before_large_ones_where_a_sample_has_their_like() -> None:
    public = SURGERY.cases(PUBLIC)
    assert shapes(public)[:3] == [(1, 4, 2), (6, 1, 2), (64, 6, 5)]
    assert not set(shapes(public)[:3]) & set(shapes(SURGERY.cases()[:3]))
    sizes = [case.inputs["x"].size + case.inputs["y"].size for case in public]
    assert sizes[3:9] == sorted(sizes[3:9])
    assert [case.name for case in public[:2]] == ["public-1", "public-2"]
    assert {case.group for case in public} == {"sample"}


def test_their_digest_changes_with_their_order_and_with_any_number() -> None:
    public = SURGERY.cases(PUBLIC)
    assert digest_of(public) == digest_of(list(public))
    other = replace(public[0], inputs={**public[0].inputs, "lr": 0.25})
    assert len({digest_of(each) for each in (public, public[::-1], public[1:], (other, *public[1:]))}) == 4


def test_there_are_as_many_as_are_said() -> None:
    for problem in Catalog([PROBLEMS]).problems():
        assert len(problem.cases(PUBLIC)) == problem.case_count(PUBLIC) == PUBLIC_DRAWS * len(problem.cases())


def test_they_depend_neither_on_a_seed_nor_on_a_secret_and_are_no_hidden_case() -> None:
    public = SURGERY.cases(PUBLIC)
    for text in ("one", "another"):
        keyed = replace(SURGERY, hidden_seed=HiddenSeed(text))
        for mine, its in zip(public, keyed.cases(PUBLIC), strict=True):
            assert all(np.array_equal(mine.inputs[name], its.inputs[name]) for name in mine.inputs)
    drawn = [case.inputs["x"] for seed in range(20) for case in SURGERY.cases(seed)]
    assert not any(np.array_equal(case.inputs["x"], x) for case in public for x in drawn)
