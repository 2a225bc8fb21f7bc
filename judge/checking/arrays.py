"""Arrays of numbers as a box claims them: which dtypes count, and how two are compared.

Every function here takes any value that `judge.evidence.Value` allows, of any dtype that JAX has, and raises nothing.
"""

import math
from collections.abc import Iterable

import numpy as np

from judge.checking.symptoms import Symptom
from judge.evidence import Unencodable, Value
from judge.numbers import as_float64, is_real

NAME_CHARACTERS = 80  # of a type's name in a sentence


def as_array(value: Value) -> tuple[np.ndarray | None, Symptom | None, str]:
    """Return `value` as one array of numbers or booleans of its own dtype; or None, a symptom, and a sentence.

    The entries are looked at before NumPy is called: from a list of texts or of ragged lists it would make an array
    that is a thousand times as large.
    """
    if value is None:
        return None, Symptom.NOTHING_RETURNED, "nothing was returned (None): is a return statement missing?"
    if isinstance(value, Unencodable):
        name = value.type_name[:NAME_CHARACTERS]
        return None, Symptom.NOT_NUMBERS, f"returned {name}; expected an array of numbers"
    if not isinstance(value, np.ndarray | np.generic) and not _is_nested_numbers(value):
        return None, Symptom.NOT_NUMBERS, _not_numbers(value)
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError, MemoryError):
        return None, Symptom.WRONG_SHAPE, "the parts of the result have different shapes, so they do not form one array"
    if array.dtype.kind not in "OUS":
        return array, None, ""
    too_large = "the result holds an integer that needs more than 64 bits"
    return None, Symptom.NOT_NUMBERS, _not_numbers(value) if isinstance(value, np.ndarray | np.generic) else too_large


def as_numbers(value: Value) -> tuple[np.ndarray | None, Symptom | None, str]:
    """Return the result of `as_array` for real numbers alone: booleans and complex numbers are NOT_NUMBERS."""
    array, symptom, message = as_array(value)
    if array is not None and not is_real(array):
        return None, Symptom.NOT_NUMBERS, f"the result has dtype {array.dtype.name}; expected real numbers"
    return array, symptom, message


def difference(after: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Return `after` - `before`, two arrays of one shape, as float64; NaN where one of them is not a real number."""
    with np.errstate(all="ignore"):
        return np.asarray(as_float64(after) - as_float64(before))


def is_close(got: np.ndarray, want: np.ndarray, *, rtol: float, atol: float) -> np.ndarray:
    """Return a bool array of the arguments' one shape: True where |got - want| <= atol + rtol * |want|, in float64.

    NaN, infinity and numbers that are not real are close to nothing.
    """
    a, b = as_float64(got), as_float64(want)
    with np.errstate(all="ignore"):
        within = np.abs(a - b) <= atol + rtol * np.abs(b)
    return np.asarray(within & np.isfinite(a) & np.isfinite(b))


def same_bits(got: np.ndarray, want: np.ndarray) -> bool:
    """Return True if two arrays have the same dtype, shape and bytes, and hold no NaN."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return False
    if _has_nan(got):
        return False
    return np.ascontiguousarray(got).tobytes() == np.ascontiguousarray(want).tobytes()


def largest_gap(got: np.ndarray, want: np.ndarray) -> float | None:
    """Return the largest absolute difference of two arrays of one shape, in float64; None where it is not finite."""
    with np.errstate(all="ignore"):
        gap = float(np.abs(as_float64(got) - as_float64(want)).max(initial=0.0))
    return gap if math.isfinite(gap) else None


def largest_of(gaps: Iterable[float | None]) -> float | None:
    """Return the largest of some gaps; None where one of them is not finite."""
    known = list(gaps)
    return None if None in known else max((gap for gap in known if gap is not None), default=0.0)


def norm(array: np.ndarray) -> float | None:
    """Return the Euclidean norm of all entries, in float64; None where it is not finite or not of real numbers."""
    with np.errstate(all="ignore"):
        size = float(np.linalg.norm(as_float64(array).ravel()))
    return size if math.isfinite(size) else None


def whole_number(value: Value) -> int | None:
    """Return the integer that an array of one entry holds exactly; None for NaN, 1.5, 1j, [1, 2] and the like."""
    array = np.asarray(value) if isinstance(value, np.ndarray | np.generic | int | float) else None
    if array is None or array.size != 1 or not is_real(array):
        return None
    number = array.astype(np.float64).item() if array.dtype.kind not in "iu" else array.item()
    return int(number) if math.isfinite(number) and number == int(number) else None


def _not_numbers(value: Value) -> str:
    name = type(value).__name__[:NAME_CHARACTERS]
    if isinstance(value, list | tuple | np.ndarray):
        return f"returned a {name} with entries that are not numbers; expected an array of numbers"
    return f"returned {name}; expected an array of numbers"


def _has_nan(array: np.ndarray) -> bool:
    if array.dtype.kind in "biu":
        return False
    if array.dtype.kind == "c":
        return bool(np.isnan(array).any())
    return is_real(array) and bool(np.isnan(as_float64(array)).any())


def _is_nested_numbers(value: Value) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_nested_numbers(item) for item in value)
    return isinstance(value, bool | int | float | complex | np.ndarray | np.generic)
