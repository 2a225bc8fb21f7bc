"""Checks of returned values: are they numbers, close to the reference's, the same bit for bit?"""

from collections.abc import Iterable, Mapping

import numpy as np

from judge.checking.show import finite, number, to_json
from judge.checking.signs import NO_MISTAKES, Mistakes, Sign
from judge.evidence import Unencodable, Value
from judge.verdict import Check

REAL_KINDS = "iuf"  # NumPy's letters for integers, unsigned integers and floats; bool and complex are no answers
NARROW_FLOATS = ("bfloat16", "float8_e4m3fn", "float8_e5m2")  # real numbers that NumPy itself has no kind for
Lookalikes = Mapping[str, Value]  # id of a mistake -> the value that it would give


def real_array(
    check_id: str, value: Value, shape: tuple[int, ...], *, mistakes: Mistakes = NO_MISTAKES
) -> tuple[Check, np.ndarray | None]:
    """Whether `value` becomes an array of `shape` of real, finite numbers; the array, in its own dtype, if so.

    A list, a tuple or an array is fine. Signs: NOTHING_RETURNED, NOT_NUMBERS, WRONG_SHAPE, NOT_FINITE.
    """
    expected = {"shape": list(shape)}
    array, sign, trouble = _as_numbers(value)
    if array is not None and array.shape != shape:
        sign, trouble = Sign.WRONG_SHAPE, f"the result has shape {array.shape}, expected {shape}"
    elif array is not None and not np.isfinite(array.astype(np.float64)).all():
        bad = int((~np.isfinite(array.astype(np.float64))).sum())
        sign, trouble = Sign.NOT_FINITE, f"{bad} of {array.size} numbers in the result are NaN or infinite"
    if sign is not None or array is None:
        mistake = mistakes.get(sign) if sign else None
        return Check(
            id=check_id, passed=False, message=trouble, expected=expected, actual=to_json(value), mistake=mistake
        ), None
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
    """Whether every entry satisfies |actual - expected| <= atol + rtol * |expected|.

    Shapes are compared first and never broadcast. NaN and infinity are close to nothing, not even to themselves.
    `error` is the largest absolute difference. Where `actual` is wrong and close to a lookalike (and that lookalike is
    wrong too), the mistake is named. Signs otherwise: NOTHING_RETURNED, NOT_NUMBERS, WRONG_SHAPE, NOT_FINITE,
    DIFFERENT.
    """
    want = np.asarray(expected)
    got, sign, trouble = _as_numbers(actual)
    error = None
    if got is not None and got.shape != want.shape:
        sign, trouble = Sign.WRONG_SHAPE, f"{what} has shape {got.shape}, expected {want.shape}"
    elif got is not None:
        wrong = ~is_close(got, want, rtol=rtol, atol=atol)
        if not wrong.any():
            return Check(
                id=check_id, passed=True, expected=to_json(want), actual=to_json(got), error=largest_gap(got, want)
            )
        error = largest_gap(got, want)
        sign = Sign.DIFFERENT if np.isfinite(got.astype(np.float64)).all() else Sign.NOT_FINITE
        trouble = _how_far(what, got, want, wrong, rtol, atol)
    named = resembles(got, want, lookalikes or {}, rtol=rtol, atol=atol)
    return Check(
        id=check_id,
        passed=False,
        message=trouble,
        expected=to_json(want),
        actual=to_json(actual),
        error=error,
        mistake=named or (mistakes.get(sign) if sign else None),
    )


def identical(
    check_id: str, actual: Value, expected: Value, *, what: str = "the two values", mistakes: Mistakes = NO_MISTAKES
) -> Check:
    """Whether two arrays or numbers are the same bit for bit: dtype, shape and every byte; NaN is never the same.

    `error` is the largest absolute difference. Signs: WRONG_SHAPE, WRONG_DTYPE, DIFFERENT.
    """
    got, want = np.asarray(actual), np.asarray(expected)
    sign, trouble, error = None, "", None
    if got.shape != want.shape:
        sign, trouble = Sign.WRONG_SHAPE, f"{what} must be identical; the shapes are {got.shape} and {want.shape}"
    elif got.dtype != want.dtype:
        sign, trouble = Sign.WRONG_DTYPE, f"{what} must be identical; the dtypes are {got.dtype} and {want.dtype}"
    elif not same_bits(got, want):
        error = largest_gap(got, want) if is_real(got) else None
        size = f" by {number(error)}" if error is not None else ""
        sign, trouble = Sign.DIFFERENT, f"{what} must be identical, bit for bit; they differ{size}"
    return Check(
        id=check_id,
        passed=sign is None,
        message=trouble,
        expected=to_json(want),
        actual=to_json(got),
        error=error,
        mistake=mistakes.get(sign) if sign else None,
    )


def dtype(
    check_id: str, actual: Value, expected: Value, *, what: str = "the result", mistakes: Mistakes = NO_MISTAKES
) -> Check:
    """Whether `actual` has the dtype of `expected`. Sign: WRONG_DTYPE."""
    got, want = np.asarray(actual).dtype.name, np.asarray(expected).dtype.name
    passed = got == want
    return Check(
        id=check_id,
        passed=passed,
        message="" if passed else f"{what} has dtype {got}, expected {want}",
        expected=want,
        actual=got,
        mistake=None if passed else mistakes.get(Sign.WRONG_DTYPE),
    )


def is_real(array: np.ndarray) -> bool:
    """Whether the dtype is one of integers or floats; booleans and complex numbers are not."""
    return array.dtype.kind in REAL_KINDS or array.dtype.name in NARROW_FLOATS


def is_close(got: np.ndarray, want: np.ndarray, *, rtol: float, atol: float) -> np.ndarray:
    """Entry by entry, whether |got - want| <= atol + rtol * |want|, in float64; equal shapes. NaN, inf: False."""
    a, b = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(a - b) <= atol + rtol * np.abs(b)
    return np.asarray(near & np.isfinite(a) & np.isfinite(b))


def same_bits(got: np.ndarray, want: np.ndarray) -> bool:
    """Whether two arrays have the same dtype, shape and bytes, and hold no NaN."""
    if got.shape != want.shape or got.dtype != want.dtype:
        return False
    if got.dtype.kind not in "biu" and np.isnan(got).any():
        return False
    return np.ascontiguousarray(got).tobytes() == np.ascontiguousarray(want).tobytes()


def largest_gap(got: np.ndarray, want: np.ndarray) -> float | None:
    """The largest absolute difference of two arrays of one shape, in float64; None where that is not finite."""
    with np.errstate(invalid="ignore"):
        return finite(float(np.abs(got.astype(np.float64) - want.astype(np.float64)).max(initial=0.0)))


def largest_of(gaps: Iterable[float | None]) -> float | None:
    """The largest of some gaps; None where one of them is not finite."""
    known = list(gaps)
    return None if None in known else max((gap for gap in known if gap is not None), default=0.0)


def resembles(
    got: np.ndarray | None, want: np.ndarray, lookalikes: Lookalikes, *, rtol: float, atol: float
) -> str | None:
    """The first of `lookalikes` that `got` is close to and `want` is not; None if there is none."""
    for name, value in lookalikes.items():
        like = np.asarray(value)
        if got is None or like.shape != got.shape or not is_real(like):
            continue
        is_reference = like.shape == want.shape and is_close(like, want, rtol=rtol, atol=atol).all()
        if not is_reference and is_close(got, like, rtol=rtol, atol=atol).all():
            return name
    return None


def _as_numbers(value: Value) -> tuple[np.ndarray | None, Sign | None, str]:
    if value is None:
        return None, Sign.NOTHING_RETURNED, "nothing was returned (None): is a return statement missing?"
    if isinstance(value, Unencodable):
        return None, Sign.NOT_NUMBERS, f"an object of type {value.type_name} came back, which is no array of numbers"
    try:
        array = np.asarray(value)
    except (ValueError, TypeError, OverflowError):
        return None, Sign.WRONG_SHAPE, "the result's parts have different shapes, so it does not become one array"
    if not is_real(array):
        return None, Sign.NOT_NUMBERS, f"the result is {_kind_of(value, array)}, not real numbers"
    return array, None, ""


def _kind_of(value: Value, array: np.ndarray) -> str:
    if array.dtype.kind in "OUS":
        return f"a {type(value).__name__} that holds other things than numbers"
    return f"of dtype {array.dtype.name}"


def _how_far(what: str, got: np.ndarray, want: np.ndarray, wrong: np.ndarray, rtol: float, atol: float) -> str:
    a, b = got.astype(np.float64), want.astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = np.where(np.isfinite(a), np.abs(a - b), np.inf)
    worst = np.unravel_index(int(np.argmax(np.where(wrong, gap, -1.0))), got.shape)
    allowed = f"allowed: {number(atol)} + {number(rtol)} of the expected size"
    where = f" at index {tuple(int(i) for i in worst)}" if got.ndim else ""
    if not np.isfinite(a[worst]):
        return f"{what} is not finite{where}; {allowed}"
    share = f" in {int(wrong.sum())} of {got.size} entries, most{where}" if got.ndim else ""
    relative = (
        f" ({number(float(gap[worst] / abs(b[worst])))} of its size)" if b[worst] and np.isfinite(b[worst]) else ""
    )
    return f"{what} is off{share} by {number(float(gap[worst]))}{relative}; {allowed}"
