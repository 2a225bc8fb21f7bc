"""Encode messages as frames and as packets, and decode them.

A packet is one message between the judge and a zygote, as the JSON object `{"kind": ..., "content": ...}`; descriptors
that belong to it travel beside it. A frame is one message to or from a child; what a box claims in one is spent from a
budget.
"""

import json
from typing import TypeVar

from . import budget, trees, wire
from .messages import Message
from .wire import BadFrame, Tree

MAX_PACKET_BYTES = 128 * 1024
M = TypeVar("M", bound=Message)


def encode(message: Message) -> bytes:
    """Return `message` as one frame. Raises BadFrame where a value can't be sent, OverBudget."""
    return wire.encode(message.kind, trees.to_tree(message))


def decode(header: bytes, body: bytes, left: budget.Budget | None, *choices: type[M]) -> M:
    """Return the message of one frame, which must be one of `choices`; what it claims is spent from `left`.

    Raises BadFrame for anything else, OverBudget.
    """
    kind, tree = wire.decode(header, body, left)
    return _choose(kind, tree, choices)


def encode_packet(message: Message) -> bytes:
    """Return `message` as a packet of JSON."""
    return json.dumps({"kind": message.kind, "content": trees.to_tree(message)}).encode()


def decode_packet(packet: bytes, *choices: type[M]) -> M:
    """Return the message of one packet, which must be one of `choices`. Raises ValueError, BadFrame among them."""
    parsed = json.loads(packet)
    return _choose(parsed["kind"], parsed["content"], choices)


def _choose(kind: str, tree: Tree, choices: tuple[type[M], ...]) -> M:
    for choice in choices:
        if choice.kind == kind:
            return trees.from_tree(choice, tree)
    raise BadFrame("another message than expected")
