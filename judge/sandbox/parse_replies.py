"""Messages of a box as evidence: the form of each is checked, and nothing else of it is taken for true."""

from dataclasses import dataclass

from judge.evidence import Evidence, Observed, Raised, Unencodable, Value
from judge.inside import budget, wire
from judge.inside.budget import BadFrame
from judge.inside.messages import (
    Broken,
    HandedOver,
    LayerFailed,
    Loaded,
    LoadStage,
    ObservedMessage,
    RaisedMessage,
    ReplyMessage,
    Sealed,
)
from judge.inside.trees import Message, from_tree
from judge.inside.wire import Missing
from judge.sandbox.box import Ending, Reply

NO_REPLY = "the submission wrote to the judge's result pipe"  # what it wrote is not said: it may hold hidden data
MAX_LINE = 1 << 31
_CONTROL: tuple[type[Message], ...] = (Sealed, LayerFailed, Broken, Loaded, HandedOver)
_STAGES = {LoadStage.NOT_LOADED: Ending.NOT_LOADED, LoadStage.RAISED: Ending.RAISED_AT_LOAD}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """The reason why a submission could not be loaded."""

    ending: Ending
    raised: Raised


def read(reply: Reply, left: budget.Budget) -> Evidence:
    """Return the evidence in a reply; what it claims is spent from `left`.

    Raises BadFrame where it is not the reply to its call, OverBudget where it claims too much.
    """
    kind, tree = wire.decode(reply.header, reply.body, left)
    if kind != ReplyMessage.kind:
        raise BadFrame("not a reply")
    message = from_tree(ReplyMessage, tree)
    if message.nonce != reply.nonce:
        raise BadFrame("not the reply to this case")
    return evidence(message, reply.time_ms)


def rejection(error: BadFrame) -> tuple[Ending, str]:
    """Return how a job ends whose reply was refused with `error`, and a sentence that holds nothing of the reply."""
    if isinstance(error, budget.OverBudget):
        return Ending.OUTPUT_LIMIT, str(error)
    return Ending.BAD_REPLY, NO_REPLY


def control(header: bytes, body: bytes) -> Message:
    """Return one of a box's short messages beside its replies. Raises BadFrame."""
    if len(header) > wire.MAX_CONTROL_BYTES:
        raise BadFrame("a message that is too long")
    kind, tree = wire.decode(header, body, budget.of_control())
    for cls in _CONTROL:
        if cls.kind == kind:
            return from_tree(cls, tree)
    raise BadFrame("an unknown message")


def failure(message: Loaded) -> Failure | None:
    """Return the failure that `message` reports; None where the submission was loaded."""
    if message.failure is None:
        return None
    return Failure(ending=_STAGES[message.failure.stage], raised=_raised(message.failure.raised))


def evidence(message: ReplyMessage, time_ms: float) -> Evidence:
    """Return the evidence that a reply holds; `time_ms` is the parent's clock."""
    return Evidence(
        value=_value(message.value),
        type_name=message.type_name,
        raised=None if message.raised is None else _raised(message.raised),
        observed=tuple(map(_observed, message.observed)),
        also={name: _value(value) for name, value in message.also.items()},
        facts={name: _value(value) for name, value in message.facts.items()},
        time_ms=time_ms,
    )


def _raised(message: RaisedMessage) -> Raised:
    return Raised(
        type_name=message.type_name,
        message=message.message,
        traceback=message.traceback,
        line=message.line if 0 <= message.line < MAX_LINE else 0,
    )


def _observed(message: ObservedMessage) -> Observed:
    return Observed(
        before=message.before,
        after=message.after,
        state_before=message.state_before,
        state_after=message.state_after,
        aside=frozenset(message.aside),
    )


def _value(tree: Value) -> Value:
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
