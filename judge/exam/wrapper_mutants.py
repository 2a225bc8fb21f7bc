"""Mutants that leave the reference as it is, and change its inputs or its result."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from judge.evidence import Value
from judge.problems.load import Problem

Wrapper: TypeAlias = Callable[[Problem], Iterator[tuple[str, str]]]  # the change in words, and the source that makes it

_HEAD = """\
import jax as _jax
import jax.numpy as _jnp

_right = {entry}


def _is_float(leaf):
    return _jnp.issubdtype(_jnp.result_type(leaf), _jnp.floating)


def _round(leaf, dtype):
    return _jnp.asarray(leaf).astype(dtype).astype(_jnp.result_type(leaf)) if _is_float(leaf) else leaf


"""


def half_precision(problem: Problem) -> Iterator[tuple[str, str]]:
    """Round the right result to float16, and to bfloat16."""
    for dtype in ("float16", "bfloat16"):
        yield dtype, _wrapped(problem, f"_jax.tree.map(lambda leaf: _round(leaf, _jnp.{dtype}), {_right(problem)})")


def half_precision_inputs(problem: Problem) -> Iterator[tuple[str, str]]:
    """Compute rightly on array inputs rounded to bfloat16."""
    if problem.array_parameters:
        changed = {name: f"_round({name}, _jnp.bfloat16)" for name in problem.array_parameters}
        yield ", ".join(changed), _wrapped(problem, _right(problem, **changed))


def other_input(problem: Problem) -> Iterator[tuple[str, str]]:
    """Compute rightly with another value for one input: zeros for an array, another number, another text."""
    for name, value in problem.cases()[0].inputs.items():
        other = _other(name, value)
        if other:
            yield f"{name} = {other.removeprefix('_')}", _wrapped(problem, _right(problem, **{name: other}))


def zero(problem: Problem) -> Iterator[tuple[str, str]]:
    """Return zeros after the right computation."""
    yield "all zeros", _wrapped(problem, f"_jax.tree.map(_jnp.zeros_like, {_right(problem)})")


def constant(problem: Problem) -> Iterator[tuple[str, str]]:
    """Return the first result in every call, after the right computation."""
    yield (
        "the first answer",
        "_first = []\n\n\n" + _wrapped(problem, f"(_first.append({_right(problem)}), _first[0])[1]"),
    )


def identity(problem: Problem) -> Iterator[tuple[str, str]]:
    """Return an input after the right computation."""
    for name in problem.parameters:
        yield name, _wrapped(problem, f"({_right(problem)}, {name})[1]")


def nothing(problem: Problem) -> Iterator[tuple[str, str]]:
    """Return None after the right computation."""
    yield "None", _wrapped(problem, f"({_right(problem)}, None)[1]")


def _other(name: str, value: Value) -> str:
    """Return an expression for another value of the same type; "" where none is known."""
    if isinstance(value, np.ndarray):
        return f"_jnp.zeros_like({name})"
    if isinstance(value, bool):
        return f"not {name}"
    if isinstance(value, int | float):
        return f"2 * {name} + 1"
    return f"{name} + '_'" if isinstance(value, str) else ""


def _right(problem: Problem, **changed: str) -> str:
    return f"_right({', '.join(changed.get(name, name) for name in problem.parameters)})"


def _wrapped(problem: Problem, expression: str) -> str:
    head = _HEAD.format(entry=problem.entry)
    return f"{head}def {problem.signature}:\n    return {expression}\n"


WRAPPERS: dict[str, Wrapper] = {
    wrapper.__name__.replace("_", "-"): wrapper
    for wrapper in (half_precision, half_precision_inputs, other_input, zero, constant, identity, nothing)
}
