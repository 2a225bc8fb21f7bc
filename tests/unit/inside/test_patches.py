"""Private names of JAX, jaxlib and Flax: each is there in the installed versions, and none is used elsewhere."""

import ast
import importlib
from pathlib import Path

import pytest

import judge.inside

INSIDE = Path(judge.inside.__file__).parent
FILES = sorted(INSIDE.rglob("*.py"))
PATCHES = [path for path in FILES if path.parent.name == "patches" and path.name != "__init__.py"]
PRIVATE_MODULES = ("jax._src", "jaxlib")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def listed(path: Path) -> tuple[str, ...]:
    for node in tree_of(path).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "PRIVATE":
            return tuple(ast.literal_eval(node.value))
    raise AssertionError(f"{path.name} has no PRIVATE")


def imported(path: Path) -> dict[str, str]:
    """Return, by local name, the dotted names that a file imports from private modules."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PRIVATE_MODULES)
        for alias in node.names
    }


def used(path: Path) -> set[str]:
    """Return the private names that a file uses: an attribute of what it imports, or the import itself."""
    names = imported(path)
    attributes = {
        f"{names[node.value.id]}.{node.attr}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names
    }
    with_attributes = {each.rpartition(".")[0] for each in attributes}
    return attributes | (set(names.values()) - with_attributes)


def resolve(name: str) -> object:
    parts = name.split(".")
    for split in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:split]))
        except ModuleNotFoundError:
            continue
        for part in parts[split:]:
            found = getattr(found, part)
        return found
    raise AttributeError(name)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # flax imports what JAX has deprecated
@pytest.mark.parametrize("name", sorted({name for path in PATCHES for name in listed(path)}))
def test_a_private_name_is_there(name: str) -> None:
    if name == "jax._src.config.State._name":  # of its instances
        from jax._src import config

        assert config.enable_x64._name
        return
    resolve(name)


def test_a_name_that_a_release_has_moved_is_reported_by_its_name() -> None:
    with pytest.raises(AttributeError, match="moved_elsewhere"):
        resolve("jax._src.config.moved_elsewhere")


@pytest.mark.parametrize("path", PATCHES, ids=lambda path: path.name)
def test_every_private_name_that_a_file_uses_is_listed(path: Path) -> None:
    missing = {
        name for name in used(path) if not any(each == name or each.startswith(f"{name}.") for each in listed(path))
    }
    assert missing == set()


@pytest.mark.parametrize("path", [path for path in FILES if path not in PATCHES], ids=lambda path: path.name)
def test_nothing_private_is_used_elsewhere(path: Path) -> None:
    assert imported(path) == {}
    text = path.read_text(encoding="utf-8")
    assert not any(f"import {each}" in text for each in PRIVATE_MODULES)
