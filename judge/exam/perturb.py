"""Evidence with its numbers changed on purpose, to find the errors that the checks accept."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TypeAlias

import numpy as np

from judge.evidence import Evidence, Leaves, Observed, Value

Change: TypeAlias = Callable[[np.ndarray], np.ndarray]  # float64 in, float64 of the same shape out
MANTISSA_BITS = 11  # of IEEE half precision, the leading one counted


class Target(StrEnum):
    """The part of an evidence that is changed."""

    VALUE = "value"  # the floats that the entry point returned
    LEAVES = "leaves"  # the parameters that the call moved, as they were left
    STATE = "state"  # the optimizer's floats that the call moved, as they were left


def changed(evidence: Evidence, target: Target, change: Change) -> Evidence:
    """Return `evidence` with `change` applied to every float of `target` but those that the call did not change."""
    if target is Target.VALUE:
        return replace(evidence, value=_value(evidence.value, change))
    return replace(evidence, observed=tuple(_observed(each, target, change) for each in evidence.observed))


def numbers(evidence: Evidence, target: Target) -> list[np.ndarray]:
    """Return the float64 arrays of `target`, in the order in which `changed` visits them."""
    found: list[np.ndarray] = []

    def keep(array: np.ndarray) -> np.ndarray:
        found.append(array)
        return array

    changed(evidence, target, keep)
    return found


def half_precision(array: np.ndarray) -> np.ndarray:
    """Return `array` (float64) with entries rounded to 11 significant bits: half precision without its range."""
    mantissa, exponent = np.frexp(array)
    return np.asarray(np.ldexp(np.round(np.ldexp(mantissa, MANTISSA_BITS)), exponent - MANTISSA_BITS))


def _observed(observed: Observed, target: Target, change: Change) -> Observed:
    if target is Target.LEAVES:
        return replace(observed, after=_leaves(observed.before, observed.after, change))
    return replace(observed, state_after=_leaves(observed.state_before, observed.state_after, change))


def _leaves(before: Leaves, after: Leaves, change: Change) -> Leaves:
    return {
        path: leaf if path in before and np.array_equal(before[path], leaf) else _array(leaf, change)
        for path, leaf in after.items()
    }


def _value(value: Value, change: Change) -> Value:
    if isinstance(value, np.ndarray):
        return _array(value, change)
    if isinstance(value, float):
        return float(change(np.asarray(value)))
    if isinstance(value, Mapping):
        return {name: _value(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        kind = list if isinstance(value, list) else tuple
        return kind(_value(each, change) for each in value)
    return value


def _array(array: np.ndarray, change: Change) -> np.ndarray:
    # Narrow floats (bfloat16) are not floats to NumPy, and too coarse to be changed a little.
    return change(array.astype(np.float64)).astype(array.dtype) if array.dtype.kind == "f" else array
