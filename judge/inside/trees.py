"""Messages as trees, frames and packets, and back: one generic way for every class in messages.py.

A tree becomes a message only if it has exactly the fields of the class, each of its declared type; any other tree is a
BadFrame. Sizes, depth and counts are limited before that, where a frame is decoded (see wire.py and budget.py).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, ClassVar, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from . import wire
from .budget import BadFrame

MAX_TEXT = 4_000  # characters of one text; a longer one is cut
MAX_ITEMS = 1_000  # of one list
Read = Callable[[object], Any]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message. `kind` names it in its frame or packet."""

    kind: ClassVar[str]


AnyMessage = TypeVar("AnyMessage", bound=Message)


def to_tree(message: Message) -> dict[str, Any]:
    """Return the fields of `message`, nested messages as dicts."""
    return {each.name: _lowered(getattr(message, each.name)) for each in fields(message)}


def from_tree(cls: type[AnyMessage], tree: object) -> AnyMessage:
    """Return the message of class `cls` that `tree` holds.

    Texts are cut to MAX_TEXT characters. Raises BadFrame where a field is missing, unknown or of another type, or where
    a list is too long.
    """
    key: Any = cls  # mypy takes a class variable for unhashable
    readers: Mapping[str, Read] = _readers(key)
    if not isinstance(tree, dict) or tree.keys() != readers.keys():
        raise BadFrame(f"{cls.__name__} has other fields")
    return cls(**{name: read(tree[name]) for name, read in readers.items()})


def to_frame(message: Message) -> bytes:
    """Return the frame of a message. Raises what `wire.encode` raises."""
    return wire.encode(message.kind, to_tree(message))


def to_packet(message: Message) -> bytes:
    """Return `message` as one packet for a socket between the judge and a zygote."""
    return json.dumps({"kind": message.kind, **to_tree(message)}).encode()


def from_packet(packet: bytes, *classes: type[Message]) -> Message:
    """Return the message in `packet`, of one of `classes`. Raises BadFrame for anything else."""
    try:
        tree = json.loads(packet)
        kind = tree.pop("kind")
    except (ValueError, AttributeError, KeyError, TypeError) as error:
        raise BadFrame("not a packet") from error
    for cls in classes:
        if cls.kind == kind:
            return from_tree(cls, tree)
    raise BadFrame("another message than was expected")


def _lowered(value: object) -> object:
    if isinstance(value, Message):
        return to_tree(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple) and value and isinstance(value[0], Message):
        return [to_tree(each) for each in value]
    return value


@cache
def _readers(cls: Any) -> Mapping[str, Read]:
    hints = get_type_hints(cls)
    return {each.name: _reader(hints[each.name], each.metadata.get("most")) for each in fields(cls)}


def _reader(hint: Any, most: int | None = None) -> Read:
    """Return a function that takes a value of the type `hint`, and raises BadFrame for any other."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in (Any, object):
        return lambda value: value
    if origin is UnionType:
        (some,) = (each for each in inner if each is not NoneType)
        return partial(_optional, _reader(some, most))
    if origin is tuple and inner[1:] == (...,):
        return partial(_tuple, _reader(inner[0]), most or MAX_ITEMS)
    if origin is tuple:
        return partial(_pair, tuple(map(_reader, inner)))
    if origin is dict:
        return partial(_mapping, _reader(inner[1]))
    if issubclass(hint, Message):
        return partial(from_tree, hint)
    if hint is str:
        return partial(_text, most or MAX_TEXT)
    if issubclass(hint, StrEnum):
        return partial(_member, hint)
    return partial(_plain, hint)


def _plain(hint: type, value: object) -> object:
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint and not (hint is np.ndarray and isinstance(value, np.ndarray)):
        raise BadFrame(f"not {hint.__name__}")
    return value


def _text(most: int, value: object) -> str:
    if not isinstance(value, str):
        raise BadFrame("not a text")
    return value[:most]


def _optional(read: Read, value: object) -> Any:
    return None if value is None else read(value)


def _tuple(read: Read, most: int, value: object) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or len(value) > most:
        raise BadFrame("not a list, or too long")
    return tuple(map(read, value))


def _pair(reads: tuple[Read, ...], value: object) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple) or len(value) != len(reads):
        raise BadFrame("not a list of that length")
    return tuple(read(each) for read, each in zip(reads, value, strict=True))


def _mapping(read: Read, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadFrame("not a mapping")
    return {str(key): read(each) for key, each in value.items()}


def _member(enum: type[StrEnum], value: object) -> StrEnum:
    try:
        return enum(str(value) if isinstance(value, str) else "")
    except ValueError as error:
        raise BadFrame(f"not one of {enum.__name__}") from error
