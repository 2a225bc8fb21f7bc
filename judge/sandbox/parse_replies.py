"""From a box's frames to evidence: the form of each message checked, strings capped, nothing else believed."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from judge.evidence import Evidence, Observed, Raised, Unencodable, Value
from judge.inside import budget, wire
from judge.inside.wire import BadFrame, Missing, mapping
from judge.sandbox.box import Ending, Reply

MAX_TEXT = 4000
MAX_OBSERVED = 16
NO_REPLY = "something else than a result came back on the channel of the results"  # what came is not said: it may tell
_STAGES = {"not_loaded": Ending.NOT_LOADED, "raised": Ending.RAISED_AT_LOAD}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """Why a submission could not be loaded."""

    ending: Ending
    raised: Raised


def read(reply: Reply, left: budget.Budget) -> Evidence:
    """Return the evidence in a reply; what it claims is spent from `left`.

    Raises BadFrame where it is not the reply to its call, OverBudget where it claims too much.
    """
    kind, tree = wire.decode(reply.header, reply.body, left)
    if kind != "reply" or mapping(tree).get("nonce") != reply.nonce:
        raise BadFrame("not the reply to this case")
    return evidence(tree, reply.time_ms)


def rejection(error: BadFrame) -> tuple[Ending, str]:
    """Return how a job ends whose reply was refused with `error`, and a sentence that holds nothing of the reply."""
    if isinstance(error, budget.OverBudget):
        return Ending.OUTPUT_LIMIT, str(error)
    return Ending.BAD_REPLY, NO_REPLY


def control(header: bytes, body: bytes) -> tuple[str, Any]:
    """Return (kind, tree) of one of a box's short messages beside its replies. Raises BadFrame."""
    if len(header) > wire.MAX_CONTROL_BYTES:
        raise BadFrame("a message that is too long")
    return wire.decode(header, body, budget.of_control())


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
    aside = tree.get("aside", [])
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
