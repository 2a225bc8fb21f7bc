"""Every recipe of docs/cookbook.md, run as it stands there against a real judge: it prints what the document says."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.conftest import ROOT
from tests.helpers.processes import Process, free_port

SLUG = "nnx-surgery-freeze"
SECONDS = 150  # of one recipe, on a machine that does much else
TEXT = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^## (?P<title>.+?)$|^```(?P<language>\w+)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = {
    "sh": ("block.sh", ["bash", "-euo", "pipefail"]),
    "python": ("block.py", [sys.executable]),
    "js": ("block.mjs", ["node"]),
}


@dataclass(frozen=True)
class Recipe:
    title: str
    language: str
    code: str
    printed: str


def recipes() -> list[Recipe]:
    """Every program of the document, with the text that follows it."""
    found: list[Recipe] = []
    title, pending = "", None
    for block in BLOCK.finditer(TEXT):
        if block["title"]:
            title = block["title"]
        elif block["language"] == "text":
            assert pending is not None, f"a text under {title} follows no program"
            found.append(Recipe(title, *pending, block["code"]))
            pending = None
        elif title:
            assert pending is None, f"a program under {title} doesn't say what it prints"
            pending = (block["language"], block["code"])
    return found


@pytest.fixture(scope="module")
def judge(tmp_path_factory, cache_dir, compiled):
    place = tmp_path_factory.mktemp("cookbook")
    process = Process("serve", place, port=free_port(), workers=1, problems=ROOT / "problems" / SLUG, cache=cache_dir)
    with process.wait_until("/readyz"):
        yield process.url


def test_the_cookbook_has_recipes_in_all_three_languages() -> None:
    found = recipes()
    assert len(found) >= 14
    assert {each.language for each in found} == set(COMMANDS)


@pytest.mark.parametrize("recipe", recipes(), ids=lambda each: f"{each.title}, {each.language}")
def test_a_recipe_prints_what_the_document_says(judge, tmp_path, recipe: Recipe) -> None:
    name, command = COMMANDS[recipe.language]
    if shutil.which(command[0]) is None:
        pytest.skip(f"no {command[0]} on the PATH")
    shutil.copy(ROOT / "submissions" / SLUG / "accepted" / "eager.py", tmp_path / "solution.py")
    (tmp_path / name).write_text(recipe.code, encoding="utf-8")
    done = subprocess.run(
        [*command, name],
        cwd=tmp_path,
        env={**os.environ, "JUDGE_URL": judge, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == recipe.printed
