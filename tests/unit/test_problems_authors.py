"""The page for authors is complete: every key, every block, every part and rule of the exam."""

from importlib import resources

import pytest
from pydantic import BaseModel

import judge.checking
from judge.exam.report import Part
from judge.exam.rules import RULES
from judge.exam.wrappers import WRAPPERS
from judge.problems.manifest import Manifest
from judge.problems.package import OPTIONAL, REQUIRED

PAGE = (resources.files("judge.problems") / "AUTHORS.md").read_text(encoding="utf-8")


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
