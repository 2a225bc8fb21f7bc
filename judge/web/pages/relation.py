"""Finds what two arrays have to do with each other: a common factor or distance, a flipped sign, another order."""

from collections.abc import Sequence

import numpy as np

from judge.web.pages.digits import plain_exponent

NEAR = 1e-4  # relative: two numbers this close count as equal here
ROUNDING = 1e-4  # relative: differences below it are marked only where there are no larger ones
SMALL_SHARE = 1e-3  # of the largest difference: smaller ones count as rounding
FACTOR_DIGITS = 4
LARGEST_PART = 10_000  # factors of 1/2 to 1/10000 are said as such


def differing(want: Sequence[float], got: Sequence[float]) -> tuple[bool, ...]:
    """Return which entries of two sequences of one length differ by more than rounding does."""
    a, b = np.asarray(want, np.float64), np.asarray(got, np.float64)
    with np.errstate(all="ignore"):
        gap = np.abs(b - a)
        known = np.isfinite(gap)
        worst = gap[known].max(initial=0.0)
        far = (gap > ROUNDING * np.abs(a)) | (gap > SMALL_SHARE * worst)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
    return tuple(bool(each) for each in np.where(known, (gap > 0) & far, ~same))


def relation(want: Sequence[float], got: Sequence[float], shape: tuple[int, ...] = ()) -> str:
    """Return in words what the numbers `got` have to do with `want`, entry by entry; an empty text for nothing.

    Args:
        want: The expected numbers.
        got: As many numbers.
        shape: Of the one array that they are all entries of, if they are.
    """
    a, b = np.asarray(want, np.float64), np.asarray(got, np.float64)
    if not a.size or not np.isfinite(a).all():
        return ""
    if np.isnan(b).all():
        return "every entry is NaN" if a.size > 1 else ""
    if not np.isfinite(b).all() or _close(a, b):
        return ""
    with np.errstate(all="ignore"):
        return _constant(a, b) or _factor(a, b) or _distance(a, b) or _order(a, b, shape)


def reshaped(want: Sequence[float], got: Sequence[float], shape: tuple[int, ...], other: tuple[int, ...]) -> str:
    """Return in words if two whole arrays of different shapes have the same entries; otherwise an empty text."""
    a, b = np.asarray(want, np.float64), np.asarray(got, np.float64)
    if a.size != b.size or not a.size or not np.isfinite(a).all() or not np.isfinite(b).all():
        return ""
    if len(shape) == len(other) == 2 and shape == other[::-1] and _close(a.reshape(shape).T.ravel(), b):
        return "it is the expected array, transposed"
    return "the entries are right, and only the shape is not" if _close(a, b) else ""


def _constant(a: np.ndarray, b: np.ndarray) -> str:
    return "every entry is 0" if a.size > 1 and not b.any() else ""


def _factor(a: np.ndarray, b: np.ndarray) -> str:
    present = a != 0
    if not present.any() or b[~present].any():
        return ""
    ratios = b[present] / a[present]
    factor = float(np.median(ratios))
    if not np.isfinite(factor) or not factor or not (np.abs(ratios - factor) <= NEAR * abs(factor)).all():
        return ""
    whole = _factor_text(factor)
    if int(present.sum()) == 1 and whole is None:
        return ""  # any two numbers have some factor
    subject = "every entry is" if a.size > 1 else "it is"
    if whole == "-1":
        return "the sign of every entry is flipped" if a.size > 1 else "the sign is flipped"
    times = f"{whole} of" if whole and "/" in whole else f"{whole or _few_digits(factor)} times"
    return f"{subject} {times} the expected one"


def _factor_text(factor: float) -> str | None:
    """Return a whole factor or a whole part as text; None for another one."""
    if not 0.5 / LARGEST_PART < abs(factor) < 2 * LARGEST_PART:
        return None
    whole = round(factor)
    if whole and abs(whole) <= LARGEST_PART and abs(factor - whole) <= NEAR * abs(whole):
        return str(whole)
    part = round(1 / factor)
    if part and abs(part) <= LARGEST_PART and abs(1 / factor - part) <= NEAR * abs(part):
        return f"{'-' if part < 0 else ''}1/{abs(part)}"
    return None


def _distance(a: np.ndarray, b: np.ndarray) -> str:
    distances = b - a
    distance = float(np.median(distances))
    if a.size < 2 or not distance or not (np.abs(distances - distance) <= NEAR * abs(distance)).all():
        return ""
    return f"every entry is {'larger' if distance > 0 else 'smaller'} by {_few_digits(abs(distance))}"


def _order(a: np.ndarray, b: np.ndarray, shape: tuple[int, ...]) -> str:
    is_square = len(shape) == 2 and shape[0] == shape[1] > 1 and a.size == shape[0] * shape[1]
    if is_square and _close(a.reshape(shape).T.ravel(), b):
        return "it is the expected array, transposed"
    if a.size > 1 and _close(a[::-1], b):
        return "the entries are in reverse order"
    return "the entries are right, and in another order" if a.size > 1 and _close(np.sort(a), np.sort(b)) else ""


def _few_digits(number: float) -> str:
    return plain_exponent(f"{number:.{FACTOR_DIGITS}g}")


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    with np.errstate(all="ignore"):
        return bool((np.abs(b - a) <= NEAR * NEAR * np.abs(a).max(initial=0.0) + NEAR * np.abs(a)).all())
