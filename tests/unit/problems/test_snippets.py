"""Snippets of a statement that can be run are found in order, and faults in them have their line."""

import ast

from judge.problems.catalog import Catalog
from judge.problems.snippets import MOST_SNIPPETS, faults_of_snippets, program_of, runnable_snippets
from tests.conftest import ROOT

STATEMENT = (
    "# A\n\n```python run\nprint(1)\n```\n\n```python\nlater = ...\n```\n\n```python run\nprint(2)\nprint(3)\n```\n"
)


def test_marked_blocks_are_found_in_order_and_others_are_not() -> None:
    assert runnable_snippets(STATEMENT) == ("print(1)\n", "print(2)\nprint(3)\n")
    assert faults_of_snippets(STATEMENT) == []


def test_a_program_of_a_snippet_prints_and_defines_the_entry_point() -> None:
    program = ast.parse(program_of("print(1)\n", "f"))
    assert [type(each).__name__ for each in program.body] == ["Expr", "FunctionDef"]


def test_a_snippet_that_is_not_python_is_a_fault_with_its_line() -> None:
    [fault] = faults_of_snippets("# A\n\n```python run\nx = 1\ny = = 2\n```\n")
    assert fault.startswith("5: the snippet is not Python: ")


def test_a_statement_has_few_snippets() -> None:
    block = "```python run\nprint(1)\n```\n"
    assert faults_of_snippets(block * MOST_SNIPPETS) == []
    assert faults_of_snippets(block * (MOST_SNIPPETS + 1)) == ["25: a statement has at most 8 snippets that can be run"]
    assert len(runnable_snippets(block * (MOST_SNIPPETS + 1))) == MOST_SNIPPETS


def test_statements_of_this_repository_have_some() -> None:
    assert sum(len(runnable_snippets(each.statement)) for each in Catalog([ROOT / "problems"]).problems()) >= 2
