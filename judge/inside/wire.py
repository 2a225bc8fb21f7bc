"""Frames between the judge and a box: a JSON header and raw arrays, every size checked before it is believed.

    magic (4 bytes) | header length (u32) | body length (u64) | header, UTF-8 JSON | body, the arrays' bytes in order

The header is `{"kind": str, "arrays": [[dtype, shape], ...], "tree": tree}`. Trees are JSON; what JSON lacks is an
object with one key: `{"#": index of an array}`, `{"(": [tuple items]}`, `{"{": [[key, value], ...]}`,
`{"c": [real, imaginary]}`, `{"!": [type name, reason]}` for what could not be sent. Both sides use this module;
nothing is ever unpickled.
"""

import json
import math
import re
import struct
from collections.abc import Iterator, Mapping
from typing import Any

import ml_dtypes
import numpy as np

try:
    from . import budget
except ImportError:  # run as a script without this package: see judge/bench/plain_process.py
    import budget  # type: ignore[import-not-found, no-redef]

MAGIC = b"jdg1"
PREFIX = struct.Struct("<4sIQ")
MAX_HEADER_BYTES = 4 * 1024 * 1024
MAX_CONTROL_BYTES = 64 * 1024  # of a short message: see Budget.of_control
MAX_TEXT = 8 * 1024  # characters of one string
_KIND = re.compile(rb'\s?\{\s?"kind"\s?:\s?"([a-z]{1,16})"')  # how `encode` begins every header
_NO_TEXT = re.compile("[\ud800-\udfff\\x00]")  # halves of characters, and zeros: no file and no database takes them
_NARROW = {name: np.dtype(each) for name, each in vars(ml_dtypes).items() if isinstance(each, type)}
DTYPES: Mapping[str, np.dtype[Any]] = {
    name: np.dtype(name)
    for name in "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 "
    "float16 float32 float64 complex64 complex128".split()
} | {name: each for name, each in _NARROW.items() if each.name == name}


BadFrame = budget.BadFrame


class Missing(tuple[str, str]):
    """Stands for an object that can't be sent: (type name, reason)."""

    __slots__ = ()


def encode(kind: str, tree: Any) -> bytes:
    """One frame. `tree` holds None, bool, int, float, complex, str, np.ndarray, list, tuple, dict and Missing.

    Raises BadFrame for anything else, OverBudget for more than `budget.of_judge()` takes.
    """
    arrays: list[np.ndarray] = []
    header = {"kind": kind, "tree": _lower(tree, arrays, 0, budget.of_judge())}
    header["arrays"] = [[array.dtype.name, list(array.shape)] for array in arrays]
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")
    body = [array.tobytes() for array in arrays]
    return b"".join([PREFIX.pack(MAGIC, len(text), sum(map(len, body))), text, *body])


def _lower(value: Any, arrays: list[np.ndarray], depth: int, left: budget.Budget) -> Any:
    left.entry(depth)
    match value:
        case None | bool():
            return value
        case int():
            return value if -(2**63) <= value < 2**64 else {"!": ["int", "more than 64 bits"]}
        case float():
            return value
        case str():
            return value[:MAX_TEXT]
        case Missing():
            return {"!": [value[0][:200], value[1][:200]]}
        case np.ndarray():
            if value.dtype.name not in DTYPES:
                return {"!": ["ndarray", f"dtype {value.dtype.name[:40]}"]}
            arrays.append(value)
            return {"#": len(arrays) - 1}
        case complex():
            return {"c": [value.real, value.imag]}
        case list():
            return [_lower(item, arrays, depth + 1, left) for item in value]
        case tuple():
            return {"(": [_lower(item, arrays, depth + 1, left) for item in value]}
        case dict():
            return {
                "{": [
                    [str(key)[: budget.NAME_CHARACTERS], _lower(item, arrays, depth + 1, left)]
                    for key, item in value.items()
                ]
            }
        case _:
            raise BadFrame(f"can't send {type(value).__name__}")


def sizes(prefix: bytes, limit: int) -> tuple[int, int]:
    """Lengths (header, body) in bytes that a frame's first 16 bytes announce.

    Raises BadFrame for another protocol, OverBudget for more than `limit` bytes in all.
    """
    magic, header, body = PREFIX.unpack(prefix)
    if magic != MAGIC:
        raise BadFrame("not a frame")
    if header > MAX_HEADER_BYTES or header + body > limit:
        raise budget.OverBudget("a result is larger than the limit")  # how much larger is the sender's to choose
    return header, body


def kind_of(header: bytes) -> str:
    """The kind of a frame whose header `encode` made, without reading the rest; "" for any other header."""
    found = _KIND.match(header)
    return found[1].decode() if found else ""


def decode(header: bytes, body: bytes, left: budget.Budget | None = None) -> tuple[str, Any]:
    """(kind, tree) of one frame whose sizes were checked; what it claims is spent from `left`.

    Without a budget the frame is one of the judge's own. Raises BadFrame for anything that is not in order, OverBudget.
    """
    left = left or budget.of_judge()
    try:
        parsed = json.loads(header)
        kind, tree, table = parsed["kind"], parsed["tree"], parsed["arrays"]
        if not isinstance(kind, str):
            raise BadFrame("kind is no text")
        return kind, _raise(tree, list(_arrays(table, body, left)), 0, left)
    except BadFrame:
        raise
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, OverflowError) as error:
        raise BadFrame(f"not a frame: {type(error).__name__}") from error


def _arrays(table: Any, body: bytes, left: budget.Budget) -> Iterator[np.ndarray]:
    offset = 0
    for name, shape in table:
        if name not in DTYPES:
            raise BadFrame("an array of no known kind")
        if not all(type(size) is int and size >= 0 for size in shape):
            raise BadFrame("an array of no possible shape")
        left.array(shape)
        dtype = DTYPES[name]
        count = math.prod(shape)
        end = offset + count * dtype.itemsize
        if end > len(body):
            raise BadFrame("an array longer than its frame")
        if name == "bool" and max(body[offset:end], default=0) > 1:
            raise BadFrame("a truth that is neither 0 nor 1")  # NumPy would take it for both
        yield np.frombuffer(body, dtype, count, offset).reshape(shape) if count else np.empty(shape, dtype)
        offset = end
    if offset != len(body):
        raise BadFrame("bytes that belong to no array")


def _raise(tree: Any, arrays: list[np.ndarray], depth: int, left: budget.Budget) -> Any:
    left.entry(depth)
    if isinstance(tree, list):
        return [_raise(item, arrays, depth + 1, left) for item in tree]
    if isinstance(tree, str):
        return _text(tree, left)
    if isinstance(tree, int) and not -(2**63) <= tree < 2**64:
        raise BadFrame("an integer of more than 64 bits")
    if not isinstance(tree, dict):
        return tree
    ((tag, content),) = tree.items()
    match tag:
        case "#":
            if type(content) is not int or content < 0:
                raise BadFrame("no such array")
            left.array(arrays[content].shape)  # each time it is named: each name may become a copy
            return arrays[content]
        case "(":
            return tuple(_raise(item, arrays, depth + 1, left) for item in content)
        case "{":
            return {_name(key, left): _raise(item, arrays, depth + 1, left) for key, item in content}
        case "c":
            real, imaginary = content
            return complex(float(real), float(imaginary))
        case "!":
            name, reason = content
            return Missing((_text(name, left), _text(reason, left)))
        case _:
            raise BadFrame("an unknown tag")


def _text(value: Any, left: budget.Budget, most: int = MAX_TEXT) -> str:
    if not isinstance(value, str):
        raise BadFrame("a key that is no text")
    left.text(min(len(value), most))
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", value[:most])


def _name(value: Any, left: budget.Budget) -> str:
    left.name(0)
    return _text(value, left, budget.NAME_CHARACTERS)


class FrameReader:
    """Takes bytes as they come and gives whole frames; holds at most `limit` bytes and one frame's prefix."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._buffer = bytearray()

    def frames(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """(header, body) of each frame that `data` completes, not read any further.

        Raises BadFrame or OverBudget at the first byte that can't belong to one.
        """
        self._buffer += data
        while len(self._buffer) >= PREFIX.size:
            header, body = sizes(bytes(self._buffer[: PREFIX.size]), self.limit)
            start, end = PREFIX.size + header, PREFIX.size + header + body
            if len(self._buffer) < end:
                return
            with memoryview(self._buffer) as view:
                frame = bytes(view[PREFIX.size : start]), bytes(view[start:end])
            del self._buffer[:end]
            yield frame

    def feed(self, data: bytes) -> Iterator[tuple[str, Any]]:
        """(kind, tree) of each of the judge's own frames that `data` completes. Raises BadFrame, OverBudget."""
        for header, body in self.frames(data):
            yield decode(header, body)


def mapping(tree: Any) -> Mapping[str, Any]:
    """`tree`, which must be a dict. Raises BadFrame."""
    if not isinstance(tree, dict):
        raise BadFrame("not a mapping")
    return tree
