"""What an exam sees without running anything: the statement's words, repeated cases, trivial programs."""

import ast
from pathlib import Path

import numpy as np
import pytest

from judge.exam.statement import examine_cases, examine_texts
from judge.exam.trivial import trivial_programs
from judge.problems.load import load_problem
from tests.helpers.tiny_package import write_package

REPEATED = """\
def cases(rng):
    values = [rng.normal() for _ in range(4)]
    for value in (*values, {last}):
        yield {{"x": value, "scale": 1.0}}
"""


def test_a_statement_with_the_signature_passes(tmp_path: Path):
    (finding,) = examine_texts(load_problem(write_package(tmp_path, statement_md="Write `twice( x,\nscale )`.")))
    assert finding.passed


def test_a_statement_without_the_signature_is_reported(tmp_path: Path):
    (finding,) = examine_texts(load_problem(write_package(tmp_path, statement_md="Write `twice(x)`.")))
    assert finding.message == "statement.md does not contain `twice(x, scale)`, the signature that problem.toml gives"


def test_a_hidden_case_equal_to_a_sample_fails(tmp_path: Path):
    problem = load_problem(write_package(tmp_path, cases_py=REPEATED.format(last="values[0]")))
    first = next(examine_cases(problem))
    assert not first.passed
    assert first.message == "hidden-3 equals sample-1: a program that only knows the samples passes it"


def test_a_hidden_case_equal_to_another_hidden_one_fails(tmp_path: Path):
    problem = load_problem(write_package(tmp_path, cases_py=REPEATED.format(last="values[3]")))
    assert "hidden-3 equals hidden-2" in next(examine_cases(problem)).message


def test_different_cases_pass_for_every_seed(tmp_path: Path):
    findings = list(examine_cases(load_problem(write_package(tmp_path))))
    assert [finding.subject for finding in findings] == ["seed 7", "seed 1", "seed 2", "seed 3"]
    assert all(finding.passed for finding in findings)


def test_an_array_and_a_list_of_the_same_numbers_are_different_cases(tmp_path: Path):
    cases = """\
import numpy as np


def cases(rng):
    for x in (np.ones(2), np.ones(2, np.float32), [1.0, 1.0], 1.0, 1):
        yield {"x": x, "scale": 1.0}
"""
    assert next(examine_cases(load_problem(write_package(tmp_path, cases_py=cases)))).passed


def test_cases_that_fail_for_another_seed_are_reported(tmp_path: Path):
    cases = "def cases(rng):\n    for i in range(5):\n        yield {'x': rng.normal(), 'scale': 1 / (i < 4 or NICE)}\n"
    picky = "NICE = True\n" + cases.replace("NICE", "(rng.bit_generator.seed_seq.entropy == 7)").replace("i < 4", "0")
    findings = list(examine_cases(load_problem(write_package(tmp_path, cases_py=picky))))
    assert [finding.passed for finding in findings] == [True, False, False, False]
    assert "ZeroDivisionError" in findings[1].message


@pytest.mark.parametrize(
    "answer", [np.array([[1.5, np.nan]], np.float32), 2.5, 3, True, np.arange(4), None, "text", [1]]
)
def test_trivial_programs_are_programs_that_define_the_entry_point(tmp_path: Path, answer: object):
    programs = list(trivial_programs(load_problem(write_package(tmp_path)), answer))
    for program in programs:
        tree = ast.parse(program.source)
        assert any(isinstance(node, ast.FunctionDef) and node.name == "twice" for node in tree.body)
    names = {program.name for program in programs}
    assert {
        "returns None",
        "returns its input x",
        "starter.py",
        "warmup of warmup.py under the entry point's name",
    } <= names


def test_the_first_answer_is_written_out_exactly(tmp_path: Path):
    answer = np.array([[0.1, -np.inf], [np.nan, 3]], np.float32)
    programs = {each.name: each for each in trivial_programs(load_problem(write_package(tmp_path)), answer)}
    space: dict[str, object] = {}
    exec(programs["returns the first sample's answer"].source, space)
    given = space["twice"](None, None)
    assert given.dtype == np.float32
    assert np.array_equal(given, answer, equal_nan=True)
    exec(programs["returns zeros of the right shape"].source, space)
    assert np.array_equal(space["twice"](None, None), np.zeros((2, 2)))


def test_an_answer_that_is_no_array_is_not_written_out(tmp_path: Path):
    names = {each.name for each in trivial_programs(load_problem(write_package(tmp_path)), {"a": 1.0})}
    assert "returns the first sample's answer" not in names
