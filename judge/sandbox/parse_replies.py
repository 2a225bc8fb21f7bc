"""Turn a box's frames into evidence: the form of each message is checked, strings are capped, claims stay claims."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from judge.errors import SandboxFault
from judge.evidence import Evidence, Observed, Raised, Unencodable, Value
from judge.inside import budget, layers, messages, protocol, wire
from judge.inside.messages import LoadStage
from judge.inside.wire import BadFrame, Missing, Tree
from judge.sandbox.box import Ending, Reply, StopReason

MAX_TEXT = 4000
MAX_LINE = 1 << 31
NO_REPLY = "the submission wrote to the judge's result pipe"  # what came is not quoted: it may hold a hidden case
BROKEN = "the program that runs the submission broke"  # whose reason is not quoted either
_ENDINGS = {LoadStage.NOT_LOADED: Ending.NOT_LOADED, LoadStage.RAISED: Ending.RAISED_AT_LOAD}
M = TypeVar("M", bound=messages.Message)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """The reason why a submission could not be loaded."""

    ending: Ending
    raised: Raised


def read(reply: Reply, left: budget.Budget) -> Evidence:
    """Return the evidence in a reply; what it claims is spent from `left`.

    Raises BadFrame where it is not the reply to its call, OverBudget where it claims too much.
    """
    message = protocol.decode(reply.header, reply.body, left, messages.Reply)
    if message.nonce != reply.nonce:
        raise BadFrame("not the reply to this case")
    return evidence(message, reply.time_ms)


def rejection(error: BadFrame) -> StopReason:
    """Return how a job ends whose reply was refused with `error`; the sentence holds nothing of the reply."""
    if isinstance(error, budget.OverBudget):
        return StopReason(Ending.OUTPUT_LIMIT, str(error))
    return StopReason(Ending.BAD_REPLY, NO_REPLY)


def read_all(replies: Sequence[Reply]) -> tuple[tuple[Evidence, ...], StopReason | None]:
    """Return the evidence in one job's replies; where one is refused, that before it, and how the job ends then."""
    found: list[Evidence] = []
    left = budget.of_judge()
    try:
        for reply in replies:
            found.append(read(reply, left))
    except BadFrame as error:
        return tuple(found), rejection(error)
    return tuple(found), None


def control(header: bytes, body: bytes, *choices: type[M]) -> M:
    """Return one of a box's short messages beside its replies, which must be one of `choices`. Raises BadFrame."""
    if len(header) > wire.MAX_CONTROL_BYTES:
        raise BadFrame("a message that is too long")
    return protocol.decode(header, body, budget.of_control(), *choices)


def seal(header: bytes, body: bytes) -> tuple[str, ...]:
    """Return the layers that a box has on, from its first message, sent before it has read any foreign code.

    Raises SandboxFault for any other message.
    """
    choices: tuple[type[messages.Message], ...] = (messages.Sealed, messages.LayerRefused, messages.Broken)
    try:
        message = control(header, body, *choices)
    except BadFrame as error:
        raise SandboxFault(f"the box's first message is unreadable: {error}") from error
    match message:
        case messages.Sealed():
            return message.layers
        case messages.LayerRefused():
            raise SandboxFault(f"could not enable sandbox layer {message.layer}: {message.reason}")
        case messages.Broken():
            raise SandboxFault(f"the box broke before it was sealed: {message.reason}")
    raise AssertionError("not reached")


def sealed_enough(layers_on: Sequence[str], left_out: frozenset[str]) -> tuple[str, ...]:
    """Return the layers that a box has on. Raises SandboxFault if one of the minimum is missing, not `left_out`."""
    if missing := set(layers.MINIMUM) - set(layers_on) - left_out:
        raise SandboxFault(f"sandbox layer {min(missing)} is missing")
    return tuple(layers_on)


def failure(message: messages.Loaded) -> Failure | None:
    """Return why a submission could not be loaded, None if it was."""
    if message.failure is None:
        return None
    return Failure(ending=_ENDINGS[message.failure.stage], raised=_raised(message.failure.raised))


def evidence(message: messages.Reply, time_ms: float) -> Evidence:
    """Return the evidence that a reply holds; `time_ms` is the parent's clock."""
    return Evidence(
        value=_value(message.value),
        type_name=message.type[:MAX_TEXT],
        raised=None if message.raised is None else _raised(message.raised),
        observed=tuple(map(_observed, message.observed)),
        also={name: _value(value) for name, value in message.extra_values.items()},
        facts={name: _value(value) for name, value in message.facts.items()},
        time_ms=time_ms,
    )


def _raised(message: messages.Raised) -> Raised:
    return Raised(
        type_name=message.type[:MAX_TEXT],
        message=message.message[:MAX_TEXT],
        traceback=message.traceback[:MAX_TEXT],
        line=message.line if 0 <= message.line < MAX_LINE else 0,
    )


def _observed(message: messages.Observed) -> Observed:
    return Observed(
        before=message.before,
        after=message.after,
        state_before=message.state_before,
        state_after=message.state_after,
        aside=frozenset(path[:MAX_TEXT] for path in message.aside),
    )


def _value(tree: Tree) -> Value:
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
