"""A package's cases: runs its author's `cases(rng)`, checks the inputs that it yields, and names them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from judge.case import HIDDEN, SAMPLE, Case
from judge.evidence import Value
from judge.problems.manifest import Manifest

Draw: TypeAlias = Callable[[np.random.Generator], Iterable[Mapping[str, Value]]]
NUMBER_KINDS = "biufc"  # NumPy's letters for bool, int, unsigned, float, complex


class BadCase(ValueError):
    """`cases(rng)` yielded something that is not a case."""


def draw_cases(
    draw: Draw, manifest: Manifest, seed: int = 0, generator: np.random.Generator | None = None
) -> tuple[Case, ...]:
    """Return the samples, drawn from the manifest's seed, then hidden cases drawn from `seed` (0: the manifest's).

    Where a `generator` is given, hidden cases are drawn from that instead. Raises BadCase, and whatever the author's
    code raises.
    """
    samples, hidden = manifest.cases.samples, manifest.cases.hidden
    drawn = list(draw_inputs(draw, manifest, _seeded(manifest.seed)))
    if generator is None and seed not in (0, manifest.seed):
        generator = _seeded(seed)
    if generator is not None:
        drawn = drawn[:samples] + list(draw_inputs(draw, manifest, generator))[samples:]
    names = [(f"{SAMPLE}-{i + 1}", SAMPLE) for i in range(samples)]
    names += [(f"{HIDDEN}-{i + 1}", HIDDEN) for i in range(hidden)]
    return tuple(
        Case(name=name, group=group, inputs=inputs) for (name, group), inputs in zip(names, drawn, strict=True)
    )


def draw_inputs(draw: Draw, manifest: Manifest, generator: np.random.Generator) -> Iterator[Mapping[str, Value]]:
    """Yield the inputs of all cases, by parameter, drawn from `generator`.

    Raises BadCase, and whatever the author's code raises.
    """
    wanted = manifest.cases.samples + manifest.cases.hidden
    count = 0
    for yielded in islice(draw(generator), wanted):
        count += 1
        yield _inputs(yielded, manifest.parameters, count)
    if count < wanted:
        raise BadCase(f"cases(rng) yields {count} cases; problem.toml asks for {wanted}")


def _seeded(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def _inputs(yielded: Any, parameters: tuple[str, ...], number: int) -> Mapping[str, Value]:
    if not isinstance(yielded, Mapping):
        raise BadCase(f"case {number} is a {type(yielded).__name__}; it should be a dict of parameter -> value")
    if set(yielded) != set(parameters):
        got = ", ".join(map(str, yielded))
        raise BadCase(f"case {number} has the parameters ({got}); it should have ({', '.join(parameters)})")
    return {name: _value(yielded[name], f"case {number}, `{name}`") for name in parameters}


def _value(value: Any, where: str) -> Value:
    """Return `value` as the box takes it: NumPy scalars become Python's, arrays become read-only copies."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in NUMBER_KINDS:
            raise BadCase(f"{where} is an array of {value.dtype}; a case holds arrays of numbers only")
        copy = np.array(value, order="C")
        copy.flags.writeable = False
        return copy
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise BadCase(f"{where} is a dict with keys that are not strings")
        return {key: _value(each, f"{where}[{key!r}]") for key, each in value.items()}
    if isinstance(value, list | tuple):
        kind = list if isinstance(value, list) else tuple
        return kind(_value(each, f"{where}[{i}]") for i, each in enumerate(value))
    if value is None or (isinstance(value, bool | int | float | str) and type(value) in (bool, int, float, str)):
        return value
    raise BadCase(
        f"{where} is a {type(value).__name__}; a case holds numbers, text, NumPy arrays and containers of them"
    )
