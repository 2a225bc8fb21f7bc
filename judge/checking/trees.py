"""Checks of nested results: the reference's structure, before any value is compared; then its values, leaf by leaf."""

from collections.abc import Callable, Mapping

import numpy as np

from judge.checking.arrays import largest_gap, largest_of
from judge.checking.failure import failed
from judge.checking.lookalikes import all_close, named_by_lookalike
from judge.checking.phrases import names, off_by
from judge.checking.symptoms import NO_MISTAKES, Mistakes, Symptom
from judge.errors import PackageFault
from judge.evidence import Unencodable, Value
from judge.jsonable import to_json
from judge.numbers import is_real
from judge.verdict import Check


def flat_leaves(value: Value) -> dict[str, np.ndarray]:
    """Return the arrays and numbers in nested dicts, lists and tuples by dotted path ("layers.0.kernel").

    Numbers become arrays of shape (); values of other types are left out.
    """
    return {path: leaf for path, leaf in _walk(value, "") if isinstance(leaf, np.ndarray)}


def structure(check_id: str, actual: Value, expected: Value, *, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Check that nested dicts and lists of arrays have the reference's paths and, at each, its shape of real numbers.

    Lists and tuples count as the same. Symptoms: NOTHING_RETURNED, NOT_NUMBERS, OTHER_TREE, WRONG_SHAPE.
    """
    want, got = dict(_walk(expected, "")), dict(_walk(actual, ""))
    shapes = to_json({path: _shape(leaf) for path, leaf in want.items()})
    got_shapes = None if actual is None else to_json({path: _shape(leaf) for path, leaf in got.items()})
    symptom, message = _difference(actual, got, want)
    if symptom is None:
        return Check(id=check_id, passed=True, expected=shapes, actual=got_shapes)
    return failed(check_id, message, symptom, mistakes, expected=shapes, actual=got_shapes)


def tree_close(
    check_id: str,
    actual: Value,
    expected: Value,
    *,
    rtol: float,
    atol: float = 0.0,
    select: Callable[[str], bool] = lambda path: True,
    lookalikes: Mapping[str, Value] | None = None,
    mistakes: Mistakes = NO_MISTAKES,
) -> Check:
    """Check that every leaf whose path is selected has the reference's values; to be used where `structure` passed.

    `error` is the largest difference of an entry. Where all selected leaves are those of a lookalike (a tree like the
    reference's) and the reference's are not, the mistake is named. Symptoms: OTHER_TREE, LOOKALIKE, DIFFERENT. Raises
    PackageFault where no leaf of the reference is selected.
    """
    want = {path: leaf for path, leaf in flat_leaves(expected).items() if select(path)}
    got = {path: leaf for path, leaf in flat_leaves(actual).items() if path in want}
    if not want:  # the check could only pass
        raise PackageFault(f"{check_id}: no leaf of the reference's result is selected")
    if not _alike(got, want):
        message = "the result has other leaves, or leaves of other shapes, than the reference's"
        return failed(check_id, message, Symptom.OTHER_TREE, mistakes)
    wrong = [path for path, leaf in want.items() if not all_close(got, {path: leaf}, rtol=rtol, atol=atol)]
    error = largest_of(largest_gap(got[path], want[path]) for path in want)
    if not wrong:
        return Check(id=check_id, passed=True, expected=to_json(want), actual=to_json(got), error=error)
    candidates = {mistake: flat_leaves(tree) for mistake, tree in (lookalikes or {}).items()}
    return failed(
        check_id,
        f"{names(path or 'the array' for path in wrong)} {'is' if len(wrong) == 1 else 'are'} {off_by(error)}",
        Symptom.DIFFERENT,
        mistakes,
        named=named_by_lookalike(got, want, candidates, rtol=rtol, atol=atol),
        expected=to_json(want),
        actual=to_json(got),
        error=error,
    )


def _alike(got: dict[str, np.ndarray], want: dict[str, np.ndarray]) -> bool:
    return set(got) == set(want) and all(
        got[path].shape == leaf.shape and is_real(got[path]) for path, leaf in want.items()
    )


def _difference(actual: Value, got: Mapping[str, Value], want: Mapping[str, Value]) -> tuple[Symptom | None, str]:
    if actual is None:
        return Symptom.NOTHING_RETURNED, "nothing was returned (None): is a return statement missing?"
    missing, more = sorted(set(want) - set(got)), sorted(set(got) - set(want))
    if missing or more:
        lacks = f" lacks {names(_named(missing))}" if missing else ""
        has = f" has {names(_named(more))}, which should not be there" if more else ""
        return Symptom.OTHER_TREE, f"the result{lacks}{' and' if lacks and has else ''}{has}"
    for path, leaf in want.items():
        found = got[path]
        if not isinstance(found, np.ndarray) or not is_real(found):
            return Symptom.NOT_NUMBERS, f"{path or 'the result'} is {_shape(found)}, not an array of real numbers"
        shape = leaf.shape if isinstance(leaf, np.ndarray) else ()
        if found.shape != shape:
            return Symptom.WRONG_SHAPE, f"{path or 'the result'} has shape {found.shape}, expected {shape}"
    return None, ""


def _walk(value: Value, path: str) -> list[tuple[str, Value]]:
    if isinstance(value, Mapping):
        children = [(str(key).replace(".", "\\."), item) for key, item in value.items()]  # a dot in a key does not nest
    elif isinstance(value, list | tuple):
        children = [(str(index), item) for index, item in enumerate(value)]
    else:
        is_number = isinstance(value, bool | int | float | np.generic)
        return [(path, np.asarray(value) if is_number else value)]
    return [leaf for name, item in children for leaf in _walk(item, f"{path}.{name}" if path else name)]


def _named(paths: list[str]) -> list[str]:
    return [path or "a single array" for path in paths]


def _shape(leaf: Value) -> str:
    if isinstance(leaf, np.ndarray):
        return f"{leaf.dtype.name}{list(leaf.shape)}"
    return leaf.type_name if isinstance(leaf, Unencodable) else str(to_json(type(leaf).__name__))
