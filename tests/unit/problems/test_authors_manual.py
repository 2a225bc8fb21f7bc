"""The page for authors is complete: every key, every block and symptom, every part and rule of the exam."""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from pydantic import BaseModel

import judge.checking
from judge.checking import Symptom
from judge.evidence import Evidence, Observed
from judge.exam.mutation_rules import RULES
from judge.exam.report import Part
from judge.exam.wrapper_mutants import WRAPPERS
from judge.problems.load import OPTIONAL, REQUIRED
from judge.problems.manifest import Manifest
from judge.verdict import Check
from judge.web.documents import authors_manual

PAGE = authors_manual()


def keys(model: type[BaseModel], table: str = "") -> Iterator[tuple[str, str]]:
    """Every key of problem.toml with the table that it is in, "" at the top."""
    for name, field in model.model_fields.items():
        parts = (field.annotation, *getattr(field.annotation, "__args__", ()))
        inner = [part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)]
        for part in inner:
            yield from keys(part, name)
        if not inner:
            yield table, name


def explained(cell: str) -> set[tuple[str, str]]:
    """The keys, each with its table, that the first cell of a row names: "`[cases]` `samples`, `hidden`"."""
    table = re.match(r"`\[+(\w+)(\.<id>)?\]+` ", cell)
    return {(table[1] if table else "", key) for key in re.findall(r"`(\w+)`", cell)}


@pytest.mark.parametrize(("table", "key"), sorted(keys(Manifest)))
def test_every_key_has_a_row_that_says_what_it_means(table: str, key: str):
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    assert [row for row in rows if (table, key) in explained(row[0]) and row[1].strip()]


@pytest.mark.parametrize("file", [*REQUIRED, *OPTIONAL])
def test_every_file_has_a_line_that_says_what_it_holds(file: str):
    assert re.search(rf"^    {re.escape(file)} +\w", PAGE, re.MULTILINE)


@pytest.mark.parametrize("block", sorted(judge.checking.__all__))
def test_every_block_is_explained(block: str):
    assert f"`{block}" in PAGE


@pytest.mark.parametrize("name", [*Part, *RULES, *WRAPPERS])
def test_every_part_and_rule_of_the_exam_is_explained(name: str):
    assert f"`{name}`" in PAGE or f"| {name} |" in PAGE


@pytest.mark.parametrize("symptom", Symptom)
def test_every_symptom_is_explained_with_the_blocks_whose_docstrings_know_it(symptom: Symptom):
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| `")]
    (row,) = (row for row in rows if f"`{symptom.name}`" in row[0])
    documented = set(re.findall(r"`(\w+)`", row[-1]))
    blocks = {name: getattr(judge.checking, name).__doc__ or "" for name in judge.checking.__all__ if name.islower()}
    assert documented == {name for name, text in blocks.items() if re.search(rf"\b{symptom.name}\b", text)}


def test_the_example_with_a_model_passes_a_right_answer_and_explains_a_leak():
    check = example("seen_models(expected, actual)\n    yield")
    value, step = np.ones(2, np.float32), {"step": np.uint32(0)}
    before = {path: np.zeros(size, np.float32) for path, size in (("encoder.bias", 2), ("head.kernel", 3))}

    def evidence(moved: tuple[str, ...]) -> Evidence:
        after = {path: leaf + (path in moved) for path, leaf in before.items()}
        seen = Observed(before=before, after=after, state_before=step, state_after={"step": np.uint32(1)})
        return Evidence(value=value, observed=(seen,))

    right, leak = evidence(("head.kernel",)), evidence(("head.kernel", "encoder.bias"))
    assert [each.id for each in check(None, right, right)] == ["form", "model", "steps", "frozen", "trained", "losses"]
    assert all(each.passed for each in check(None, right, right))
    assert [each.id for each in check(None, right, leak) if not each.passed] == ["frozen"]


@pytest.mark.parametrize(("weights", "mistakes"), [([0.5, 0.5], [None, None]), ([0.5, 2.0], [None, "not-normalised"])])
def test_the_example_of_a_check_of_ones_own_does_what_it_says(weights: list[float], mistakes: list[str | None]):
    check = example("the weights add up to")
    expected = Evidence(value=np.array([0.4, 0.6]))
    assert [each.mistake for each in check(None, expected, Evidence(value=weights))] == mistakes


def example(words: str) -> Callable[..., Iterator[Check]]:
    """`check` of the page's one example that holds these words."""
    (source,) = (block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if words in block)
    space: dict[str, Callable[..., Iterator[Check]]] = {}
    exec(source, space)
    return space["check"]
