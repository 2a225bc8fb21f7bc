"""Checks of returned values: real numbers of a shape, close to the reference's, the same bit for bit."""

from collections.abc import Mapping

import numpy as np

from judge.checking.arrays import as_array, as_numbers, is_close, largest_gap, same_bits
from judge.checking.failure import failed
from judge.checking.lookalikes import named_by_lookalike
from judge.checking.phrases import number
from judge.checking.symptoms import NO_MISTAKES, Mistakes, Symptom
from judge.evidence import Value
from judge.jsonable import to_json
from judge.numbers import as_float64
from judge.verdict import Check

Lookalikes = Mapping[str, Value]  # id of a mistake -> the value that it would give


def real_array(
    check_id: str, value: Value, shape: tuple[int, ...], *, mistakes: Mistakes = NO_MISTAKES
) -> tuple[Check, np.ndarray | None]:
    """Check that `value` is an array of `shape` of real, finite numbers; return the check, and the array if it passed.

    The array keeps its own dtype. A list or a tuple of numbers counts as one.
    Symptoms: NOTHING_RETURNED, NOT_NUMBERS, WRONG_SHAPE, NOT_FINITE.
    """
    expected = {"shape": list(shape)}
    array, symptom, message = as_numbers(value)
    if array is not None and array.shape != shape:
        symptom, message = Symptom.WRONG_SHAPE, f"the result has shape {array.shape}, expected {shape}"
    elif array is not None and not (finite := np.isfinite(as_float64(array))).all():
        bad = int((~finite).sum())
        symptom, message = Symptom.NOT_FINITE, f"{bad} of {array.size} numbers in the result are NaN or infinite"
    if symptom is not None or array is None:
        return failed(check_id, message, symptom, mistakes, expected=expected, actual=to_json(value)), None
    return Check(id=check_id, passed=True, expected=expected, actual={"shape": list(array.shape)}), array


def close(
    check_id: str,
    actual: Value,
    expected: Value,
    *,
    rtol: float,
    atol: float = 0.0,
    what: str = "the value",
    lookalikes: Lookalikes | None = None,
    mistakes: Mistakes = NO_MISTAKES,
) -> Check:
    """Check that every entry satisfies |actual - expected| <= atol + rtol * |expected|.

    Shapes are compared first and never broadcast. NaN and infinity are close to nothing, not even to themselves.
    `error` is the largest absolute difference. Where `actual` is wrong and close to a lookalike (and that lookalike is
    wrong too), the mistake is named: LOOKALIKE. Symptoms otherwise: NOTHING_RETURNED, NOT_NUMBERS, WRONG_SHAPE,
    NOT_FINITE, DIFFERENT.
    """
    want = np.asarray(expected)
    got, symptom, message = as_numbers(actual)
    error = None
    if got is not None and got.shape != want.shape:
        symptom, message = Symptom.WRONG_SHAPE, f"{what} has shape {got.shape}, expected {want.shape}"
    elif got is not None:
        wrong = ~is_close(got, want, rtol=rtol, atol=atol)
        if not wrong.any():
            return Check(
                id=check_id, passed=True, expected=to_json(want), actual=to_json(got), error=largest_gap(got, want)
            )
        error = largest_gap(got, want)
        symptom = Symptom.DIFFERENT if np.isfinite(as_float64(got)).all() else Symptom.NOT_FINITE
        message = _how_far(what, got, want, wrong, rtol, atol)
    candidates = {mistake: {"": np.asarray(value)} for mistake, value in (lookalikes or {}).items()}
    named = None if got is None else named_by_lookalike({"": got}, {"": want}, candidates, rtol=rtol, atol=atol)
    return failed(
        check_id,
        message,
        symptom,
        mistakes,
        named=named,
        expected=to_json(want),
        actual=to_json(actual),
        error=error,
    )


def identical(
    check_id: str, actual: Value, expected: Value, *, what: str = "the two values", mistakes: Mistakes = NO_MISTAKES
) -> Check:
    """Check that two arrays or numbers are the same bit for bit: dtype, shape and every byte; NaN is never the same.

    `error` is the largest absolute difference. Symptoms: NOTHING_RETURNED, NOT_NUMBERS, WRONG_SHAPE,
    WRONG_DTYPE, DIFFERENT.
    """
    (got, symptom, message), (want, _, _) = as_array(actual), as_array(expected)
    error = None
    if got is None or want is None:
        message = f"{what} must be identical, but one of them is not an array of numbers"
        symptom = symptom or Symptom.NOT_NUMBERS
    elif got.shape != want.shape:
        symptom, message = Symptom.WRONG_SHAPE, f"{what} must be identical; the shapes are {got.shape} and {want.shape}"
    elif got.dtype != want.dtype:
        symptom, message = Symptom.WRONG_DTYPE, f"{what} must be identical; the dtypes are {got.dtype} and {want.dtype}"
    elif not same_bits(got, want):
        error = largest_gap(got, want)
        size = f" by {number(error)}" if error is not None else ""
        symptom, message = Symptom.DIFFERENT, f"{what} must be identical, bit for bit; they differ{size}"
    wanted, given = to_json(expected if want is None else want), to_json(actual if got is None else got)
    if symptom is None:
        return Check(id=check_id, passed=True, expected=wanted, actual=given)
    return failed(check_id, message, symptom, mistakes, expected=wanted, actual=given, error=error)


def dtype(
    check_id: str, actual: Value, expected: Value, *, what: str = "the result", mistakes: Mistakes = NO_MISTAKES
) -> Check:
    """Check that `actual` has the dtype of `expected`. Symptom: WRONG_DTYPE."""
    got, want = _dtype_of(actual), _dtype_of(expected)
    if got == want:
        return Check(id=check_id, passed=True, expected=want, actual=got)
    message = f"{what} has dtype {got}, expected {want}"
    return failed(check_id, message, Symptom.WRONG_DTYPE, mistakes, expected=want, actual=got)


def _dtype_of(value: Value) -> str:
    array, _, _ = as_array(value)
    return type(value).__name__ if array is None else array.dtype.name


def _allowed(rtol: float, atol: float) -> str:
    """Say what may differ, without terms that are nothing."""
    terms = [number(atol)] * (atol > 0) + [f"{number(rtol)} of the expected size"] * (rtol > 0)
    return f"allowed: {' + '.join(terms) or 'no difference'}"


def _how_far(what: str, got: np.ndarray, want: np.ndarray, wrong: np.ndarray, rtol: float, atol: float) -> str:
    a, b = as_float64(got), as_float64(want)
    with np.errstate(all="ignore"):
        gap = np.where(np.isfinite(a), np.abs(a - b), np.inf)
    worst = np.unravel_index(int(np.argmax(np.where(wrong, gap, -1.0))), got.shape)
    allowed = _allowed(rtol, atol)
    where = f" at index {tuple(int(i) for i in worst)}" if got.ndim else ""
    if not np.isfinite(a[worst]):
        return f"{what} is not finite{where}; {allowed}"
    if not got.ndim:
        return f"{what} is {number(float(a))}, expected {number(float(b))}; {allowed}"
    share = f" in {int(wrong.sum())} of {got.size} entries, most{where}"
    relative = (
        f" ({number(float(gap[worst] / abs(b[worst])))} of its size)" if b[worst] and np.isfinite(b[worst]) else ""
    )
    return f"{what} is off{share} by {number(float(gap[worst]))}{relative}; {allowed}"
