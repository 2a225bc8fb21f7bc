"""A learner's own input: what is like a sample is taken, and no seed draws a hidden case."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from judge.case import SAMPLE
from judge.own_input import MAX_OWN_SEED, OWN_CASES, OwnInput
from judge.problems.cases import PUBLIC
from judge.problems.hidden_seed import HiddenSeed
from judge.problems.load import load_problem
from judge.problems.own_input import (
    MOST_CHARACTERS,
    MOST_ENTRIES,
    MOST_INTEGER,
    MOST_NUMBERS,
    InputRefused,
    editable,
    own_cases,
    read_inputs,
)
from judge.problems.problem import Problem
from tests.conftest import ROOT, SLUG
from tests.helpers.tiny_package import MANIFEST, write_package

PARAMETERS = ["x", "count", "rate", "on", "name", "mask", "parts", "pair", "nothing", "deep"]
CASES = """\
import numpy as np


def cases(rng):
    for rows in (2, 3, 2, 2, 2):
        yield {
            "x": rng.normal(size=(rows, 3)).astype(np.float32), "count": 3, "rate": 0.5, "on": True, "name": "l1",
            "mask": np.array([True, False]), "parts": {"w": np.zeros(2, np.int8), "b": 1.0}, "pair": (1, "a"),
            "nothing": None, "deep": np.zeros((40, 1, 1), np.float32),
        }
"""
GOOD = {
    "x": [[1, 2.5, -3]],
    "count": 4,
    "rate": 1,
    "on": False,
    "name": "head.l1",
    "mask": [False],
    "parts": {"w": [1, -128], "b": 2},
    "pair": [7, "b"],
    "nothing": None,
    "deep": [[[1.0]]],
}


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    entry = f"twice({', '.join(PARAMETERS)})"
    return load_problem(
        write_package(
            tmp_path_factory.mktemp("own"),
            problem_toml=MANIFEST.replace('["x", "scale"]', json.dumps(PARAMETERS)),
            cases_py=CASES,
            statement_md=f"# Twice\n\nWrite `{entry}`.\n",
            starter_py=f"def {entry}:\n    ...\n",
            reference_py=f"def {entry}:\n    return x\n",
            warmup_py=f"def {entry.replace('twice', 'warmup')}:\n    return x\n",
        )
    )


def test_what_is_like_a_sample_is_taken_with_the_sample_s_types(problem: Problem) -> None:
    found = read_inputs(problem, GOOD)
    assert list(found) == PARAMETERS
    assert [(found[name].dtype.name, found[name].shape) for name in ("x", "mask", "deep")] == [
        ("float32", (1, 3)),
        ("bool", (1,)),
        ("float32", (1, 1, 1)),
    ]
    assert [type(found[name]) for name in ("count", "rate", "on", "name", "pair")] == [int, float, bool, str, tuple]
    assert found["parts"]["w"].dtype == np.int8
    assert not found["x"].flags.writeable


def test_a_sample_comes_back_from_its_own_text_to_the_bit(problem: Problem) -> None:
    for each in (problem, load_problem(ROOT / "problems" / SLUG)):
        for case in each.cases()[: each.manifest.cases.samples]:
            again = read_inputs(each, {name: json.loads(editable(value)) for name, value in case.inputs.items()})
            for name, value in case.inputs.items():
                assert type(again[name]) is type(value)
                if isinstance(value, np.ndarray):
                    assert (again[name].dtype, again[name].tobytes()) == (value.dtype, value.tobytes())


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("x", [[1, 2], [3]], "x[1]: should have 2 entries"),
        ("x", [1, 2], "x: should be a list with 2 axes"),
        ("x", [], "x: should be a list with 2 axes"),
        ("x", [[[1]]], "x[0][0]: should be a number"),
        ("x", [["1"]], "x[0][0]: should be a number"),
        ("x", [[True]], "x[0][0]: should be a number"),
        ("x", [[math.nan]], "x[0][0]: should be a finite number"),
        ("x", [[math.inf]], "x[0][0]: should be a finite number"),
        ("x", [[10**400]], "x[0][0]: should be a finite number"),
        ("x", [[1e39]], "x[0][0]: should be within float32"),
        ("x", [[0]] * (MOST_ENTRIES + 1), f"x: has {MOST_ENTRIES + 1} entries along axis 0; at most {MOST_ENTRIES}"),
        ("x", {"0": 1}, "x: should be a list"),
        ("deep", [[[0]]] * 41, "deep: has 41 entries along axis 0; at most 40"),
        ("count", 1.5, "count: should be a whole number"),
        ("count", True, "count: should be a whole number"),
        ("count", MOST_INTEGER + 1, "count: should be between"),
        ("rate", None, "rate: should be a number"),
        ("rate", math.nan, "rate: should be a finite number"),
        ("on", 1, "on: should be true or false"),
        ("name", 1, "name: should be a text"),
        ("name", "x" * (MOST_CHARACTERS + 1), f"name: should be a text of at most {MOST_CHARACTERS}"),
        ("name", "\ud800", "name: should be a text of at most"),
        ("name", "a\0", "name: should be a text of at most"),
        ("mask", [0], "mask[0]: should be true or false"),
        ("parts", {"w": [0, 0]}, "parts: should be an object with the members w, b"),
        ("parts", {"w": [128], "b": 1}, "parts.w[0]: should be within int8"),
        ("parts", [1], "parts: should be an object"),
        ("pair", [1], "pair: should be a list of 2 items"),
        ("pair", [1, 2], "pair[1]: should be a text"),
        ("nothing", 0, "nothing: should be null"),
        ("more", 0, "has no such parameter"),
    ],
)
def test_anything_else_is_refused_with_its_place(problem: Problem, name: str, value: object, sentence: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_inputs(problem, {**GOOD, name: value})
    assert sentence in str(refused.value)


def test_a_missing_value_is_named(problem: Problem) -> None:
    with pytest.raises(InputRefused, match="rate: a value is missing"):
        read_inputs(problem, {name: value for name, value in GOOD.items() if name != "rate"})


def test_all_arguments_together_have_a_bound(problem: Problem) -> None:
    wide = [[0.0] * MOST_ENTRIES] * MOST_ENTRIES  # 1,024 numbers
    read_inputs(problem, {**GOOD, "x": wide})
    too_many = {**GOOD, "x": wide, "deep": [[[0.0] * MOST_ENTRIES] * MOST_ENTRIES]}
    with pytest.raises(InputRefused, match=f"more than {MOST_NUMBERS:,} numbers in all"):
        read_inputs(problem, too_many)


def test_a_float32_is_edited_with_the_digits_that_it_has() -> None:
    assert editable(np.array([[0.1, 2.0], [1e-30, 3.0]], np.float32)) == "[[0.1, 2.0],\n [1e-30, 3.0]]"


def test_a_value_that_json_does_not_hold_can_t_be_edited() -> None:
    assert editable(np.zeros(2, np.complex64)) == ""
    assert editable(np.zeros(MOST_NUMBERS + 1)) == ""
    assert editable(np.zeros(MOST_NUMBERS)) != ""


def drawn(cases) -> set[bytes]:
    return {value.tobytes() for case in cases for value in case.inputs.values() if isinstance(value, np.ndarray)}


@pytest.mark.parametrize("secret", [None, HiddenSeed("a secret")])
def test_no_seed_of_a_learner_draws_a_hidden_case_whatever_draws_those(secret: HiddenSeed | None) -> None:
    problem = replace(load_problem(ROOT / "problems" / SLUG), hidden_seed=secret)
    seeds = [*range(60), problem.manifest.seed, MAX_OWN_SEED]
    hidden = drawn(case for seed in seeds for case in problem.cases(seed) if case.group != SAMPLE)
    others = drawn(problem.cases(PUBLIC)) | drawn(problem.cases())
    own = [own_cases(problem, OwnInput(seed=seed)) for seed in seeds]
    found = [drawn(cases) for cases in own]
    assert all(found)
    assert not set().union(*found) & (hidden | others)
    assert sum(map(len, found)) == len(set().union(*found))  # each seed has cases of its own


def test_the_cases_of_a_seed_are_few_the_same_each_time_and_shown_whole(problem: Problem) -> None:
    one, again = (own_cases(problem, OwnInput(seed=5)) for _ in range(2))
    assert [(case.name, case.group, case.whole) for case in one] == [(f"own-{i}", SAMPLE, True) for i in (1, 2, 3, 4)]
    assert len(one) == OWN_CASES
    assert drawn(one) == drawn(again)
    (case,) = own_cases(problem, OwnInput(inputs=GOOD))
    assert (case.name, case.inputs["count"]) == ("own-1", 4)


def test_it_comes_back_from_its_text() -> None:
    for own in (OwnInput(seed=0), OwnInput(inputs=GOOD)):
        assert OwnInput.from_text(own.to_text()) == own


def test_the_package_of_a_hostile_author_is_still_bounded(tmp_path: Path) -> None:
    problem = load_problem(write_package(tmp_path))
    with pytest.raises(InputRefused):
        read_inputs(problem, {"x": [[0.0] * 3] * 10_000, "scale": 1.0})


def test_samples_of_several_dtypes_count_the_numbers_once(tmp_path: Path) -> None:
    problem = load_problem(write_package(tmp_path, cases_py=CASES_OF_DTYPES))
    found = read_inputs(problem, {"x": [[0.5] * MOST_ENTRIES] * MOST_ENTRIES, "scale": [[0.5] * MOST_ENTRIES] * 31})
    assert {name: (each.dtype.name, each.size) for name, each in found.items()} == {
        "x": ("float32", 1024),
        "scale": ("float32", 992),
    }


CASES_OF_DTYPES = """\
import numpy as np


def cases(rng):
    for dtype in (np.int32, np.float32, np.float32, np.float32, np.float32):
        yield {"x": np.ones((2, 2), dtype), "scale": np.ones((2, 2), dtype)}
"""
