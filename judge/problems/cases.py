"""A package's cases: runs its author's `cases(rng)`, checks the inputs that it yields, and names them."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np

from judge.case import HIDDEN, SAMPLE, Case
from judge.evidence import Value
from judge.inside import wire
from judge.problems.manifest import Manifest

Draw: TypeAlias = Callable[[np.random.Generator], Iterable[Mapping[str, Value]]]
PUBLIC = -1  # in place of a seed: cases that anyone may see, drawn from the package alone
PUBLIC_DRAWS = 2  # of all of a problem's cases
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


def public_cases(draw: Draw, manifest: Manifest, generator: np.random.Generator) -> tuple[Case, ...]:
    """Return PUBLIC_DRAWS times all cases, shown like samples; a program that is tried on them passes the samples.

    First come those with a trait (shape of an array, whole number, text) that no sample and none before has. Then comes
    one of each combination of traits that no sample has, then the others. Those with few numbers come before those
    with many, and of these those with small ones. Raises BadCase, and whatever the author's code raises.
    """
    drawn = [inputs for _ in range(PUBLIC_DRAWS) for inputs in draw_inputs(draw, manifest, generator)]
    traits = [_traits(inputs) for inputs in drawn[: manifest.cases.samples]]
    seen, earlier = set[str]().union(*traits), Counter(traits)
    drawn.sort(key=lambda inputs: _size(inputs.values()))
    ranked = []
    for inputs in drawn:
        kind = _traits(inputs)
        ranked.append((0 if kind - seen else 1 + earlier[kind], inputs))
        seen |= kind
        earlier[kind] += 1
    ranked.sort(key=itemgetter(0))
    return tuple(Case(name=f"public-{i}", group=SAMPLE, inputs=inputs) for i, (_, inputs) in enumerate(ranked, 1))


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


def digest_of(cases: Iterable[Case]) -> str:
    """Return 16 hexadecimal digits that differ where a case, or the order of the cases, does."""
    found = hashlib.sha256()
    for case in cases:
        found.update(wire.encode(case.name, dict(case.inputs)))
    return found.hexdigest()[:16]


def _traits(inputs: Mapping[str, Value]) -> frozenset[str]:
    """Return what decides which operations a program runs: the shapes of arrays, whole numbers, texts."""
    return frozenset(
        f"{name} {np.shape(value) if isinstance(value, np.ndarray) else repr(value)}"
        for name, value in inputs.items()
        if isinstance(value, np.ndarray | bool | int | str)
    )


def _size(values: Iterable[Value]) -> tuple[int, float]:
    """Return how many numbers and texts there are in `values`, and the sum of the numbers' sizes."""
    count, total = 0, 0.0
    for value in values:
        if isinstance(value, Mapping | list | tuple):
            more = _size(value.values() if isinstance(value, Mapping) else value)
        elif isinstance(value, np.ndarray):
            more = value.size, float(np.abs(value).sum())
        else:
            more = 1, float(min(abs(value), 1e300)) if isinstance(value, int | float) else 0.0
        count, total = count + more[0], total + more[1]
    return count, total if np.isfinite(total) else np.inf


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
