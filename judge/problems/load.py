"""Loads a folder as a Problem, or reports every fault of it at once.

problems/<slug>/
    problem.toml     title, entry point, numbers of cases, limits, hints, known mistakes
    statement.md     the exercise
    starter.py       what the editor opens with
    reference.py     the entry point, right; and `lookalikes`, values that a known mistake would give
    cases.py         cases(rng): the inputs                                 trusted, runs here, NumPy only
    check.py         check(case, expected, actual): one Check after another  trusted, runs here, NumPy only
    warmup.py        (optional) a public program with a solution's usual operations
    solution.md      (optional) the solution explained, shown as [solution] says
    alternatives/    (optional) the files of [[alternatives]], shown with it
"""

import ast
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from judge.errors import PackageFault
from judge.problems import alternatives, static_checks
from judge.problems.author_code import load_module, where_raised
from judge.problems.cases import draw_cases
from judge.problems.manifest import FILE, Manifest, line_of, read_manifest
from judge.problems.partial_manifest import Outline, read_outline
from judge.problems.problem import Problem, fault_of_cases, fault_of_statement
from judge.problems.snippets import faults_of_snippets
from judge.problems.suggest import did_you_mean
from judge.submission import SLUG

__all__ = ["Problem", "digest_of", "load_problem"]

REQUIRED = (FILE, "statement.md", "starter.py", "reference.py", "cases.py", "check.py")
OPTIONAL = ("warmup.py", "solution.md")
CHECK_PARAMETERS = ("case", "expected", "actual")
WARMUP = "warmup"
USUAL, JITTED = "usual", "jitted"  # optional, beside it
BY_PRODUCTS = ("__pycache__",)  # and hidden files, editors' back-ups: not part of a package


def load_problem(folder: Path) -> Problem:
    """Return the problem in `folder`. Raises PackageFault with every fault that was found, as `file:line: fault`."""
    folder = folder.resolve()
    faults: list[str] = []
    if not re.match(SLUG, folder.name):
        faults.append(f"{folder.name}: a problem's folder is named with lower-case letters, digits and single hyphens")
    texts = _read(folder, faults)
    trees = {file: static_checks.parse(file, text, faults) for file, text in texts.items() if file.endswith(".py")}
    outline = _outline(texts.get(FILE), faults)
    if outline:
        _check_solution(outline.manifest, texts, faults)
        _check_code(outline, trees, faults)
    shown = alternatives.read(folder, outline.manifest, faults) if outline else ()
    draw = _function(folder, "cases", ("rng",), texts.get("cases.py"), trees.get("cases.py"), faults)
    checker = _function(folder, "check", CHECK_PARAMETERS, texts.get("check.py"), trees.get("check.py"), faults)
    if outline and draw and "cases" not in outline.faulty:
        _try_cases(folder, draw, outline.manifest, faults)
    if faults or outline is None or draw is None or checker is None:
        faults += _faults_of_texts(outline, texts)
        raise PackageFault(faults=tuple(faults), package=folder.name)
    return Problem(
        slug=folder.name,
        folder=folder,
        manifest=outline.manifest,
        statement=texts["statement.md"],
        starter=texts["starter.py"],
        reference=texts["reference.py"],
        warmup=texts.get("warmup.py", ""),
        solution=texts.get("solution.md"),
        alternatives=shown,
        digest=digest_of(folder),
        aspects=static_checks.asked_aspects(trees["check.py"]) if trees["check.py"] else None,
        draw=draw,
        checker=checker,
    )


def digest_of(folder: Path) -> str:
    """Return `sha256:<hex>` over the names and bytes of the package's files; by-products don't count."""
    whole = hashlib.sha256()
    for name, file in files_of(folder).items():
        content = file.read_bytes()
        whole.update(f"{len(name.encode())} {name} {len(content)} ".encode() + content)
    return f"sha256:{whole.hexdigest()}"


def files_of(folder: Path) -> dict[str, Path]:
    """Return the package's files by their path inside it, in order; caches, hidden files and back-ups don't count."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: files[name] for name in sorted(files) if not _is_by_product(name)}


def _is_by_product(name: str) -> bool:
    parts = name.split("/")
    return any(part.startswith(".") or part in BY_PRODUCTS for part in parts) or name.endswith(("~", ".pyc", ".swp"))


def _read(folder: Path, faults: list[str]) -> dict[str, str]:
    texts = {}
    for file in (*REQUIRED, *OPTIONAL):
        path = folder / file
        if not path.is_file():
            if file in REQUIRED:
                faults.append(f"{file}: the file is missing")
            continue
        try:
            texts[file] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{file}: can't be read as UTF-8 text: {error}")
    for file in ("statement.md", "solution.md"):
        if not texts.get(file, "-").strip():
            faults.append(f"{file}: the file is empty")
    return texts


def _outline(text: str | None, faults: list[str]) -> Outline | None:
    if text is None:
        return None
    try:
        read_manifest(text)
    except PackageFault as error:
        faults.extend(error.faults)
    return read_outline(text)


def _check_solution(manifest: Manifest, texts: Mapping[str, str], faults: list[str]) -> None:
    asked = "solution" in manifest.model_fields_set and manifest.solution.show != "never"
    if asked and "solution.md" not in texts:
        line = line_of(texts[FILE], ("solution", "show"))
        faults.append(f"{FILE}:{line}: the solution is to be shown, but solution.md is missing")


def _check_code(outline: Outline, trees: Mapping[str, ast.Module | None], faults: list[str]) -> None:
    manifest = outline.manifest
    for file, name, needed in (
        ("starter.py", manifest.entry, True),
        ("reference.py", manifest.entry, True),
        ("reference.py", static_checks.LOOKALIKES, False),
        ("warmup.py", WARMUP, True),
        ("warmup.py", USUAL, False),
        ("warmup.py", JITTED, False),
    ):
        tree = trees.get(file)
        if tree and (needed or static_checks.find_function(tree, name)):
            static_checks.require_function(file, tree, name, manifest.parameters, faults)
    check = trees.get("check.py")
    for mistake, line in static_checks.named_mistakes(check) if check else ():
        if mistake not in outline.mistakes:
            suggestion = did_you_mean(mistake, outline.mistakes)
            faults.append(f"check.py:{line}: problem.toml has no [mistakes.{mistake}]{suggestion}")


def _faults_of_texts(outline: Outline | None, texts: Mapping[str, str]) -> list[str]:
    """Return faults that the exam alone refuses, because a package that does not load never gets that far."""
    if outline is None or not texts.get("statement.md", "").strip():
        return []
    fault = fault_of_statement(texts["statement.md"], outline.manifest.signature)
    snippets = [f"statement.md:{each}" for each in faults_of_snippets(texts["statement.md"])]
    return [*([f"statement.md: {fault}"] if fault else []), *snippets]


def _function(
    folder: Path, name: str, parameters: Sequence[str], text: str | None, tree: ast.Module | None, faults: list[str]
) -> Callable[..., Any] | None:
    """Return the author's function `name` of `name`.py; or None, after adding its faults to `faults`."""
    file = f"{name}.py"
    if text is None or tree is None:
        return None  # reported already
    own: list[str] = []
    static_checks.require_function(file, tree, name, parameters, own)
    static_checks.refuse_imports(file, tree, own)
    faults.extend(own)
    if own:
        return None
    try:
        module = load_module(folder / file, text)
    except Exception as error:
        faults.append(f"{where_raised(error, folder / file)}: {type(error).__name__}: {error}")
        return None
    function: Callable[..., Any] = getattr(module, name)
    return function


def _try_cases(folder: Path, draw: Callable[..., Any], manifest: Manifest, faults: list[str]) -> None:
    try:
        draw_cases(draw, manifest)
    except Exception as error:
        faults.append(fault_of_cases(error, folder))
