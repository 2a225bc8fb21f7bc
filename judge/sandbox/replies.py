"""From a box's frames to evidence: the form of each message checked, strings capped, nothing else believed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from judge.evidence import Evidence, Observed, Raised, Unencodable, Value
from judge.inside.wire import BadFrame, Missing, mapping
from judge.sandbox.base import Ending

MAX_TEXT = 4000
MAX_OBSERVED = 16
_STAGES = {"not_loaded": Ending.NOT_LOADED, "raised": Ending.RAISED_AT_LOAD}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a submission could not be loaded."""

    ending: Ending
    raised: Raised


def failure(tree: Any) -> Failure | None:
    """The failure that a `loaded` message tells of, None where all went well. Raises BadFrame."""
    told = mapping(tree).get("failure")
    if told is None:
        return None
    told = mapping(told)
    stage = told.get("stage")
    if stage not in _STAGES:
        raise BadFrame("an unknown stage")
    return Failure(ending=_STAGES[stage], raised=_raised(told.get("raised")))


def evidence(tree: Any, time_ms: float) -> Evidence:
    """The evidence that a `reply` message holds; `time_ms` is the parent's clock. Raises BadFrame."""
    tree = mapping(tree)
    raised = tree.get("raised")
    observed = tree.get("observed")
    if not isinstance(observed, list) or len(observed) > MAX_OBSERVED:
        raise BadFrame("observed is no list, or too long")
    return Evidence(
        value=_value(tree.get("value")),
        type_name=_text(tree.get("type")),
        raised=None if raised is None else _raised(raised),
        observed=tuple(_observed(entry) for entry in observed),
        also={name: _value(value) for name, value in mapping(tree.get("also")).items()},
        facts={name: _value(value) for name, value in mapping(tree.get("facts")).items()},
        time_ms=time_ms,
    )


def _raised(tree: Any) -> Raised:
    tree = mapping(tree)
    line = tree.get("line")
    return Raised(
        type_name=_text(tree.get("type")),
        message=_text(tree.get("message")),
        traceback=_text(tree.get("traceback")),
        line=line if type(line) is int and 0 <= line < 1 << 31 else 0,
    )


def _observed(tree: Any) -> Observed:
    tree = mapping(tree)
    aside = tree.get("aside")
    if not isinstance(aside, list):
        raise BadFrame("aside is no list")
    return Observed(
        **{name: _leaves(tree.get(name)) for name in ("before", "after", "state_before", "state_after")},
        aside=frozenset(map(_text, aside)),
    )


def _leaves(tree: Any) -> dict[str, np.ndarray]:
    leaves = mapping(tree)
    if not all(isinstance(leaf, np.ndarray) for leaf in leaves.values()):
        raise BadFrame("a leaf that is no array")
    return dict(leaves)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadFrame("no text where text belongs")
    return value[:MAX_TEXT]


def _value(tree: Any) -> Value:
    match tree:
        case Missing():
            return Unencodable(type_name=tree[0], reason=tree[1])
        case list():
            return [_value(item) for item in tree]
        case tuple():
            return tuple(_value(item) for item in tree)
        case dict():
            return {key: _value(item) for key, item in tree.items()}
        case _:
            return tree
