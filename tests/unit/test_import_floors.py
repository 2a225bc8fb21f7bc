"""A file imports only from lower floors or from its own room; what runs in a box never imports the judge."""

import ast
from functools import cache
from pathlib import Path

import pytest

JUDGE = Path(__file__).parents[2] / "judge"
FLOORS = (
    ("errors", "prestart"),
    ("identity_provider",),
    (
        "account",
        "assignment",
        "lti_platform",
        "submission",
        "provenance",
        "reasons",
        "reproduction_record",
        "settings",
        "evidence",
        "limits",
        "numbers",
    ),
    ("verdict", "settings_list"),
    ("report",),
    ("case", "own_input", "jsonable", "error_catalogue", "export", "reproduction"),
    ("problems", "sandbox", "checking", "store", "accounts", "classes", "lti"),
    ("grading",),
    ("worker", "exam", "bench"),
    ("client", "web"),
    ("cli",),
)
FLOOR_OF = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
ISLAND = "inside"
ISLAND_MAY_IMPORT = {"flax", "jax", "jaxlib", "ml_dtypes", "numpy", "optax"}
# Run by themselves, without the judge around them.
SCRIPTS = {JUDGE / "bench" / "plain_process.py", JUDGE / "reproduction" / "watch.py"}
MODULES = sorted(JUDGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(JUDGE).parts[0].removesuffix(".py")


@cache
def imports(path: Path) -> set[str]:
    """Dotted names of all modules that a file imports, wherever in the file, relative ones made absolute."""
    package = ["judge", *path.relative_to(JUDGE).parent.parts]
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names if module == "judge"}
    return names


def rooms(names: set[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("judge.") and name != "judge.__version__"}


@pytest.mark.parametrize(
    "path", [p for p in MODULES if room_of(p) in FLOOR_OF], ids=lambda p: str(p.relative_to(JUDGE))
)
def test_imports_point_to_lower_floors(path: Path) -> None:
    room = room_of(path)
    for other in rooms(imports(path)) - {room, ISLAND}:
        assert FLOOR_OF[other] < FLOOR_OF[room], f"{room} imports {other}"


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) == ISLAND], ids=lambda p: p.name)
def test_what_runs_in_a_box_imports_nothing_of_the_judge(path: Path) -> None:
    siblings = {module.stem for module in MODULES if room_of(module) == ISLAND}  # a script finds them beside it
    others = {name for name in imports(path) if not name.startswith(("judge.inside", "judge_inside"))}
    foreign = {name.split(".")[0] for name in others} - ISLAND_MAY_IMPORT - siblings
    standard = {name for name in foreign if name in __import__("sys").stdlib_module_names}
    assert foreign == standard


@pytest.mark.parametrize(
    "path", [p for p in MODULES if room_of(p) != ISLAND and p not in SCRIPTS], ids=lambda p: str(p.relative_to(JUDGE))
)
def test_only_the_box_imports_jax(path: Path) -> None:
    assert not {name.split(".")[0] for name in imports(path)} & {"jax", "flax", "optax", "jaxlib"}


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) == "sandbox"], ids=lambda p: p.name)
def test_the_trusted_side_takes_from_the_box_s_code_only_what_starts_no_jax(path: Path) -> None:
    assert not imports(path) & {
        f"judge.inside.{name}" for name in ("call", "jax_setup", "load", "patches", "serialize")
    }


def test_every_module_has_a_room() -> None:
    known = {*FLOOR_OF, ISLAND, "__init__", "__main__"}
    assert {room_of(path) for path in MODULES} <= known


def test_the_lint_rule_says_the_same() -> None:
    tomllib = __import__("tomllib")
    contracts = tomllib.loads((JUDGE.parent / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [[room.strip().removeprefix("judge.") for room in row.split("|")] for row in contracts[0]["layers"]]
    assert [set(row) for row in reversed(layers)] == [set(rooms) for rooms in FLOORS]
