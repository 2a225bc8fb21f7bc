"""The budget of the house: files that fit in a head, and no two that need each other."""

import ast
import statistics
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
JUDGE = ROOT / "judge"
MOST_LINES = 300
MOST_MEDIAN = 90
GENERATED = JUDGE / "store" / "migrations"  # their length is the database's history
MODULES = sorted(path for path in JUDGE.rglob("*.py") if GENERATED not in path.parents)
SOURCES = [*MODULES, *sorted(JUDGE.glob("web/**/*.js")), *sorted(JUDGE.glob("web/**/*.html"))]
HAND_WRITTEN = [path for path in SOURCES if not {"build", "node_modules"} & set(path.parts)]


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(JUDGE.parent).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path, modules: set[str]) -> set[str]:
    """Return the modules of `modules` that a file imports, wherever it does: in a function, for types only."""
    package = dotted(path).split(".") if path.name == "__init__.py" else dotted(path).split(".")[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            submodules = {f"{module}.{alias.name}" for alias in node.names}
            found |= submodules & modules or {module}
    return found & modules


def circle(paths: list[Path]) -> list[str]:
    """Return the modules of one import circle, the first of them again at its end; none where there is none."""
    modules = {dotted(path) for path in paths}
    try:
        TopologicalSorter({dotted(path): imports(path, modules) for path in paths}).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def test_no_file_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): length(path) for path in HAND_WRITTEN}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_half_of_the_files_are_short() -> None:
    assert statistics.median(map(length, MODULES)) <= MOST_MEDIAN


def test_no_import_circle() -> None:
    assert circle(MODULES) == []


def test_a_circle_is_found_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "judge"
    package.mkdir()
    monkeypatch.setattr(f"{__name__}.JUDGE", package)
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("from judge import two\n")
    (package / "two.py").write_text("def f():\n    from . import three\n")
    (package / "three.py").write_text("if TYPE_CHECKING:\n    from judge.one import f\n")
    assert set(circle(sorted(package.rglob("*.py")))) == {"judge.one", "judge.two", "judge.three"}
    (package / "three.py").write_text("")
    assert circle(sorted(package.rglob("*.py"))) == []
