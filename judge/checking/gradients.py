"""A check of a gradient against finite differences, for problems that have no reference gradient to compare with."""

from collections.abc import Callable

import numpy as np

from judge.checking.symptoms import NO_MISTAKES, Mistakes
from judge.checking.values import close
from judge.evidence import Value
from judge.verdict import Check

# Of each entry, relative to its size or 1: the best for central differences in float64 is near eps ** (1/3).
STEP = 1e-5


def gradient(
    check_id: str,
    actual: Value,
    function: Callable[[np.ndarray], float],
    at: np.ndarray,
    *,
    rtol: float = 1e-3,
    atol: float = 1e-5,
    what: str = "the gradient",
    mistakes: Mistakes = NO_MISTAKES,
) -> Check:
    """Check that `actual` is the gradient of `function` at the point `at`, by central differences in float64.

    `function` takes a float64 array of the shape of `at` and returns a number; it is called twice an entry.
    Symptoms: NOTHING_RETURNED, WRONG_SHAPE, NOT_NUMBERS, NOT_FINITE, DIFFERENT.
    """
    return close(check_id, actual, differences(function, at), rtol=rtol, atol=atol, what=what, mistakes=mistakes)


def differences(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """Return the gradient of `function` at `at` by central differences: float64, the shape of `at`."""
    point = np.asarray(at, dtype=np.float64)
    slopes = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        step = STEP * max(1.0, abs(float(point[index])))
        up, down = point.copy(), point.copy()
        up[index] += step
        down[index] -= step
        slopes[index] = (float(function(up)) - float(function(down))) / (2 * step)
    return slopes
