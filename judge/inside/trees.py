"""Turn messages into trees and back, by the types of their fields: one way for every message of judge.inside.messages.

A tree is what a frame or a JSON packet carries. Tuples of a message are lists in its tree, nested messages are dicts,
`bytes` are arrays of uint8 (in frames only), enums their values.

    field type                  what `from_tree` takes, everything else is a BadFrame
    str, bool, int, float       exactly that; an int for a float too
    bytes, np.ndarray           an array; of one axis and uint8 for bytes
    Tree                        anything that the wire has decoded
    dict[str, X]                a dict of X
    tuple[X, ...], tuple[X, Y]  a list of X; of exactly X and Y
    X | None, an enum           X or None; the value of a member
    Annotated[X, AtMost(n)]     X of at most n entries, looked at before any of them
    a message                   a dict of its fields: all of them, and no others
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, TypeAlias, TypeVar, get_args, get_origin

import numpy as np

from .wire import BadFrame, Tree

T = TypeVar("T")
_Convert: TypeAlias = Callable[[Any], Any]
_Plan: TypeAlias = tuple[tuple[str, _Convert | None, _Convert | None], ...]  # of each field: name, to a tree, back
_Pair: TypeAlias = tuple[_Convert | None, _Convert | None]  # to a tree and back; None where nothing changes
_plans: dict[type, _Plan] = {}


@dataclass(frozen=True)
class AtMost:
    """The most entries that a field of a message may have."""

    entries: int


def to_tree(message: Any) -> dict[str, Tree]:
    """Return the fields of `message`, a dataclass, as a tree."""
    tree = {}
    for name, encode, _ in _fields(type(message)):
        value = getattr(message, name)
        tree[name] = value if encode is None else encode(value)
    return tree


def from_tree(cls: type[T], tree: Tree) -> T:
    """Return the message that `to_tree` turned into `tree`. Raises BadFrame for anything else."""
    plan = _fields(cls)
    if not isinstance(tree, dict) or len(tree) != len(plan):
        raise BadFrame(f"expected the {len(plan)} fields of {cls.__name__}")
    values = {}
    for name, _, decode in plan:
        if name not in tree:
            raise BadFrame(f"{cls.__name__} lacks a field")
        values[name] = tree[name] if decode is None else decode(tree[name])
    return cls(**values)


def _fields(cls: Any) -> _Plan:
    if cls not in _plans:
        # Annotations as they stand in the file, unevaluated: `Tree` holds itself, and stays the text that it is.
        _plans[cls] = tuple((each.name, *_converters(each.type)) for each in fields(cls))
    return _plans[cls]


def _converters(hint: Any) -> _Pair:
    """Return how values of the type `hint` become trees, and how they come back."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint == Tree:
        return None, None
    if origin is None:
        return _of_type(hint)
    encode, decode = _converters(arguments[-1] if origin is dict else arguments[0])
    if origin is Annotated:
        return encode, _bounded(decode, arguments[1].entries)
    if origin is UnionType:
        return _optional(encode), _optional(decode)
    if origin is dict:
        return encode and _of_entries(encode), _mapping(arguments[1], decode)
    if origin is tuple and arguments[-1] is Ellipsis:
        return _listed(encode), _entries(decode)
    if origin is tuple:
        return list, _row([_converters(each)[1] for each in arguments])
    raise TypeError(f"a message can't have a field of type {hint}")


def _of_type(cls: type) -> _Pair:
    if is_dataclass(cls):
        return to_tree, lambda tree: from_tree(cls, tree)
    if cls is bytes:
        return lambda value: np.frombuffer(value, np.uint8), _bytes
    if issubclass(cls, Enum):
        return lambda member: member.value, lambda value: _member(cls, value)
    accepted: tuple[type, ...] = (float, int) if cls is float else (cls,)

    def exact(value: Any) -> Any:
        if type(value) not in accepted:
            raise BadFrame(f"expected {cls.__name__}")
        return value

    return None, exact


def _optional(convert: _Convert | None) -> _Convert | None:
    return convert and (lambda value: None if value is None else convert(value))


def _of_entries(encode: _Convert) -> _Convert:
    return lambda value: {key: encode(item) for key, item in value.items()}


def _listed(encode: _Convert | None) -> _Convert:
    return list if encode is None else lambda value: [encode(item) for item in value]


def _bounded(decode: _Convert | None, most: int) -> _Convert:
    def bounded(value: Any) -> Any:
        if not isinstance(value, list | dict) or len(value) > most:
            raise BadFrame(f"expected at most {most} entries")
        return value if decode is None else decode(value)

    return bounded


def _mapping(hint: Any, decode: _Convert | None) -> _Convert:
    def mapping(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise BadFrame("expected a mapping")
        if hint is np.ndarray:  # the many leaves of a model: no call for each
            if not all(isinstance(item, np.ndarray) for item in value.values()):
                raise BadFrame("expected arrays")
            return value
        return value if decode is None else {key: decode(item) for key, item in value.items()}

    return mapping


def _entries(decode: _Convert | None) -> _Convert:
    def entries(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise BadFrame("expected a list")
        return tuple(value) if decode is None else tuple(map(decode, value))

    return entries


def _row(decoders: list[_Convert | None]) -> _Convert:
    def row(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(decoders):
            raise BadFrame(f"expected a list of {len(decoders)}")
        return tuple(item if each is None else each(item) for each, item in zip(decoders, value, strict=True))

    return row


def _bytes(value: Any) -> bytes:
    if not isinstance(value, np.ndarray) or value.dtype != np.uint8 or value.ndim != 1:
        raise BadFrame("expected bytes")
    return value.tobytes()


def _member(cls: type[Enum], value: Any) -> Enum:
    try:
        return cls(value)
    except ValueError as error:
        raise BadFrame(f"not a {cls.__name__}") from error
