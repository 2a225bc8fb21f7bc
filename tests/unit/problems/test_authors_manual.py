"""The page for authors is complete: every key, every block and sign, every part and rule of the exam."""

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


def keys(model: type[BaseModel]) -> set[str]:
    found = set()
    for name, field in model.model_fields.items():
        found.add(name)
        for part in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                found |= keys(part)
    return found


@pytest.mark.parametrize("word", sorted({*keys(Manifest), *REQUIRED, *OPTIONAL}))
def test_every_key_and_file_is_explained(word: str):
    assert word in PAGE


@pytest.mark.parametrize("block", sorted(judge.checking.__all__))
def test_every_block_is_explained(block: str):
    assert f"`{block}" in PAGE


@pytest.mark.parametrize("name", [*Part, *RULES, *WRAPPERS])
def test_every_part_and_rule_of_the_exam_is_explained(name: str):
    assert f"`{name}`" in PAGE or f"| {name} |" in PAGE


@pytest.mark.parametrize("sign", Symptom)
def test_every_sign_is_explained_with_the_blocks_whose_docstrings_know_it(sign: Symptom):
    (row,) = (line for line in PAGE.splitlines() if line.startswith("| `") and f"`{sign.name}`" in line.split(" | ")[0])
    told = set(re.findall(r"`(\w+)`", row.split(" | ")[-1]))
    blocks = {name: getattr(judge.checking, name).__doc__ or "" for name in judge.checking.__all__ if name.islower()}
    assert told == {name for name, text in blocks.items() if re.search(rf"\b{sign.name}\b", text)}


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
