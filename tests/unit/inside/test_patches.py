"""Private parts of JAX, jaxlib and Flax: used in judge/inside/patches only, and listed there name by name."""

import ast
import importlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import judge

INSIDE = Path(judge.__file__).parent / "inside"
PATCHES = INSIDE / "patches"
LIBRARIES = ("jax", "jaxlib", "flax", "optax")
FILES = sorted(PATCHES.glob("*.py"))
OTHERS = sorted(file for file in INSIDE.rglob("*.py") if PATCHES not in file.parents)


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def listed(file: Path) -> tuple[str, ...]:
    """The file's PRIVATE_NAMES."""
    for node in tree_of(file).body:
        if isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == ["PRIVATE_NAMES"]:
            return tuple(ast.literal_eval(node.value))
    return ()


def resolve(name: str) -> Any:
    """What a dotted name means: the longest prefix that is a module, then attributes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Flax's own import meets deprecated names of JAX
        return _resolve(name)


def _resolve(name: str) -> Any:
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(name)


def bindings(tree: ast.Module) -> dict[str, str]:
    """Local name -> dotted name, of everything that is imported from the libraries."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return {local: name for local, name in found.items() if name.split(".")[0] in LIBRARIES}


def chains(tree: ast.Module) -> Iterator[str]:
    """Every attribute chain that begins at an import from the libraries, as long as it is written."""
    known = bindings(tree)
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if id(node) in inner or not isinstance(node, ast.Attribute | ast.Name):
            continue
        root, _, rest = ast.unparse(node).partition(".")
        if root in known and all(part.isidentifier() for part in rest.split(".") if rest):
            yield known[root] + ("." + rest if rest else "")


def is_private(name: str) -> bool:
    parts = name.split(".")
    return parts[0] == "jaxlib" or any(part.startswith("_") for part in parts[1:])


def replaced(tree: ast.Module) -> Iterator[str]:
    """Every attribute of the libraries that the file assigns to."""
    known = bindings(tree)
    for node in ast.walk(tree):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            root, _, rest = ast.unparse(target).partition(".")
            if isinstance(target, ast.Attribute) and root in known:
                yield f"{known[root]}.{rest}"


def private_attributes(tree: ast.Module) -> Iterator[str]:
    """Names with one underscore that are read from something else than `self`, `cls` or a module of the standard."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or not node.attr.startswith("_") or node.attr.startswith("__"):
            continue
        if ast.unparse(node.value) not in ("self", "cls", "os", "sys"):
            yield node.attr


@pytest.mark.parametrize(
    ("file", "name"), [(file.name, name) for file in FILES for name in listed(file)], ids=lambda each: each
)
def test_a_private_name_that_is_used_exists(file: str, name: str) -> None:
    try:
        resolve(name)
    except (AttributeError, ModuleNotFoundError):
        pytest.fail(f"{name} is gone, which judge/inside/patches/{file} uses")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_patch_lists_every_private_name_that_it_uses(file: Path) -> None:
    tree, names = tree_of(file), listed(file)
    used = {name for name in chains(tree) if is_private(name)} | set(replaced(tree))
    modules = {name for name in bindings(tree).values() if is_private(name)}
    unlisted = {
        name
        for name in used - modules
        if not any(name == each or name.startswith(each + ".") or each.startswith(name + ".") for each in names)
    }
    assert not unlisted
    assert set(private_attributes(tree)) <= {name.rpartition(".")[2] for name in names}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_patch_lists_no_name_that_it_does_not_use(file: Path) -> None:
    words = set()
    for node in ast.walk(tree_of(file)):
        match node:
            case ast.Attribute(attr=word) | ast.Constant(value=str(word)):
                words.add(word)
            case ast.ImportFrom(names=names):
                words |= {alias.name for alias in names}
    assert [name for name in listed(file) if name.rpartition(".")[2] not in words] == []


@pytest.mark.parametrize("file", OTHERS, ids=lambda file: file.name)
def test_no_other_file_of_the_box_touches_private_parts(file: Path) -> None:
    tree = tree_of(file)
    assert [name for name in (*chains(tree), *bindings(tree).values()) if is_private(name)] == []
    assert list(replaced(tree)) == []


def test_the_scan_sees_what_it_is_for() -> None:
    source = "def f():\n    from jax._src import core\n    import jax\n    core.x.y = jax._z(core.w.v())\n"
    tree = ast.parse(source)
    assert {name for name in chains(tree) if is_private(name)} == {
        "jax._src.core.x.y",
        "jax._z",
        "jax._src.core.w.v",
    }
    assert list(replaced(tree)) == ["jax._src.core.x.y"]
