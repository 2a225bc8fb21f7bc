"""Types of arguments from a problem's cases: numbers where a size never varies, letters where it does."""

import pytest

from judge.problems.load import load_problem
from judge.web.pages.signature import MOST_VALUES, signature_of
from tests.conftest import ROOT
from tests.helpers.tiny_package import write_package

CASES = """\
import numpy as np

def cases(rng):
    for number in range({count}):
        yield {{"x": {x}, "scale": {scale}}}
"""
COUNT = 20


def types(tmp_path, x: str, scale: str = "1.0"):
    text = CASES.format(count=COUNT, x=x, scale=scale)
    found = signature_of(load_problem(write_package(tmp_path, cases_py=text)))
    return [each.type for each in found.arguments], [(each.letter, each.sizes) for each in found.dimensions]


@pytest.mark.parametrize(
    ("x", "type_"),
    [
        ("np.zeros((2, 3), np.float32)", "float32[2,3]"),
        ("np.zeros((), np.int32)", "int32[]"),
        ("np.zeros((2 + number, 3), np.float32)", "float32[N,3]"),
        ("np.zeros((2 + number, 2 + number))", "float64[N,N]"),
        ("np.zeros((2 + number, 3 + number))", "float64[N,D]"),
        ("np.zeros((1,) * (number % 3 + 1))", "float64[...]"),
        ("3", "int"),
        ("'text'", "str"),
        ("[1, 2]", "list"),
        ("{'a': 1}", "dict"),
        ("None if number % 2 else 1.0", "float | NoneType"),
    ],
)
def test_the_type_of_an_argument(tmp_path, x: str, type_: str) -> None:
    assert types(tmp_path, x)[0] == [type_, "float"]


def test_sizes_that_vary_together_have_one_letter(tmp_path) -> None:
    found, dimensions = types(tmp_path, "np.zeros((2 + number, 3))", "np.zeros(2 + number)")
    assert found == ["float64[N,3]", "float64[N]"]
    assert [letter for letter, _ in dimensions] == ["N"]


def test_of_the_cases_only_the_samples_sizes_are_listed(tmp_path) -> None:
    _, [(letter, sizes)] = types(tmp_path, "np.zeros(100 + number)")
    samples = load_problem(tmp_path / "twice").manifest.cases.samples
    assert (letter, sizes) == ("N", ", ".join(str(100 + number) for number in range(samples)))


def test_a_size_that_varies_in_hidden_cases_alone_is_a_letter(tmp_path) -> None:
    found, dimensions = types(tmp_path, "np.zeros(2 if number < 2 else 9)")
    assert found[0] == "float64[N]"
    assert dimensions == [("N", "2")]


def test_many_sizes_are_cut(tmp_path) -> None:
    text = CASES.format(count=COUNT, x="np.zeros(1 + number)", scale="1.0")
    folder = write_package(tmp_path, cases_py=text)
    toml = folder / "problem.toml"
    toml.write_text(toml.read_text().replace("samples = 2", f"samples = {MOST_VALUES + 1}"))
    [dimension] = signature_of(load_problem(folder)).dimensions
    assert dimension.sizes == "1, 2, 3, 4, 5, 6, …"


def test_the_first_exercise_has_the_types_that_its_statement_names() -> None:
    found = signature_of(load_problem(ROOT / "problems" / "nnx-surgery-freeze"))
    assert [(each.name, each.type) for each in found.arguments] == [
        ("seed", "float"),
        ("x", "float32[N,D]"),
        ("y", "float32[N,K]"),
        ("lr", "float"),
    ]
