"""Checks of a package's Python files that read them and do not run them.

reference.py, starter.py and warmup.py import JAX, which the trusted side of the judge must not: they are only ever
text here.
"""

import ast
import threading
from collections.abc import Iterator, Sequence

LOOKALIKES = "lookalikes"  # a function of reference.py, and the block that hands its values to check.py
ALSO = "also"  # the field of the evidence that holds them
_PARSING = threading.Lock()  # of Python 3.11, two threads that parse at once may get a SystemError
UNTRUSTED_LIBRARIES = frozenset({"flax", "jax", "jaxlib", "optax"})


def parse(file: str, text: str, faults: list[str]) -> ast.Module | None:
    """Return the syntax tree of `text`; or None, after adding a fault."""
    try:
        with _PARSING:
            return ast.parse(text, file)
    except SyntaxError as error:
        faults.append(f"{file}:{error.lineno or 1}: syntax error: {error.msg}")
    except ValueError as error:  # a NUL byte
        faults.append(f"{file}:1: {error}")
    return None


def require_function(file: str, tree: ast.Module, name: str, parameters: Sequence[str], faults: list[str]) -> None:
    """Add a fault unless the module defines the function `name` with exactly `parameters`, in order."""
    wanted = f"{name}({', '.join(parameters)})"
    function = find_function(tree, name)
    if function is None:
        faults.append(f"{file}: the function `{wanted}` is missing")
        return
    found = signature(function)
    if found != wanted:
        faults.append(f"{file}:{function.lineno}: `{found}` should be `{wanted}`")


def find_function(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    """Return the last top-level function `name`, which is the one that importing the module would leave."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    return found[-1] if found else None


def signature(function: ast.FunctionDef) -> str:
    """Return the function's name and parameters without annotations, such as `f(x, *, y)`."""
    arguments = function.args
    names = [each.arg for each in arguments.posonlyargs]
    if arguments.posonlyargs:
        names.append("/")
    names += [each.arg for each in arguments.args]
    if arguments.vararg:
        names.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        names.append("*")
    names += [each.arg for each in arguments.kwonlyargs]
    if arguments.kwarg:
        names.append(f"**{arguments.kwarg.arg}")
    return f"{function.name}({', '.join(names)})"


def refuse_imports(file: str, tree: ast.Module, faults: list[str]) -> None:
    """Add a fault for each import of a library that only a box may import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            if name.partition(".")[0] in UNTRUSTED_LIBRARIES:
                faults.append(
                    f"{file}:{node.lineno}: imports {name}; this file runs beside the judge, with NumPy only: "
                    "what needs JAX belongs into reference.py"
                )


def named_mistakes(tree: ast.Module) -> list[tuple[str, int]]:
    """Return the mistakes that a check.py names by literals, with their lines.

    They are written as `mistake="id"`, as the values of `only={...}`, and of tables `{Symptom.NO_STEP: "id"}`.
    """
    return [
        (value.value, value.lineno)
        for value in _mistake_nodes(tree)
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    ]


def asked_aspects(tree: ast.Module) -> frozenset[str] | None:
    """Return the aspects in a check.py's calls `lookalikes(expected, "aspect")`; None where there may be others.

    There may be where `lookalikes` is more than called by its name with a text, or `expected.also` is looked at.
    """
    asked, calls = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node.func) == LOOKALIKES:
            given = [*node.args[1:2], *(each.value for each in node.keywords if each.arg == "aspect")]
            if len(given) != 1 or not isinstance(given[0], ast.Constant) or not isinstance(given[0].value, str):
                return None
            asked.add(given[0].value)
            calls.add(node.func)
    return frozenset(asked) if not any(_may_ask(node) for node in ast.walk(tree) if node not in calls) else None


def _may_ask(node: ast.AST) -> bool:
    if isinstance(node, ast.alias):
        return node.name == "*" or (node.name == LOOKALIKES and node.asname is not None)
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name == LOOKALIKES
    if isinstance(node, ast.arg):
        return node.arg == LOOKALIKES
    name = node.value if isinstance(node, ast.Constant) else _name_of(node)
    return name in (LOOKALIKES, ALSO)


def _name_of(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _mistake_nodes(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "mistake":
            yield node.value
        elif isinstance(node, ast.keyword) and node.arg == "only" and isinstance(node.value, ast.Dict):
            yield from node.value.values
        elif isinstance(node, ast.Dict):
            yield from (value for key, value in zip(node.keys, node.values, strict=True) if _is_symptom(key))


def _is_symptom(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) and key.value.id in ("Symptom", "Sign")
