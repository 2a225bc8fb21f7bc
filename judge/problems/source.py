"""What can be said of a package's Python files by reading them, without running them.

reference.py, starter.py and warmup.py import JAX, which the trusted side of the judge must not: they are only ever
text here.
"""

import ast
from collections.abc import Iterator, Sequence

UNTRUSTED_LIBRARIES = frozenset({"flax", "jax", "jaxlib", "optax"})


def parse(file: str, text: str, faults: list[str]) -> ast.Module | None:
    """The syntax tree of `text`, or None and one more fault."""
    try:
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
        faults.append(f"{file}: there is no function `{wanted}`")
        return
    found = signature(function)
    if found != wanted:
        faults.append(f"{file}:{function.lineno}: `{found}` should be `{wanted}`")


def find_function(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    """The last top-level function `name`, which is the one that importing the module would leave."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    return found[-1] if found else None


def signature(function: ast.FunctionDef) -> str:
    """The function's name and parameters without annotations, such as `f(x, *, y)`."""
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
    """The mistakes that a check.py names by literals, with their lines.

    They stand as `mistake="id"`, as the values of `only={...}`, and of tables `{Sign.NO_STEP: "id"}`.
    """
    return [
        (value.value, value.lineno)
        for value in _mistake_nodes(tree)
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    ]


def _mistake_nodes(tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "mistake":
            yield node.value
        elif isinstance(node, ast.keyword) and node.arg == "only" and isinstance(node.value, ast.Dict):
            yield from node.value.values
        elif isinstance(node, ast.Dict):
            yield from (value for key, value in zip(node.keys, node.values, strict=True) if _is_sign(key))


def _is_sign(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name) and key.value.id == "Sign"
