"""Cases of a learner's own input: arguments like those of the samples, or what `cases(rng)` draws from their seed.

A seed of a learner draws from a domain of its own: with it nobody gets a hidden case, whatever draws those. Arguments
have the leaves and dtypes of a sample; shapes may differ within bounds, so that no run is much larger than a sample's.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from judge.case import SAMPLE, Case
from judge.errors import JudgeError
from judge.evidence import Value
from judge.own_input import OWN, OWN_CASES, OwnInput
from judge.problems.problem import Problem
from judge.verdict import Json

MOST_NUMBERS = 2_048  # of all arguments together
MOST_TRIED = 16 * MOST_NUMBERS  # the same, counted anew for each sample that they are compared with
MOST_ENTRIES = 32  # of an array along one axis, where no sample has more
MOST_INTEGER = 2**31 - 1  # of a lone number, either sign
MOST_CHARACTERS = 200  # of a text
LARGEST = float(np.finfo(np.float64).max)


class InputRefused(JudgeError):
    """The input is not one that the problem's function takes. `where` is the path of the value: `x[0][2]`."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.where = where


def own_cases(problem: Problem, own: OwnInput) -> tuple[Case, ...]:
    """Return the cases of an input, shown like samples. Raises InputRefused, PackageFault."""
    if own.inputs is not None:
        drawn: Sequence[Mapping[str, Value]] = [read_inputs(problem, own.inputs)]
    else:
        drawn = problem.learner_inputs(own.seed or 0)[:OWN_CASES]
    return tuple(
        Case(name=f"{OWN}-{number}", group=SAMPLE, inputs=inputs, whole=True) for number, inputs in enumerate(drawn, 1)
    )


def read_inputs(problem: Problem, given: Mapping[str, Json]) -> dict[str, Value]:
    """Return the arguments in `given`, JSON by parameter. Raises InputRefused, PackageFault."""
    for name in given:
        if name not in problem.parameters:
            raise InputRefused(name[:MOST_CHARACTERS], f"{problem.signature} has no such parameter")
    samples = [case.inputs for case in problem.cases() if case.group == SAMPLE]
    left, inputs = _Numbers(), {}
    for name in problem.parameters:
        if name not in given:
            raise InputRefused(name, "a value is missing")
        inputs[name] = _like_any(given[name], [sample[name] for sample in samples], name, left)
    return inputs


def editable(value: Value) -> str:
    """Return an argument as JSON, to be edited; empty where it has no such form, or too many numbers."""
    try:
        _Numbers().take("", sum(1 for _ in _leaves(value)))
        text = json.dumps(_plain(value), allow_nan=False)
    except (InputRefused, TypeError, ValueError):
        return ""
    return text if not isinstance(value, np.ndarray) or value.ndim < 2 else text.replace("], [", "],\n [")


class _Numbers:
    """Counts the numbers and texts of one input; `number` are left."""

    def __init__(self) -> None:
        self.number = MOST_NUMBERS
        self._tries = MOST_TRIED

    def take(self, where: str, count: int = 1) -> None:
        """Count some more. Raises InputRefused."""
        self.number -= count
        self._tries -= count
        if self.number < 0 or self._tries < 0:
            raise InputRefused(where, f"more than {MOST_NUMBERS:,} numbers in all")


def _like_any(value: Json, examples: Sequence[Value], where: str, left: _Numbers) -> Value:
    """Return `value` as a value like one of `examples`; the fault that is named is that of the first of them."""
    first: InputRefused | None = None
    for example in examples:
        alike = [each for each in examples if type(each) is type(example)]
        before = left.number
        try:
            return _like(value, example, alike, where, left)
        except InputRefused as refused:
            first, left.number = first or refused, before  # another example counts them anew
    assert first is not None
    raise first


def _like(value: Any, example: Value, alike: Sequence[Any], where: str, left: _Numbers) -> Value:
    if isinstance(example, np.ndarray):
        return _array(value, example, alike, where, left)
    if isinstance(example, Mapping):
        return _mapping(value, example, alike, where, left)
    if isinstance(example, list | tuple):
        return _sequence(value, example, alike, where, left)
    left.take(where)
    return _scalar(value, example, where)


def _scalar(value: Any, example: Value, where: str) -> bool | int | float | str | None:
    if example is None:
        _require(value is None, where, "null")
    elif isinstance(example, bool):
        _require(isinstance(value, bool), where, "true or false")
    elif isinstance(example, str):
        _require(isinstance(value, str), where, "a text")
        usable = len(value) <= MOST_CHARACTERS and value.isprintable()
        _require(usable, where, f"a text of at most {MOST_CHARACTERS} printable characters")
    elif isinstance(example, int):
        _require(_is_integer(value), where, "a whole number")
        _require(abs(value) <= MOST_INTEGER, where, f"between -{MOST_INTEGER:,} and {MOST_INTEGER:,}")
    elif isinstance(example, float):
        return _finite(value, where)
    else:
        raise InputRefused(where, "a value of this kind can't be given as JSON: name a seed instead")
    given: bool | int | str | None = value
    return given


def _array(value: Any, example: np.ndarray, alike: Sequence[np.ndarray], where: str, left: _Numbers) -> np.ndarray:
    if example.dtype.kind not in "biuf":
        raise InputRefused(where, f"an array of {example.dtype} can't be given as JSON: name a seed instead")
    same_rank = [each.shape for each in alike if each.ndim == example.ndim]
    most = tuple(max(MOST_ENTRIES, *(shape[axis] for shape in same_rank)) for axis in range(example.ndim))
    shape = _shape(value, most, where, left)
    flat = [_entry(item, example.dtype, place) for item, place in _items(value, shape, where)]
    made = np.array(flat, dtype=example.dtype).reshape(shape)
    made.flags.writeable = False
    return made


def _shape(value: Any, most: tuple[int, ...], where: str, left: _Numbers) -> tuple[int, ...]:
    """Return the shape that the first entries of nested lists have, one axis for each of `most`."""
    shape: list[int] = []
    for axis, limit in enumerate(most):
        if not isinstance(value, list) or not value:
            raise InputRefused(where, f"should be a list with {len(most)} axes, has {axis}; none may be empty")
        if len(value) > limit:
            raise InputRefused(where, f"has {len(value):,} entries along axis {axis}; at most {limit} are taken")
        shape.append(len(value))
        value = value[0]
    left.take(where, math.prod(shape))
    return tuple(shape)


def _items(value: Any, shape: tuple[int, ...], where: str) -> Iterator[tuple[Any, str]]:
    """Yield the numbers of nested lists with their paths. Raises InputRefused unless the lists have that shape."""
    if not shape:
        yield value, where
        return
    if not isinstance(value, list) or len(value) != shape[0]:
        raise InputRefused(where, f"should have {shape[0]} entries, as the lists beside it")
    for index, item in enumerate(value):
        yield from _items(item, shape[1:], f"{where}[{index}]")


def _entry(value: Any, dtype: np.dtype[Any], where: str) -> bool | int | float:
    if dtype.kind == "b":
        _require(isinstance(value, bool), where, "true or false")
        return bool(value)
    if dtype.kind == "f":
        number = _finite(value, where)
        _require(abs(number) <= float(np.finfo(dtype).max), where, f"within {dtype}")
        return number
    _require(_is_integer(value), where, "a whole number")
    bounds = np.iinfo(dtype)
    _require(bounds.min <= value <= bounds.max, where, f"within {dtype}")
    return int(value)


def _mapping(
    value: Any, example: Mapping[str, Value], alike: Sequence[Any], where: str, left: _Numbers
) -> dict[str, Value]:
    keys = ", ".join(example)
    if not isinstance(value, dict) or set(value) != set(example):
        raise InputRefused(where, f"should be an object with the members {keys}")
    others = {key: [each[key] for each in alike if key in each] for key in example}
    return {key: _like_any(value[key], [example[key], *others[key]], f"{where}.{key}", left) for key in example}


def _sequence(
    value: Any, example: Sequence[Value], alike: Sequence[Any], where: str, left: _Numbers
) -> list[Value] | tuple[Value, ...]:
    if not isinstance(value, list) or len(value) != len(example):
        raise InputRefused(where, f"should be a list of {len(example)} items")
    items = [_like_any(item, [example[at]], f"{where}[{at}]", left) for at, item in enumerate(value)]
    return tuple(items) if isinstance(example, tuple) else items


def _finite(value: Any, where: str) -> float:
    _require(isinstance(value, int | float) and not isinstance(value, bool), where, "a number")
    _require(abs(value) <= LARGEST, where, "a finite number")  # not so for infinity, NaN, and integers beyond
    return float(value)


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _require(fits: bool, where: str, what: str) -> None:
    if not fits:
        raise InputRefused(where, f"should be {what}")


def _leaves(value: Value) -> Iterator[Value]:
    if isinstance(value, np.ndarray):
        yield from [None] * value.size
    elif isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _leaves(item)
    else:
        yield value


def _plain(value: Value) -> Any:
    """Return a value as json.dumps takes it; a float32 with as many digits as it has."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f":
            texts = [float(str(each)) for each in value.ravel()]  # the fewest digits that are the same float32
            return np.array(texts, dtype=object).reshape(value.shape).tolist()
        if value.dtype.kind not in "biu":
            raise TypeError(value.dtype)
        return value.tolist()
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
