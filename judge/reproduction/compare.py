"""Compares what one call returned, and did to its model, with what is expected. `repro.py` holds these functions.

A call is {"value": what it returned, "models": a list of models}; what is expected has one "model" instead, or None. A
model is {"before", "after", "state"}: leaves by path when its optimizer was built, at the end, and of the optimizer.
"""

from typing import Any

import numpy as np

RESULT = (2e-5, 2e-6)  # relative and absolute: another processor adds in another order
CHANGE = (1e-3, 1e-6)  # of a step: the difference of two arrays of float32
MOMENTS = ("mu", "nu", "trace")


def differences(actual: Any, expected: Any) -> dict[str, str]:
    """Return a sentence by each aspect that differs: result, model, start, frozen, trained, memory, steps."""
    found = {"result": value_difference(actual["value"], expected["value"], "the result")}
    want = expected["model"]
    if want is not None:
        got = model_like(actual["models"], want)
        if got is None:
            paths = ", ".join(want["before"])
            found["model"] = f"no nnx.Optimizer was seen whose model has the parameters {paths}"
        else:
            found |= step_differences(got, want)
    return {aspect: sentence for aspect, sentence in found.items() if sentence}


def value_difference(actual: Any, expected: Any, where: str) -> str:
    """Return how a value differs from the expected one; "" where it does not."""
    actual = actual.get_value() if hasattr(actual, "get_value") else actual
    if isinstance(expected, dict):
        for name, each in expected.items():
            try:
                inner = actual[name]
            except (KeyError, TypeError, IndexError, AttributeError):
                return f"{where} has no {name!r}"
            if text := value_difference(inner, each, f"{where}[{name!r}]"):
                return text
        return ""
    if isinstance(expected, list | tuple):
        if not isinstance(actual, list | tuple) or len(actual) != len(expected):
            return f"{where} should have {len(expected)} items"
        pairs = enumerate(zip(actual, expected, strict=True))
        return next((text for i, (a, b) in pairs if (text := value_difference(a, b, f"{where}[{i}]"))), "")
    if expected is None or isinstance(expected, str):
        return "" if type(actual) is type(expected) and actual == expected else f"{where} should be {expected!r}"
    if holds_text(actual):
        return f"{where} is not made of numbers"  # as an array, each text would be as long as the longest
    try:
        numbers, wanted = np.asarray(actual), np.asarray(expected)
        if numbers.shape != wanted.shape:
            return f"{where} has the shape {numbers.shape}; expected {wanted.shape}"
        if wanted.dtype == object:  # whole numbers beyond 64 bits
            return "" if actual == expected else f"{where} is another number than expected"
        same = np.isclose(numbers, wanted, *RESULT, equal_nan=True)
    except (TypeError, ValueError):
        return f"{where} is not made of numbers"
    if same.all():
        return ""
    place = tuple(int(axis[0]) for axis in np.nonzero(~same)) if wanted.shape else ()
    at = f" at {list(place)}" if place else ""
    return f"{where} is {numbers[place].item():.8g}{at}; expected {wanted[place].item():.8g}"


def holds_text(value: Any) -> bool:
    """Return whether a value is a text, or a list in which there is one."""
    return isinstance(value, str | bytes) or (isinstance(value, list | tuple) and any(map(holds_text, value)))


def model_like(models: Any, want: Any) -> Any:
    """Return the last of `models` that has the leaves of `want`, and rather one with its start values; or None."""
    shapes = {path: array.shape for path, array in want["before"].items()}
    like = [each for each in models if all(np.shape(each["before"].get(path)) == shapes[path] for path in shapes)]
    started = [each for each in like if not start_difference(each, want)]
    return (started or like or [None])[-1]


def start_difference(got: Any, want: Any) -> str:
    """Return how the start values differ; "" where they don't."""
    for path, wanted in want["before"].items():
        if not np.allclose(got["before"][path], wanted, *RESULT):
            return f"{path} started from other values than expected"
    return ""


def step_differences(got: Any, want: Any) -> dict[str, str]:
    """Return how a step differs from the expected one, by aspect; some sentences may be empty."""
    found = {"start": start_difference(got, want), "frozen": "", "trained": "", "memory": "", "steps": ""}
    for path, before in want["before"].items():
        wanted, moved = want["after"][path], got["after"].get(path)
        if np.shape(moved) != wanted.shape:
            found["trained"] = f"{path} has another shape after the step"
        elif np.array_equal(before, wanted):
            if not np.array_equal(got["before"][path], moved):
                size = np.linalg.norm(np.subtract(moved, got["before"][path], dtype=float))
                found["frozen"] = f"{path} is frozen, but moved by {size:.6g}"
        else:
            change, usual = np.subtract(moved, got["before"][path]), np.subtract(wanted, before)
            if not np.allclose(change, usual, *CHANGE):
                lengths = f"{np.linalg.norm(change):.6g}; expected {np.linalg.norm(usual):.6g}"
                found["trained"] = f"{path} did not move as expected: by {lengths} in length"
    usual, kept = moments(want["state"]), moments(got["state"])
    held = [path for path, before in want["before"].items() if np.array_equal(before, want["after"][path])]
    for path, moment in kept.items():
        if path not in usual and path.partition(".")[2] in held and moment.any():
            found["memory"] = f"the optimizer's memory {path} should be zero: its parameter is frozen"
    for path, wanted in usual.items():
        moment = kept.get(path, np.zeros(wanted.shape))  # what is frozen by its label has no memory at all
        if np.shape(moment) != wanted.shape or not np.allclose(moment, wanted, *CHANGE) or moment[wanted == 0].any():
            found["memory"] = f"the optimizer's memory {path} is not as expected"
    counted, wanted = got["state"].get("step"), want["state"].get("step")
    if counted is not None and wanted is not None and not np.array_equal(counted, wanted):
        found["steps"] = f"the optimizer took {counted} steps; expected {wanted}"
    return found


def moments(state: Any) -> dict[str, Any]:
    """Return the running means in an optimizer's state, by kind and parameter: `mu.l1.kernel`."""
    found = {}
    for path, array in state.items():
        parts = path.split(".")
        kind = next((i for i, part in enumerate(parts) if part in MOMENTS), None)
        if kind is not None and kind < len(parts) - 1:
            found[".".join(parts[kind:])] = np.asarray(array)
    return found
